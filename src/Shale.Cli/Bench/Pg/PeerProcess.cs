using System.Diagnostics;
using System.Globalization;
using Shale.Cli.Demo;
using Shale.Postgres;

namespace Shale.Cli.Bench.Pg;

/// <summary>PgBouncer or pgpool-II between pgbench and PostgreSQL, with a directory of its own, both gone when it is disposed.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    /// <summary>What PgBouncer is called that gives a connection to each transaction, and that whose clients keep theirs.</summary>
    public const string Transactions = "PgBouncer", Sessions = "PgBouncer in sessions";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly string _directory, _stopSignal;

    private PeerProcess(Contender contender, Process process, string directory, string stopSignal) =>
        (Contender, _process, _directory, _stopSignal) = (contender, process, directory, stopSignal);

    /// <summary>Where clients find it.</summary>
    public Contender Contender { get; }

    /// <summary>Starts PgBouncer; null, and a message, where it cannot be installed.</summary>
    /// <param name="stage">Where PostgreSQL is.</param>
    /// <param name="keepsSessions">Whether a client keeps its connection to PostgreSQL, with all that it has prepared there; else each transaction is given one.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    public static Task<PeerProcess?> PgBouncerAsync(PostgresStage stage, bool keepsSessions, CancellationToken cancellationToken)
    {
        var package = new DebianPackage("pgbouncer", "PgBouncer, about 1 MB unpacked, to compare with");
        return StartAsync(keepsSessions ? Sessions : Transactions, package, "/usr/sbin/pgbouncer", "TERM", stage, (port, directory) => (["{0}/pgbouncer.ini"], new()
        {
            ["pgbouncer.ini"] = $"""
                [databases]
                {stage.Direct.Database} = host={stage.Socket} port={stage.Direct.Port} user={PrivateServer.Role}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = any
                pool_mode = {(keepsSessions ? "session" : "transaction")}
                logfile = {directory}/pgbouncer.log
                """,
        }), cancellationToken);
    }

    /// <summary>Starts pgpool-II as a mere pool of connections; null, and a message, where it cannot be installed.</summary>
    public static Task<PeerProcess?> PgpoolAsync(PostgresStage stage, CancellationToken cancellationToken)
    {
        var package = new DebianPackage("pgpool2", "pgpool-II, about 5 MB unpacked, to compare with");
        return StartAsync("pgpool-II", package, "/usr/sbin/pgpool", "INT", stage, (port, directory) => (["-n", "-f", "{0}/pgpool.conf", "-F", "{0}/pcp.conf"], new()
        {
            ["pcp.conf"] = "",
            ["pgpool.conf"] = $"""
                backend_clustering_mode = 'raw'
                listen_addresses = '127.0.0.1'
                port = {port}
                socket_dir = '{directory}'
                pcp_listen_addresses = ''
                pcp_port = {PostgresTools.FreePort()}
                pcp_socket_dir = '{directory}'
                backend_hostname0 = '{stage.Socket}'
                backend_port0 = {stage.Direct.Port}
                pool_passwd = ''
                pid_file_name = '{directory}/pgpool.pid'
                logdir = '{directory}'
                """,
        }), cancellationToken);
    }

    /// <summary>How long it has had a processor, in the system and outside.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Programs.Run(["kill", "-" + _stopSignal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<PeerProcess?> StartAsync(
        string name, DebianPackage package, string program, string stopSignal, PostgresStage stage,
        Func<int, string, (IReadOnlyList<string> Arguments, Dictionary<string, string> Files)> configure, CancellationToken cancellationToken)
    {
        try
        {
            if (!File.Exists(program)) await package.InstallAsync(Console.Error, cancellationToken);
            if (!File.Exists(program)) throw new IOException($"the package {package.Name} was installed, but {program} is not there");
        }
        catch (IOException failure)
        {
            await Console.Error.WriteLineAsync($"WARNING: {name} is not measured: {failure.Message}");
            return null;
        }

        var directory = Directory.CreateTempSubdirectory("shale-bench-").FullName;
        var port = PostgresTools.FreePort();
        var (arguments, files) = configure(port, directory);
        foreach (var (file, text) in files) await File.WriteAllTextAsync(Path.Combine(directory, file), text + "\n", cancellationToken);
        stage.Account.Own(directory);
        var start = Programs.Describe(stage.Account.Command([program, .. arguments.Select(argument => argument.Replace("{0}", directory, StringComparison.Ordinal))]));
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var process = Programs.Start(start);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var peer = new PeerProcess(new Contender(name, port, stage.Direct.Database), process, directory, stopSignal);
        try
        {
            await peer.Contender.WaitReadyAsync(cancellationToken);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }
}
