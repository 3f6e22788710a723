using System.Diagnostics;

namespace Shale.Cli.Demo;

/// <summary>A package of Debian that demo and benchmarks install where it is missing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="What">What it holds, for people.</param>
internal sealed record DebianPackage(string Name, string What)
{
    private static readonly DebianPackage _wordNet = new("wordnet-base", "WordNet 3.0, about 30 MB unpacked");

    /// <summary>Finds WordNet, installing its package if it is not there. Errors: <see cref="IOException"/> with what to do.</summary>
    public static async Task<WordNetFiles> EnsureWordNetAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var files = WordNetFiles.OfPackage;
        if (!files.Exist) await _wordNet.InstallAsync(output, cancellationToken);
        return files.Exist ? files : throw _wordNet.Failed($"the package {_wordNet.Name} was installed, but {files.Directory} or {files.LexNamesPage} is not there");
    }

    /// <summary>Installs it. Errors: <see cref="IOException"/> with what to do.</summary>
    public async Task InstallAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var prefix = Prefix();
        await output.WriteLineAsync($"Installing the Debian package {Name} ({What}): apt-get update, then apt-get install {Name} ...");
        await RunAsync([.. prefix, "apt-get", "-o", "DPkg::Lock::Timeout=120", "update", "-qq"], cancellationToken);

        // Slim images leave out manual pages; one of them is data here. What is installed without it must be installed again.
        await RunAsync(
            [.. prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--path-include=/usr/share/man/man5/*",
                "install", "-y", "-qq", "--no-install-recommends", "--reinstall", Name],
            cancellationToken);
    }

    private string[] Prefix()
    {
        if (!File.Exists("/usr/bin/apt-get")) throw Failed($"what is needed is the Debian package {Name}, and this system has no apt-get");
        if (Environment.IsPrivilegedProcess) return [];
        return File.Exists("/usr/bin/sudo") ? ["sudo", "-n"] : throw Failed($"the package {Name} is missing, and only root can install it");
    }

    private async Task RunAsync(string[] command, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var text = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode == 0) return;
        throw Failed($"`{string.Join(' ', command)}` ended with {process.ExitCode}: {text[1].Trim()}");
    }

    private IOException Failed(string what) =>
        new($"{what}\n  Install it yourself and start again: sudo apt-get update && sudo apt-get install {Name}");
}
