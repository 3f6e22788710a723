using System.ComponentModel;
using System.Diagnostics;

namespace Shale.Postgres;

/// <summary>Runs programs to their end.</summary>
internal static class Programs
{
    /// <summary>Runs one and returns its exit code and all that it wrote. Errors: SHARD_ERROR (58000) if it cannot be run.</summary>
    public static (int ExitCode, string Output) Run(IReadOnlyList<string> command)
    {
        var start = Describe(command);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Start(start);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output.Trim());
    }

    /// <summary>Runs one that must succeed. Errors: SHARD_ERROR (58000) with what it wrote.</summary>
    public static string Require(IReadOnlyList<string> command)
    {
        var (exitCode, output) = Run(command);
        return exitCode == 0 ? output : throw new VitessException(ErrorCodes.ShardError, $"{Path.GetFileName(command[0])} failed with exit code {exitCode}: {output}");
    }

    /// <summary>Starts one. Errors: SHARD_ERROR (58000).</summary>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new VitessException(ErrorCodes.ShardError, $"cannot run {start.FileName}: {exception.Message}", hint: "Private servers need PostgreSQL's own programs, and those of util-linux and coreutils.", inner: exception);
        }
    }

    /// <summary>How to start a program: nothing of the caller's directory and PostgreSQL's variables reaches it.</summary>
    public static ProcessStartInfo Describe(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0]) { WorkingDirectory = "/" };
        for (var i = 1; i < command.Count; i++) start.ArgumentList.Add(command[i]);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }
}
