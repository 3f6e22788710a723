using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Shale.Contracts;

namespace Shale.Server;

/// <summary>
/// Writes one answer: gathered in a buffer that is reused, sent with its length if it fits, else in pieces. One owner at a time, not
/// thread-safe.
/// </summary>
/// <remarks>Hot path: the point query through HTTP (bench main).</remarks>
internal sealed class JsonResponse : IDisposable
{
    private const int PieceBytes = 64 * 1024;
    private const int MaxPooled = 64;
    private static readonly ConcurrentQueue<JsonResponse> Pool = new();

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private HttpContext? _context;

    private JsonResponse() => Writer = new Utf8JsonWriter(_buffer, ContractsJson.WriterOptions);

    /// <summary>Where the answer is written.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>An empty answer to a request; disposing it makes it ready for the next.</summary>
    public static JsonResponse Rent(HttpContext context)
    {
        if (!Pool.TryDequeue(out var response)) response = new JsonResponse();
        response._context = context;
        return response;
    }

    /// <summary>Opens the envelope of a message.</summary>
    public void StartMessage(MessageType type, string id)
    {
        Writer.WriteStartObject();
        Writer.WriteNumber("type"u8, (int)type);
        Writer.WriteString("id"u8, id);
        Writer.WriteNumber("timestamp"u8, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Whether there is enough for a piece to be sent.</summary>
    public bool PieceIsFull => Writer.BytesPending + _buffer.WrittenCount >= PieceBytes;

    /// <summary>Sends what there is, to be followed by more.</summary>
    public async ValueTask SendPieceAsync(CancellationToken cancellationToken)
    {
        Writer.Flush();
        await _context!.Response.BodyWriter.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        _buffer.ResetWrittenCount();
    }

    /// <summary>Ends a line of a streamed answer and sends it.</summary>
    public async ValueTask SendLineAsync(CancellationToken cancellationToken)
    {
        Writer.Flush();
        Writer.Reset();
        _buffer.Write("\n"u8);
        await SendPieceAsync(cancellationToken);
    }

    /// <summary>Forgets what has been written and not been sent.</summary>
    public void Clear()
    {
        Writer.Reset();
        _buffer.ResetWrittenCount();
    }

    /// <summary>Sends the rest.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        Writer.Flush();
        var response = _context!.Response;
        if (!response.HasStarted) response.ContentLength = _buffer.WrittenCount;
        await response.BodyWriter.WriteAsync(_buffer.WrittenMemory, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context = null;
        _buffer.ResetWrittenCount();
        Writer.Reset();
        if (_buffer.Capacity <= 4 * PieceBytes && Pool.Count < MaxPooled) Pool.Enqueue(this);
        else Writer.Dispose();
    }
}
