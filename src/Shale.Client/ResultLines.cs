using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Shale.Contracts;

namespace Shale.Client;

/// <summary>Reads a streamed answer: a RESULT on each line, then ACK, or ERROR.</summary>
internal static class ResultLines
{
    /// <summary>The rows of each line. Errors: those of the server; CONNECTION_ERROR if the end is missing.</summary>
    public static async IAsyncEnumerable<RowSet> ReadAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        try
        {
            while (true)
            {
                var part = await ReadAsync(pipe, cancellationToken).ConfigureAwait(false);
                var rest = part.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    var line = rest.Slice(0, end);
                    rest = rest.Slice(rest.GetPosition(1, end));
                    var message = Parse(line);
                    if (message is AckResponse) yield break;
                    if (message is ErrorResponse error) throw error.ToException();
                    yield return ((QueryResponse)message).Result.Rows;
                }
                pipe.AdvanceTo(rest.Start, part.Buffer.End);
                if (part.IsCompleted) throw Broken("the answer ends before its end", null);
            }
        }
        finally
        {
            await pipe.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask<ReadResult> ReadAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        try
        {
            return await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            throw Broken(failure.Message, failure);
        }
    }

    private static Message Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            return ContractsJson.ReadResponse<QueryResponse>(line.IsSingleSegment ? line.FirstSpan : line.ToArray());
        }
        catch (JsonException failure)
        {
            throw Broken(failure.Message, failure);
        }
    }

    private static VitessException Broken(string why, Exception? inner) =>
        new(ErrorCodes.ConnectionError, "the connection broke while rows came: " + why, inner: inner);
}
