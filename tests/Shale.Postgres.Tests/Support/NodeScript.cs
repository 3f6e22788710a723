using System.Diagnostics;

namespace Shale.Postgres.Tests.Support;

/// <summary>Scripts of the folder Node, run by Node, with the packages that they import: npm installs them once, beside the scripts in the tests' output.</summary>
internal static class NodeScript
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Node");

    private static readonly Lazy<string?> Prepared = new(Prepare);

    /// <summary>Why scripts cannot be run here; null if they can.</summary>
    public static string? Missing => Prepared.Value;

    /// <summary>Runs a script to its end, against a server on this machine.</summary>
    public static async Task RunAsync(string script, int port)
    {
        var environment = new Dictionary<string, string> { ["PGHOST"] = "127.0.0.1", ["PGPORT"] = port.ToString(), ["PGUSER"] = "app", ["PGDATABASE"] = "main" };
        var (code, output, errors) = await Tool.RunAsync("node", ["--test-reporter=spec", Path.Combine(Folder, script)], environment: environment);
        Assert.True(code == 0, output + errors);

        // A script that ends before its tests have run passes, too.
        Assert.Matches("(?m)^. pass [1-9]", output);
    }

    private static string? Prepare()
    {
        var lockFile = File.ReadAllText(Path.Combine(Folder, "package-lock.json"));
        var mark = Path.Combine(Folder, "node_modules", ".installed");
        if (Run("node", "--version") is not ({ } version, 0) || Run("npm", "--version") is not (_, 0)) return "node and npm are not installed: install Node 20 or newer";
        if (!Version.TryParse(version.Trim().TrimStart('v'), out var found) || found.Major < 20) return $"Node 20 or newer is needed, and there is {version.Trim()}";
        if (File.Exists(mark) && File.ReadAllText(mark) == lockFile) return null;
        if (Run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund") is not (_, 0)) return $"npm could not install what the scripts import: run npm ci in {Folder}";
        File.WriteAllText(mark, lockFile);
        return null;
    }

    private static (string? Output, int Code) Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = Folder })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (output, process.ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, -1);
        }
    }
}

/// <summary>A test that runs scripts of Node's, and says what is missing where it cannot.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = NodeScript.Missing;
}
