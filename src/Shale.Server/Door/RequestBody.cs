using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shale.Contracts;

namespace Shale.Server;

/// <summary>Reads one message from a request.</summary>
internal static class RequestBody
{
    /// <summary>The message, or null if the body is longer than the limit. Errors: QUERY_ERROR (08P01) for what is no message.</summary>
    public static async ValueTask<Message?> ReadAsync(HttpContext context, long maxBytes)
    {
        // Our own limit counts; the server's default is lower. What is longer than ours is read to its end for a while and thrown away: most clients look for
        // the answer only when they have sent everything, and would meet a broken connection instead of it.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        if (context.Request.ContentLength > maxBytes) return null;
        var pipe = context.Request.BodyReader;
        var first = await pipe.ReadAsync(context.RequestAborted);
        if (first.IsCompleted && first.Buffer.IsSingleSegment)
        {
            // The usual small request: parsed where it lies.
            try
            {
                return first.Buffer.Length > maxBytes ? null : ContractsJson.ReadRequest(first.Buffer.FirstSpan);
            }
            finally
            {
                pipe.AdvanceTo(first.Buffer.End);
            }
        }
        return await ReadLongAsync(pipe, first, maxBytes, context.RequestAborted);
    }

    private static async ValueTask<Message?> ReadLongAsync(PipeReader pipe, ReadResult part, long maxBytes, CancellationToken cancellationToken)
    {
        var (bytes, length) = (ArrayPool<byte>.Shared.Rent(64 * 1024), 0);
        try
        {
            while (true)
            {
                var size = part.Buffer.Length;
                if (length + size > maxBytes)
                {
                    pipe.AdvanceTo(part.Buffer.End);
                    return null;
                }
                if (length + size > bytes.Length) bytes = Grow(bytes, length, (int)(length + size));
                part.Buffer.CopyTo(bytes.AsSpan(length));
                length += (int)size;
                pipe.AdvanceTo(part.Buffer.End);
                if (part.IsCompleted) return ContractsJson.ReadRequest(bytes.AsSpan(0, length));
                part = await pipe.ReadAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static byte[] Grow(byte[] bytes, int length, int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * bytes.Length)));
        bytes.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        return larger;
    }
}
