using System.Diagnostics;

namespace Shale.Postgres.Tests.Support;

/// <summary>A program of PostgreSQL's, run to its end.</summary>
internal static class Tool
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static async Task<(int Code, string Output, string Errors)> RunAsync(string program, string[] arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PGCONNECT_TIMEOUT"] = $"{Longest.TotalSeconds}";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Longest);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"{program} did not end: {await output}{await errors}");
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>psql with plain output: no headings, columns apart by |.</summary>
    public static async Task<string> PsqlAsync(int port, string sql, string database = "main", params string[] more)
    {
        var (_, output, errors) = await RunAsync("psql", ["-X", "-A", "-t", "-h", "127.0.0.1", "-p", port.ToString(), "-U", "app", "-d", database, "-v", "VERBOSITY=verbose", .. more], sql);
        return (output + errors).TrimEnd('\n');
    }
}
