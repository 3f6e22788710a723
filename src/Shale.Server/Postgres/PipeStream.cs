using System.Buffers;
using System.IO.Pipelines;
using Shale.Postgres.Sockets;

namespace Shale.Server;

/// <summary>Two pipes as one stream, for TLS to lie on. Reads and writes go side by side; each by one at a time.</summary>
internal sealed class PipeStream(IDuplexPipe pipe) : AsyncStream
{
    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await pipe.Input.ReadAsync(cancellationToken);
        var taken = read.Buffer.Slice(0, Math.Min(buffer.Length, read.Buffer.Length));
        taken.CopyTo(buffer.Span);
        pipe.Input.AdvanceTo(taken.End);
        return (int)taken.Length;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await pipe.Output.WriteAsync(buffer, cancellationToken);
}
