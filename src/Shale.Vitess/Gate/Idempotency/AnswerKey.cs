using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Shale.Vitess;

/// <summary>Under what the answer to a write is kept (SEMANTICS S4.4).</summary>
/// <param name="text">The client's key.</param>
/// <param name="part">Which statement of a batch whose statements stand alone; else 0.</param>
/// <param name="digest">What tells the statement from others.</param>
/// <param name="at">When it came, in milliseconds since 1970.</param>
internal sealed class AnswerKey(string text, int part, byte[] digest, long at)
{
    /// <summary>The client's key.</summary>
    public string Text => text;

    /// <summary>Which statement of a batch whose statements stand alone; else 0.</summary>
    public int Part => part;

    /// <summary>A hash of the statement, its values, its target and its dialect.</summary>
    public byte[] Digest => digest;

    /// <summary>When it came, in milliseconds since 1970.</summary>
    public long At => at;

    /// <summary>Why some shard could not be asked whether it has the answer; null if all were.</summary>
    public VitessException? Unasked { get; set; }

    /// <summary>The key of a statement that has one.</summary>
    public static AnswerKey Of(GateRequest request, TimeProvider clock) =>
        new(request.IdempotencyKey!, request.Part, request.Digest ?? DigestOf([request], request.Target, atomic: false), clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The key of a batch that is all or nothing.</summary>
    public static AnswerKey Of(GateBatchRequest batch, TimeProvider clock) =>
        new(batch.IdempotencyKey!, 0, DigestOf(batch), clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>What tells a batch from others.</summary>
    public static byte[] DigestOf(GateBatchRequest batch) => DigestOf(batch.Statements, batch.Target, batch.Atomic, batch.Dialect);

    private static byte[] DigestOf(IReadOnlyList<GateRequest> statements, string? target, bool atomic, Sql.SqlDialect? dialect = null)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Add(buffer, target ?? "");
        buffer.Write([(byte)(atomic ? 1 : 0)]);
        foreach (var statement in statements)
        {
            buffer.Write([(byte)((statement.Dialect ?? dialect) == Sql.SqlDialect.Sqlite ? 1 : 0)]);
            Add(buffer, statement.Sql);
            foreach (var value in statement.Params) Add(buffer, value);
            foreach (var (name, value) in (statement.NamedParams ?? new Dictionary<string, SqlValue>()).OrderBy(each => each.Key, StringComparer.Ordinal))
            {
                Add(buffer, name);
                Add(buffer, value);
            }
        }

        return SHA256.HashData(buffer.WrittenSpan)[..16];
    }

    // Each part carries its length in front, so that no two lists of parts give the same bytes.
    private static void Add(ArrayBufferWriter<byte> buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Add(buffer, length);
        buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(length)));
    }

    private static void Add(ArrayBufferWriter<byte> buffer, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), number);
        buffer.Advance(8);
    }

    private static void Add(ArrayBufferWriter<byte> buffer, SqlValue value)
    {
        buffer.Write([(byte)value.Kind]);
        switch (value.Kind)
        {
            case SqlValueKind.Integer or SqlValueKind.Boolean:
                Add(buffer, value.AsInteger());
                break;
            case SqlValueKind.Real:
                Add(buffer, BitConverter.DoubleToInt64Bits(value.AsReal()));
                break;
            case SqlValueKind.Text:
                Add(buffer, value.AsText());
                break;
            case SqlValueKind.Blob:
                Add(buffer, value.AsBlob().Length);
                buffer.Write(value.AsBlob());
                break;
        }
    }
}
