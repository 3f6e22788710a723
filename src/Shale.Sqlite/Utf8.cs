using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Shale.Sqlite;

/// <summary>
/// Text between .NET and SQLite, exactly: what is not Unicode (a lone surrogate on the way in, invalid UTF-8 on the way out) is refused with
/// TYPE_ERROR (22021), never replaced.
/// </summary>
internal static unsafe class Utf8
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads text; null stays null.</summary>
    public static string? Read(byte* text) => text == null ? null : Read(text, MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).Length);

    /// <summary>Reads text of a known length in bytes.</summary>
    public static string Read(byte* text, int length) => Read(new ReadOnlySpan<byte>(text, length));

    /// <summary>Reads text.</summary>
    public static string Read(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return "";
        try
        {
            return Strict.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw new VitessException(ErrorCodes.TypeError, "a text value in the database is not valid UTF-8", sqlState: "22021",
                hint: "Read it as bytes: CAST(column AS BLOB).");
        }
    }

    /// <summary>For messages, which must never fail: invalid bytes are replaced.</summary>
    public static string ReadLossy(byte* text) =>
        text == null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    /// <summary>A null-terminated copy, for names.</summary>
    public static byte[] Terminated(string text)
    {
        var bytes = new byte[Strict.GetByteCount(text) + 1];
        Strict.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>Encodes into a buffer that is large enough and returns the length in bytes.</summary>
    public static int Write(ReadOnlySpan<char> text, Span<byte> buffer)
    {
        if (System.Text.Unicode.Utf8.FromUtf16(text, buffer, out _, out var written, replaceInvalidSequences: false) == OperationStatus.Done) return written;
        throw new VitessException(ErrorCodes.TypeError, "a text value holds half of a surrogate pair and is not Unicode text", sqlState: "22021",
            hint: "Send it as bytes, or repair the text.");
    }
}
