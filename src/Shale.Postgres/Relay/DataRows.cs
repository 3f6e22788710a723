using System.Buffers;
using System.Buffers.Binary;
using Shale.Postgres.Wire;

namespace Shale.Postgres.Relay;

/// <summary>Rows as a server has sent them: DataRow messages, one behind the other.</summary>
/// <param name="messages">The messages.</param>
/// <param name="count">How many there are.</param>
/// <param name="shape">Their columns.</param>
/// <param name="formats">For each column whether it is in binary.</param>
internal sealed class DataRows(ReadOnlyMemory<byte> messages, int count, RowShape shape, bool[] formats) : EncodedRows
{
    private const int HeadBytes = 5;

    /// <inheritdoc/>
    public override int RowCount => count;

    /// <inheritdoc/>
    public override long SizeBytes => messages.Length;

    /// <summary>The messages.</summary>
    public ReadOnlyMemory<byte> Messages => messages;

    /// <inheritdoc/>
    public override bool Fit(IReadOnlyList<Field> fields) => shape.Fits(fields);

    /// <summary>Whether they are what a client was told of: of these types, in these forms.</summary>
    public bool Fit(ReadOnlySpan<ColumnFormat> columns) => shape.Fits(columns, formats);

    /// <summary>How many messages there are up to a length, and how long they are together.</summary>
    /// <param name="from">Where the first begins.</param>
    /// <param name="mostRows">How many at most; there are as many, and one at least.</param>
    /// <param name="mostBytes">Behind so many bytes none is added.</param>
    public (int Rows, int Length) Measure(int from, int mostRows, int mostBytes)
    {
        var (rows, length) = (0, 0);
        for (; rows < mostRows && length < mostBytes; rows++) length += LengthAt(from + length);
        return (rows, length);
    }

    /// <summary>Whether they go into a table as they are.</summary>
    public bool AreCopied => shape.IsPortable && !formats.Contains(false);

    /// <summary>Writes them as COPY in binary takes them, where the body of a message is a row.</summary>
    /// <param name="into">Gets them.</param>
    public void CopyInto(ArrayBufferWriter<byte> into)
    {
        var span = into.GetSpan(messages.Length);
        var (at, written) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var length = LengthAt(at);
            messages.Span.Slice(at + HeadBytes, length - HeadBytes).CopyTo(span[written..]);
            at += length;
            written += length - HeadBytes;
        }

        into.Advance(written);
    }

    /// <inheritdoc/>
    public override void DecodeInto(RowSet rows)
    {
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            var length = LengthAt(at);
            shape.Read(messages.Span.Slice(at + HeadBytes, length - HeadBytes), formats, rows.AddRow());
            at += length;
        }
    }

    private int LengthAt(int at) => 1 + BinaryPrimitives.ReadInt32BigEndian(messages.Span[(at + 1)..]);
}
