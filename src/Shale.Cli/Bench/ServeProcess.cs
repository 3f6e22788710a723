using System.Diagnostics;
using System.Globalization;

namespace Shale.Cli.Bench;

/// <summary>`shale serve` in a process of its own, on a free port.</summary>
internal sealed class ServeProcess : IDisposable
{
    private readonly Process _process;

    private ServeProcess(Process process) => _process = process;

    /// <summary>Starts it.</summary>
    /// <param name="data">Its data directory.</param>
    /// <param name="more">More of its options.</param>
    public static ServeProcess Start(string data, params IReadOnlyList<string> more)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var program = Path.Combine(AppContext.BaseDirectory, "shale.dll");
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(program);
        foreach (var argument in (string[])["serve", "--data", data, "--http", "127.0.0.1:0", .. more]) start.ArgumentList.Add(argument);
        start.Environment.Remove("SHALE_TOKEN");
        return new ServeProcess(Process.Start(start)!);
    }

    /// <summary>The port of the JSON door, once it is open.</summary>
    public Task<int> PortAsync(CancellationToken cancellationToken) => PortAsync("http://127.0.0.1:", cancellationToken);

    /// <summary>The port of the PostgreSQL door, once it is open.</summary>
    public Task<int> PostgresPortAsync(CancellationToken cancellationToken) => PortAsync("psql -h 127.0.0.1 -p ", cancellationToken);

    /// <summary>The memory that it holds.</summary>
    public long ResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>How long it has had a processor, in the system and outside.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Stops it as Ctrl-C would; kills it if that takes too long.</summary>
    public async Task StopAsync()
    {
        using var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    // It tells of each port in a line of its own.
    private async Task<int> PortAsync(string before, CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            var at = line.IndexOf(before, StringComparison.Ordinal);
            if (at < 0) continue;
            _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var digits = line.AsSpan(at + before.Length);
            var length = digits.IndexOfAnyExceptInRange('0', '9');
            return int.Parse(length < 0 ? digits : digits[..length], CultureInfo.InvariantCulture);
        }

        throw new IOException("the server ended before it listened");
    }
}
