using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Shale.Postgres;

namespace Shale.Cli.Bench.Pg;

/// <summary>PostgreSQL's own programs, run to their ends.</summary>
internal static class PostgresTools
{
    private static readonly Lazy<ServerBinaries> _binaries = new(() => ServerBinaries.Find());

    /// <summary>Runs one of them and returns what it wrote to its output. Errors: <see cref="InvalidOperationException"/> with what it wrote to its errors.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Kills it.</param>
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (succeeds, output, errors) = await TryRunAsync(program, arguments, cancellationToken);
        return succeeds ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {errors.Trim()}");
    }

    /// <summary>The same for one that may fail.</summary>
    public static async Task<(bool Succeeds, string Output, string Errors)> TryRunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = Programs.Describe([_binaries.Value[program], .. arguments]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Programs.Start(start);
        try
        {
            var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode == 0, texts[0], texts[1]);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>A port of the loopback address on which nobody listens.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
