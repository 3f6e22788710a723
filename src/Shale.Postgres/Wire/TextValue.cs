using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Shale.Sql;

namespace Shale.Postgres.Wire;

/// <summary>Values in PostgreSQL's text format, as UTF-8.</summary>
/// <remarks>Hot path: rows through the PostgreSQL door.</remarks>
internal static class TextValue
{
    // Below it three bytes are put aside for each unit of a text; above it they are counted.
    private const int ShortText = 256;

    /// <summary>How many bytes a value takes at most.</summary>
    public static long MostBytes(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Text => value.AsText() is { Length: > ShortText } text ? Encoding.UTF8.GetByteCount(text) : 3L * value.AsText().Length,
        SqlValueKind.Blob => 2 + (2 * value.AsBlob().LongLength),
        SqlValueKind.Real => 400,
        _ => 20,
    };

    /// <summary>Writes a value that is not NULL.</summary>
    /// <param name="value">The value, in the form that shards hold it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="into">At least <see cref="MostBytes"/>.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(SqlValue value, SqlType type, Span<byte> into)
    {
        switch (value.Kind)
        {
            case SqlValueKind.Text:
                return WriteText(value.AsText(), into);
            case SqlValueKind.Boolean:
            case SqlValueKind.Integer when type is { Kind: SqlTypeKind.Bool, IsArray: false }:
                into[0] = value.AsInteger() != 0 ? (byte)'t' : (byte)'f';
                return 1;
            case SqlValueKind.Integer:
                Utf8Formatter.TryFormat(value.AsInteger(), into, out var written);
                return written;
            case SqlValueKind.Blob:
                into[0] = (byte)'\\';
                into[1] = (byte)'x';
                Convert.TryToHexStringLower(value.AsBlob(), into[2..], out var digits);
                return digits + 2;
            default:
                return WriteText(SqlTypes.TextOf(value, type), into);
        }
    }

    /// <summary>Writes text; what is no UTF-16 becomes U+FFFD.</summary>
    public static int WriteText(ReadOnlySpan<char> text, Span<byte> into)
    {
        Utf8.FromUtf16(text, into, out _, out var written);
        return written;
    }
}
