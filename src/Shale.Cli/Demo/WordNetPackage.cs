using System.Diagnostics;

namespace Shale.Cli.Demo;

/// <summary>Installs Debian's package wordnet-base where it is missing.</summary>
internal static class WordNetPackage
{
    private const string Name = "wordnet-base";

    /// <summary>Finds the files, installing the package if they are not there. Errors: <see cref="IOException"/> with what to do.</summary>
    public static async Task<WordNetFiles> EnsureAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var files = WordNetFiles.OfPackage;
        if (files.Exist) return files;
        var prefix = Prefix();
        await output.WriteLineAsync($"Installing the Debian package {Name} (WordNet 3.0, about 30 MB unpacked): apt-get update, then apt-get install {Name} ...");
        await RunAsync([.. prefix, "apt-get", "-o", "DPkg::Lock::Timeout=120", "update", "-qq"], cancellationToken);

        // Slim images leave out manual pages; one of them is data here. What is installed without it must be installed again.
        await RunAsync(
            [.. prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--path-include=/usr/share/man/man5/*",
                "install", "-y", "-qq", "--no-install-recommends", "--reinstall", Name],
            cancellationToken);
        return files.Exist ? files : throw Failed($"the package {Name} was installed, but {files.Directory} or {files.LexNamesPage} is not there");
    }

    private static string[] Prefix()
    {
        if (!File.Exists("/usr/bin/apt-get")) throw Failed($"the demo's data are the Debian package {Name}, and this system has no apt-get");
        if (Environment.IsPrivilegedProcess) return [];
        return File.Exists("/usr/bin/sudo") ? ["sudo", "-n"] : throw Failed($"the package {Name} is missing, and only root can install it");
    }

    private static async Task RunAsync(string[] command, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var text = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode == 0) return;
        throw Failed($"`{string.Join(' ', command)}` ended with {process.ExitCode}: {text[1].Trim()}");
    }

    private static IOException Failed(string what) =>
        new($"{what}\n  Install it yourself and start the demo again: sudo apt-get update && sudo apt-get install {Name}");
}
