using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Shale.Cli.Tests;

/// <summary>A program at a terminal of its own, which script(1) makes.</summary>
internal sealed partial class Terminal(Process process) : IDisposable
{
    /// <summary>Where Debian has it.</summary>
    public const string Script = "/usr/bin/script";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly StringBuilder _unseen = new();
    private readonly char[] _part = new char[4096];
    private Task<int>? _reading;

    /// <summary>Starts a program; its history goes to a directory of the test.</summary>
    public static Terminal Start(ProcessStartInfo program, string state)
    {
        // Where the shell stays between, dash answers for a Ctrl-C that the program has handled: 130.
        var command = "exec " + string.Join(' ', new[] { program.FileName }.Concat(program.ArgumentList).Select(word => $"'{word}'"));
        var start = new ProcessStartInfo(Script, ["-qfec", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in (string[])["SHALE_TOKEN", "SHALE_ENDPOINT"]) start.Environment.Remove(name);
        start.Environment["TERM"] = "xterm";
        start.Environment["XDG_STATE_HOME"] = state;
        return new Terminal(Process.Start(start)!);
    }

    /// <summary>Types, and waits until something is shown.</summary>
    public async Task TypeAsync(string keys, string? shown)
    {
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync();
        if (shown is not null) await SeeAsync(shown);
    }

    /// <summary>Types the same until something is shown.</summary>
    public async Task TypeUntilAsync(string keys, string shown)
    {
        for (var tries = 0; tries < 60; tries++)
        {
            await TypeAsync(keys, null);
            if (await SeesAsync(shown, TimeSpan.FromMilliseconds(500))) return;
        }
        Assert.Fail($"\"{shown}\" was not shown, but: {_unseen}");
    }

    /// <summary>Waits until something is shown, and forgets all up to there.</summary>
    public async Task SeeAsync(string shown)
    {
        if (!await SeesAsync(shown, Patience)) Assert.Fail($"\"{shown}\" was not shown, but: {_unseen}");
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The program's exit code.</returns>
    public async Task<int> EndAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private async Task<bool> SeesAsync(string shown, TimeSpan patience)
    {
        while (true)
        {
            var text = Escapes().Replace(_unseen.ToString(), "");
            var at = text.IndexOf(shown, StringComparison.Ordinal);
            if (at >= 0)
            {
                _unseen.Clear().Append(text, at + shown.Length, text.Length - at - shown.Length);
                return true;
            }
            _reading ??= process.StandardOutput.ReadAsync(_part, 0, _part.Length);
            if (await Task.WhenAny(_reading, Task.Delay(patience)) != _reading) return false;
            var read = await _reading;
            _reading = null;
            if (read == 0) return false;
            _unseen.Append(_part, 0, read);
        }
    }

    [GeneratedRegex(@"\e(\[[0-9;?]*[A-Za-z]|[=>])")]
    private static partial Regex Escapes();
}

/// <summary>A test that needs script(1) and says so where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute()
    {
        if (!File.Exists(Terminal.Script)) Skip = "script is missing: apt-get install bsdutils";
        else if (!HasTerminals()) Skip = "this machine gives no pseudo-terminals: is /dev/pts mounted?";
    }

    private static bool HasTerminals()
    {
        using var trial = Process.Start(new ProcessStartInfo(Terminal.Script, ["-qec", "true", "/dev/null"]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        trial.StandardInput.Close();
        trial.WaitForExit();
        return trial.ExitCode == 0;
    }
}
