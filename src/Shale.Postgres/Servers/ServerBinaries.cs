using System.Globalization;
using System.Text.RegularExpressions;

namespace Shale.Postgres;

/// <summary>The programs of one PostgreSQL that is installed.</summary>
/// <param name="Directory">Where they are.</param>
/// <param name="Version">Its major version, which is that of the data directories it can read.</param>
internal sealed partial record ServerBinaries(string Directory, int Version)
{
    private const string Installed = "/usr/lib/postgresql";

    /// <summary>Finds the newest, or the one of a version: in the system's directories first, then in PATH. Errors: SHARD_ERROR (58000) that says what to install.</summary>
    /// <param name="version">The version of a data directory that exists; null for any.</param>
    public static ServerBinaries Find(int? version = null)
    {
        var found = Candidates().Where(IsComplete).Distinct().Select(Ask).OfType<ServerBinaries>().ToList();
        var best = found.Where(each => version is null || each.Version == version).MaxBy(each => each.Version);
        if (best is not null) return best;
        throw found.Count == 0
            ? new VitessException(ErrorCodes.ShardError, "PostgreSQL is not installed: its programs initdb and postgres are neither below /usr/lib/postgresql nor in PATH", hint: "Install it (Debian: apt-get install postgresql), or give connection strings to servers of your own.")
            : new VitessException(ErrorCodes.ShardError, $"the data directory was made by PostgreSQL {version}, and installed is {string.Join(", ", found.Select(each => each.Version).Order())}",
                hint: $"Install that version (Debian: apt-get install postgresql-{version}), or bring the directory to another one by pg_upgrade.");
    }

    /// <summary>The path of a program.</summary>
    public string this[string program] => Path.Combine(Directory, program);

    private static IEnumerable<string> Candidates()
    {
        var system = System.IO.Directory.Exists(Installed) ? System.IO.Directory.GetDirectories(Installed).Select(version => Path.Combine(version, "bin")) : [];
        return system.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
    }

    private static bool IsComplete(string directory) => File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "postgres"));

    private static ServerBinaries? Ask(string directory)
    {
        var said = VersionText().Match(Programs.Run([Path.Combine(directory, "postgres"), "--version"]).Output);
        return said.Success ? new ServerBinaries(directory, int.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture)) : null;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionText();
}
