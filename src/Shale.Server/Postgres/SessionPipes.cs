using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Shale.Postgres.Wire;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>What comes from a client and goes to it, plain or under TLS. One reader and one writer at a time.</summary>
internal sealed class SessionPipes : IAsyncDisposable
{
    private readonly IDuplexPipe _transport;
    private readonly IVTGate _gate;
    private SslStream? _tls;

    /// <summary>Plain, as a connection begins.</summary>
    /// <param name="transport">Its reader goes on on the thread that takes bytes in.</param>
    /// <param name="gate">Runs its statements.</param>
    public SessionPipes(IDuplexPipe transport, IVTGate gate)
    {
        (_transport, _gate) = (transport, gate);
        (Input, Output) = (transport.Input, new MessageWriter(transport.Output));
        _output = transport.Output;
    }

    private PipeWriter _output;

    /// <summary>What comes.</summary>
    public PipeReader Input { get; private set; }

    /// <summary>What goes.</summary>
    public MessageWriter Output { get; private set; }

    /// <summary>Whether it is under TLS.</summary>
    public bool IsEncrypted => _tls is not null;

    /// <summary>Goes on under TLS.</summary>
    public async ValueTask EncryptAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        _tls = new SslStream(new PipeStream(_transport), leaveInnerStreamOpen: true);
        await _tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
        Input = PipeReader.Create(_tls, new StreamPipeReaderOptions(leaveOpen: true));
        _output = PipeWriter.Create(_tls, new StreamPipeWriterOptions(leaveOpen: true));
        Output = new MessageWriter(_output);
    }

    /// <summary>Waits for what comes. Where statements may keep a thread it is not the one that takes bytes in: while it is kept nobody would notice that the client has gone.</summary>
    public ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var pending = Input.ReadAsync(cancellationToken);
        return pending.IsCompleted || !(ComputesLong || _gate.KeepsThreads) ? pending : LeaveAsync(pending);
    }

    /// <summary>Whether what comes is worked on for long: rows that are copied, passwords. Then, too, it is on another thread.</summary>
    public bool ComputesLong { get; set; } = true;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ReadResult> LeaveAsync(ValueTask<ReadResult> pending)
    {
        var read = await pending;
        await Task.Yield();
        return read;
    }

    /// <summary>Takes the first message that is of the startup; null if the client has gone.</summary>
    public async ValueTask<StartupPacket?> ReadStartupAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (StartupPacket.TryTake(ref buffer, out var packet))
            {
                // What has come behind a question for TLS was sent before its answer: by somebody in between.
                if (packet!.Kind == StartupKind.Tls && buffer.Length > 0) throw WireErrors.Malformed("received unencrypted data after the request for TLS");
                Input.AdvanceTo(buffer.Start);
                return packet;
            }

            if (read.IsCompleted) return null;
            Input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Takes an answer to a question of the authentication; null if the client has gone. Errors: QUERY_ERROR (08P01) for any other message.</summary>
    public async ValueTask<byte[]?> ReadAnswerAsync(int mostBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (MessageFrames.TryTake(ref buffer, mostBytes, out var type, out var body))
            {
                if (type != FrontendMessage.Password) throw WireErrors.Malformed($"expected a password, got message type {(int)type}");
                var answer = body.ToArray();
                Input.AdvanceTo(buffer.Start);
                return answer;
            }

            if (read.IsCompleted) return null;
            Input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Ends both ways.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
        {
            await Input.CompleteAsync();
            await _output.CompleteAsync();
            await _tls.DisposeAsync();
        }

        await _transport.Input.CompleteAsync();
        await _transport.Output.CompleteAsync();
    }
}
