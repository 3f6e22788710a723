using System.Diagnostics;
using System.Globalization;

namespace Shale.Postgres;

/// <summary>
/// The process of a private server, and the thread that starts it, waits for its end, and starts it anew when it has died. The process is interrupted by the system when that thread ends, and so with
/// this process, however that ends. Thread-safe. States: starting, running, dead for the length of a back-off, stopped (<see cref="Dispose"/>).
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100), LongestBackOff = TimeSpan.FromSeconds(5), StopWait = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _stopping = new();
    private readonly ServerDirectory _directory;
    private readonly PrivateServerOptions _options;
    private readonly Thread _thread;
    private Process? _process;
    private int _restarts;
    private string? _lastFailure;
    private bool _isReady;

    public ServerProcess(ServerDirectory directory, PrivateServerOptions options)
    {
        (_directory, _options) = (directory, options);
        _thread = new Thread(Watch) { IsBackground = true, Name = "postgres of " + directory.Path };
        _thread.Start();
    }

    public PrivateServerHealth Health
    {
        get
        {
            lock (_lock) return new PrivateServerHealth(_process is not null, _restarts, _lastFailure);
        }
    }

    /// <summary>Its process id; null while it does not run.</summary>
    public int? Id
    {
        get
        {
            lock (_lock) return _process?.Id;
        }
    }

    /// <summary>Why it did not start; null if it has, or still may.</summary>
    public string? StartFailure => !_thread.IsAlive ? Health.LastFailure : null;

    /// <summary>It has answered once: from now on it is started again when it dies.</summary>
    public void Ready()
    {
        lock (_lock) _isReady = true;
    }

    /// <summary>Stops the server: what is open is rolled back, nothing is lost. Returns when it has ended.</summary>
    public void Dispose()
    {
        _stopping.Set();
        foreach (var signal in (string[])["INT", "QUIT", "KILL"])
        {
            if (Id is { } id) _ = Programs.Run(["kill", "-" + signal, id.ToString(CultureInfo.InvariantCulture)]);
            if (!_thread.Join(StopWait)) continue;
            _stopping.Dispose();
            return;
        }
    }

    private void Watch()
    {
        var backOff = FirstBackOff;
        while (!_stopping.IsSet)
        {
            var startedAt = Stopwatch.GetTimestamp();
            RunOnce();
            if (_stopping.IsSet) return;
            lock (_lock)
            {
                if (!_isReady) return;
                _restarts++;
            }

            if (Stopwatch.GetElapsedTime(startedAt) > LongestBackOff) backOff = FirstBackOff;
            _options.Warned?.Invoke($"the PostgreSQL server in {_directory.Path} has died and is started again: {_lastFailure}");
            _ = _stopping.Wait(backOff);
            backOff = backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff;
        }
    }

    private void RunOnce()
    {
        var logged = File.Exists(_directory.Log) ? new FileInfo(_directory.Log).Length : 0;
        try
        {
            using var process = Programs.Start(Programs.Describe(CommandLine()));
            lock (_lock) _process = process;

            // Dispose may have found no process to signal.
            if (_stopping.IsSet) _ = Programs.Run(["kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
            process.WaitForExit();
            lock (_lock) (_process, _lastFailure) = (null, LastWords(logged) ?? $"it ended with exit code {process.ExitCode}");
        }
        catch (Exception exception) when (exception is VitessException or IOException)
        {
            lock (_lock) (_process, _lastFailure) = (null, exception.Message);
        }
    }

    // The shell opens the log and becomes the program: nothing has to be read here, and the log goes on without us.
    private IReadOnlyList<string> CommandLine() =>
    [
        "/bin/sh", "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", _directory.Log,
        .. _directory.Account.BoundCommand([_directory.Binaries["postgres"], "-D", _directory.Cluster, .. Settings().SelectMany(setting => (string[])["-c", setting])]),
    ];

    private IEnumerable<string> Settings() =>
    [
        .. _options.LoopbackPort is { } port ? (string[])["listen_addresses=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"port={port}")] : ["listen_addresses="],
        "unix_socket_directories=" + _directory.Socket,
        "unix_socket_permissions=0700",
        string.Create(CultureInfo.InvariantCulture, $"max_connections={_options.MaxConnections}"),
        "shared_buffers=" + _options.SharedBuffers,
        "fsync=" + (_options.Durable ? "on" : "off"),
        "timezone=UTC",
        "log_timezone=UTC",
        "logging_collector=off",

        // Failures of statements go to whoever sent them.
        "log_min_messages=log",
        "log_min_error_statement=panic",
    ];

    private string? LastWords(long since)
    {
        using var stream = new FileStream(_directory.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = Math.Max(since, stream.Length - (64 << 10));
        var lines = new StreamReader(stream).ReadToEnd().Split('\n');
        return Array.FindLast(lines, line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal))
            ?? Array.FindLast(lines, line => line.Length > 0 && !line.Contains("LOG:", StringComparison.Ordinal));
    }
}
