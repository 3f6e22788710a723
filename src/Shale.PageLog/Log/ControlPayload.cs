using System.Buffers.Binary;
using System.Text;

namespace Shale.PageLog;

/// <summary>The body of a record that carries no pages: a line, an LSN on it, then in UTF-8 the name that the record is about, a line feed, and the branch that it concerns.</summary>
/// <param name="Line">The line that a branch leaves, that a restore goes back to, or that a snapshot is of.</param>
/// <param name="Lsn">The version of it.</param>
internal readonly record struct ControlPayload(int Line, Lsn Lsn)
{
    /// <summary>Bytes of it, before the names.</summary>
    public const int Bytes = 16;

    /// <summary>The names as they follow.</summary>
    public static string TextOf(string name, string branch) => $"{name}\n{branch}";

    /// <summary>The names that follow. Errors: SHARD_ERROR (XX001).</summary>
    public static (string Name, string Branch) NamesIn(ReadOnlySpan<byte> body, int textBytes)
    {
        if (textBytes > body.Length - Bytes) throw Damage.Found("a record of a branch or snapshot is too short");
        var text = Encoding.UTF8.GetString(body.Slice(Bytes, textBytes));
        var at = text.IndexOf('\n', StringComparison.Ordinal);
        return at < 0 ? throw Damage.Found("a record of a branch or snapshot has no names") : (text[..at], text[(at + 1)..]);
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> to)
    {
        to[..Bytes].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(to, Line);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], Lsn.Value);
    }

    /// <summary>Reads one. Errors: SHARD_ERROR (XX001).</summary>
    public static ControlPayload Read(ReadOnlySpan<byte> from) => from.Length >= Bytes
        ? new ControlPayload(BinaryPrimitives.ReadInt32LittleEndian(from), new Lsn(BinaryPrimitives.ReadInt64LittleEndian(from[8..])))
        : throw Damage.Found("a record of a branch or snapshot is too short");
}
