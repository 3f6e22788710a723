using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shale.Postgres.Wire;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>The PostgreSQL door: a gate behind PostgreSQL's wire protocol (docs/postgres.md). Thread-safe; open until it is disposed.</summary>
public sealed class PostgresDoor : IAsyncDisposable
{
    // Beyond the limit so many more are heard, to be told that there is no room.
    private const int Refused = 50;

    // So many wait to be taken.
    private const int Waiting = 1024;

    // A client that does not read is not waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly IVTGate _gate;
    private readonly PostgresDoorOptions _options;
    private readonly Socket _listener;
    private readonly ILogger _logger;
    private readonly ScramSecret? _secret;
    private readonly DoorSessions _sessions = new();
    private readonly ConcurrentDictionary<int, Task> _running = new();
    private readonly Task _accepting;
    private int _last;

    private PostgresDoor(IVTGate gate, PostgresDoorOptions options, Socket listener, ILogger logger)
    {
        (_gate, _options, _listener, _logger, Address) = (gate, options, listener, logger, (IPEndPoint)listener.LocalEndPoint!);
        _secret = string.IsNullOrEmpty(options.Token) ? null : ScramSecret.Of(options.Token);
        gate.Show(_sessions, isOpen: true);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>How many connections there are.</summary>
    public int Connections => _sessions.Count;

    /// <summary>Opens it. Errors: UNAUTHORIZED without a token on an address that others reach; CONNECTION_ERROR (08006) where it cannot listen.</summary>
    /// <param name="gate">Answers statements; its owner disposes it, after the door.</param>
    /// <param name="options">The options.</param>
    /// <param name="logging">Where failures of ours are logged; null for nowhere.</param>
    /// <param name="cancellationToken">Leaves it closed.</param>
    public static async Task<PostgresDoor> OpenAsync(IVTGate gate, PostgresDoorOptions options, ILoggerFactory? logging = null, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrEmpty(options.Token) && !IPAddress.IsLoopback(options.Listen.Address)) throw LoopbackGuard.Refusal(options.Listen.ToString());
        logging ??= NullLoggerFactory.Instance;

        Socket? listener = null;
        try
        {
            listener = SocketTransportOptions.CreateDefaultBoundListenSocket(options.Listen);
            listener.Listen(Waiting);
            return new PostgresDoor(gate, options, listener, logging.CreateLogger("Shale.Server.Postgres"));
        }
        catch (SocketException failure)
        {
            listener?.Dispose();
            throw new VitessException(ErrorCodes.ConnectionError.Code, $"cannot listen on {options.Listen}: {failure.Message}", null, "08006", false,
                "Another server may be there already: stop it, or choose another address.");
        }
    }

    /// <summary>Takes no more connections, cancels what runs, tells the clients, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var session in _sessions.All) session.Stop();
        var ended = Task.WhenAll(_running.Values);
        if (await Task.WhenAny(ended, Task.Delay(Patience)) != ended)
        {
            foreach (var session in _sessions.All) session.Abort();
        }

        // What does not end by then is a fault of ours, and must not keep the server from stopping.
        await Task.WhenAny(ended, Task.Delay(Patience));
        _gate.Show(_sessions, isOpen: false);
    }

    private async Task AcceptAsync()
    {
        while (await NextAsync() is { } connection)
        {
            if (_sessions.Count >= _options.MaxConnections + Refused)
            {
                connection.Dispose();
                continue;
            }

            var process = Interlocked.Increment(ref _last) & int.MaxValue;
            var session = new PostgresSession(connection, _gate, _options, (process, RandomNumberGenerator.GetInt32(int.MaxValue)), _sessions, _logger);
            _sessions.Add(session);
            var serving = ServeAsync(process, session);
            _running[process] = serving;
            if (serving.IsCompleted) _running.TryRemove(process, out _);
        }
    }

    // Null when there are no more.
    private async ValueTask<SocketConnection?> NextAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptAsync();
                if (SocketConnection.Of(socket) is { } connection) return connection;
            }
            catch (Exception failure) when (failure is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException failure)
            {
                // The client has gone before it was its turn; or there is no room for more, which others must make.
                if (failure.SocketErrorCode == SocketError.TooManyOpenSockets) await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private async Task ServeAsync(int process, PostgresSession session)
    {
        // The next connection is taken meanwhile.
        await Task.Yield();
        try
        {
            await using (session) await session.RunAsync(_secret, Cancel, () => _sessions.Count > _options.MaxConnections);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It was closing, and the other side has closed before.
        }
        finally
        {
            _sessions.Remove(session);
            session.HasEnded();
            _running.TryRemove(process, out _);
        }
    }

    // Whoever has another key is told nothing.
    private void Cancel((int Process, int Key) target)
    {
        if (_sessions.Find(target.Process) is { } session && CryptographicOperations.FixedTimeEquals(BitConverter.GetBytes(session.Key.Secret), BitConverter.GetBytes(target.Key))) session.Cancel();
    }
}
