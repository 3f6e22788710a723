using System.Diagnostics;

namespace Shale.Sql.Tests.Translation;

/// <summary>A private PostgreSQL for the tests: a new cluster in a temporary directory, on a unix socket only, gone with the process.</summary>
internal sealed class PostgresServer
{
    private static readonly Lazy<PostgresServer?> Shared = new(Start, LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly string _directory;

    private PostgresServer(string directory) => _directory = directory;

    /// <summary>The server that all tests of the process share; null where PostgreSQL is not installed.</summary>
    public static PostgresServer? Instance => Shared.Value;

    /// <summary>Why there is none.</summary>
    public static string? Missing => FindBinaries() is null ? "PostgreSQL is not installed: apt-get install postgresql" : null;

    /// <summary>The socket.</summary>
    public string Socket => Path.Combine(_directory, ".s.PGSQL.5432");

    private static string? FindBinaries()
    {
        if (!Directory.Exists("/usr/lib/postgresql")) return null;
        return Directory.GetDirectories("/usr/lib/postgresql").Select(version => version + "/bin").Where(path => File.Exists(path + "/initdb")).Order().LastOrDefault();
    }

    private static PostgresServer? Start()
    {
        if (FindBinaries() is not { } binaries) return null;
        var directory = Directory.CreateTempSubdirectory("shale-pg-").FullName;
        if (Environment.UserName == "root") Run("/bin", "chown", $"postgres {directory}", directory, asPostgres: false);
        Run(binaries, "initdb", $"-D {directory}/data -E UTF8 --locale=C.UTF-8 -A trust -U shale --no-sync", directory);
        var options = $"-c listen_addresses='' -c unix_socket_directories={directory} -c fsync=off -c timezone=UTC -c max_connections=20";
        Run(binaries, "pg_ctl", $"-D {directory}/data -l {directory}/log -w -o \"{options}\" start", directory);
        StopWithThisProcess(directory);
        return new PostgresServer(directory);
    }

    // Test hosts are killed without a word: somebody outside watches, stops the server by its own process id, and removes the directory.
    private static void StopWithThisProcess(string directory)
    {
        var watch = $"server=$(head -1 {directory}/data/postmaster.pid); while kill -0 {Environment.ProcessId}; do sleep 1; done; kill -QUIT $server; while kill -0 $server; do sleep 1; done; rm -rf {directory}";
        using var process = Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", $"({watch}) >/dev/null 2>&1 </dev/null &" } });
        process!.WaitForExit();
    }

    // PostgreSQL refuses to run as root.
    private static void Run(string binaries, string program, string arguments, string directory, bool asPostgres = true)
    {
        var command = $"{binaries}/{program} {arguments}";
        var start = asPostgres && Environment.UserName == "root"
            ? new ProcessStartInfo("/bin/su") { ArgumentList = { "postgres", "-s", "/bin/sh", "-c", command } }
            : new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", command } };
        start.WorkingDirectory = directory;
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        if (program == "pg_ctl" && arguments.EndsWith(" start", StringComparison.Ordinal)) (start.RedirectStandardError, start.RedirectStandardOutput) = (false, false);
        using var process = Process.Start(start)!;
        process.WaitForExit(60_000);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command} failed with {process.ExitCode}");
    }
}

/// <summary>A test that needs PostgreSQL and says so where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.Missing;
}

/// <summary>A theory that needs PostgreSQL and says so where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresServer.Missing;
}
