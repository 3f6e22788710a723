using System.Diagnostics;
using System.Globalization;

namespace Shale.Cli.Bench.Gate;

/// <summary>`shale serve` in a process of its own, on a free port.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Starts it.</summary>
    /// <param name="data">Its data directory.</param>
    public static ServerProcess Start(string data)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var program = Path.Combine(AppContext.BaseDirectory, "shale.dll");
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(program);
        foreach (var argument in (string[])["serve", "--data", data, "--http", "127.0.0.1:0"]) start.ArgumentList.Add(argument);
        start.Environment.Remove("SHALE_TOKEN");
        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>The port it listens on, once it does.</summary>
    public async Task<int> PortAsync(CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            var at = line.IndexOf("http://127.0.0.1:", StringComparison.Ordinal);
            if (at < 0) continue;
            _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var digits = line.AsSpan(at + "http://127.0.0.1:".Length);
            var length = digits.IndexOfAnyExceptInRange('0', '9');
            return int.Parse(length < 0 ? digits : digits[..length], CultureInfo.InvariantCulture);
        }

        throw new IOException("the server ended before it listened");
    }

    /// <summary>The memory that it holds.</summary>
    public long ResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
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
}
