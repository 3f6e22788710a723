using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Shale.Sql;

namespace Shale.Postgres.Wire;

/// <summary>
/// Writes a server's messages into a pipe: each is put aside at its longest, written in place, and taken over at its true length, so that a row is encoded once and copied by nobody. What is written is
/// sent by <see cref="FlushAsync"/>. One writer at a time.
/// </summary>
/// <remarks>Hot path: rows through the PostgreSQL door.</remarks>
internal sealed class MessageWriter(PipeWriter pipe)
{
    // The head of a message: its type and its length.
    private const int HeadBytes = 5;

    // PostgreSQL's own limit of a message.
    private const int MostBytes = 0x3fffffff;

    /// <summary>How many bytes wait for <see cref="FlushAsync"/>.</summary>
    public long Waiting { get; private set; }

    /// <summary>Sends what waits; ends when the client has taken so much of it that there is room again. False if nobody reads any more.</summary>
    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        Waiting = 0;
        var pending = pipe.FlushAsync(cancellationToken);
        return pending.IsCompletedSuccessfully ? new ValueTask<bool>(!pending.Result.IsCompleted) : FinishAsync(pending);

        static async ValueTask<bool> FinishAsync(ValueTask<FlushResult> pending) => !(await pending).IsCompleted;
    }

    /// <summary>One byte outside of messages: the answer to a question for encryption.</summary>
    public void Raw(char answer)
    {
        pipe.GetSpan(1)[0] = (byte)answer;
        pipe.Advance(1);
    }

    /// <summary>A message without a body.</summary>
    public void Bare(BackendMessage type)
    {
        var span = pipe.GetSpan(HeadBytes);
        End(type, span, HeadBytes);
    }

    /// <summary>A step of the authentication; code 0 ends it well.</summary>
    public void Authentication(int code, ReadOnlySpan<byte> data = default)
    {
        var span = pipe.GetSpan(HeadBytes + 4 + data.Length);
        BinaryPrimitives.WriteInt32BigEndian(span[HeadBytes..], code);
        data.CopyTo(span[(HeadBytes + 4)..]);
        End(BackendMessage.Authentication, span, HeadBytes + 4 + data.Length);
    }

    /// <summary>A variable of the session as it is now.</summary>
    public void ParameterStatus(string name, string value)
    {
        var span = pipe.GetSpan(HeadBytes + MostText(name) + MostText(value));
        var at = Text(name, span, HeadBytes);
        End(BackendMessage.ParameterStatus, span, Text(value, span, at));
    }

    /// <summary>What a client has to show to cancel this connection's statement.</summary>
    public void BackendKeyData(int process, int key)
    {
        var span = pipe.GetSpan(HeadBytes + 8);
        BinaryPrimitives.WriteInt32BigEndian(span[HeadBytes..], process);
        BinaryPrimitives.WriteInt32BigEndian(span[(HeadBytes + 4)..], key);
        End(BackendMessage.BackendKeyData, span, HeadBytes + 8);
    }

    /// <summary>What of the client's version of the protocol is not known here.</summary>
    public void NegotiateProtocolVersion(int minor, IReadOnlyCollection<string> unknownOptions)
    {
        var span = pipe.GetSpan(HeadBytes + 8 + unknownOptions.Sum(MostText));
        BinaryPrimitives.WriteInt32BigEndian(span[HeadBytes..], minor);
        BinaryPrimitives.WriteInt32BigEndian(span[(HeadBytes + 4)..], unknownOptions.Count);
        var at = HeadBytes + 8;
        foreach (var option in unknownOptions) at = Text(option, span, at);
        End(BackendMessage.NegotiateProtocolVersion, span, at);
    }

    /// <summary>The next message may come: I, outside of transactions; T, in one; E, in one that has failed.</summary>
    public void ReadyForQuery(char status)
    {
        var span = pipe.GetSpan(HeadBytes + 1);
        span[HeadBytes] = (byte)status;
        End(BackendMessage.ReadyForQuery, span, HeadBytes + 1);
    }

    /// <summary>An error or a notice.</summary>
    public void Report(BackendMessage type, ErrorFields fields)
    {
        var position = fields.Position?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        (char Code, string? Text)[] all =
        [
            ('S', fields.Severity), ('V', fields.Severity), ('C', fields.SqlState), ('M', fields.Message), ('D', fields.Detail), ('H', fields.Hint), ('P', position),
            ('W', fields.Where), ('t', fields.Table), ('c', fields.Column), ('n', fields.Constraint), ('R', fields.Routine),
        ];
        var span = pipe.GetSpan(HeadBytes + 1 + all.Sum(field => field.Text is null ? 0 : 1 + MostText(field.Text)));
        var at = HeadBytes;
        foreach (var (code, text) in all)
        {
            if (text is null) continue;
            span[at++] = (byte)code;
            at = Text(text, span, at);
        }

        span[at++] = 0;
        End(type, span, at);
    }

    /// <summary>Something that a session has told a channel that this one listens to.</summary>
    public void Notification(int process, string channel, string payload)
    {
        var span = pipe.GetSpan(HeadBytes + 4 + MostText(channel) + MostText(payload));
        BinaryPrimitives.WriteInt32BigEndian(span[HeadBytes..], process);
        var at = Text(channel, span, HeadBytes + 4);
        End(BackendMessage.NotificationResponse, span, Text(payload, span, at));
    }

    /// <summary>The types of a prepared statement's parameters.</summary>
    public void ParameterDescription(IReadOnlyList<SqlType> types)
    {
        var length = HeadBytes + 2 + (4 * types.Count);
        var span = pipe.GetSpan(length);
        BinaryPrimitives.WriteUInt16BigEndian(span[HeadBytes..], checked((ushort)types.Count));
        for (var i = 0; i < types.Count; i++) BinaryPrimitives.WriteInt32BigEndian(span[(HeadBytes + 2 + (4 * i))..], PostgresTypes.OidOf(types[i]));
        End(BackendMessage.ParameterDescription, span, length);
    }

    /// <summary>The columns of the rows that follow.</summary>
    public void RowDescription(IReadOnlyList<Field> fields, ReadOnlySpan<ColumnFormat> columns)
    {
        var most = HeadBytes + 2;
        for (var i = 0; i < columns.Length; i++) most += MostText(fields[i].Name) + 18;
        var span = pipe.GetSpan(most);
        BinaryPrimitives.WriteUInt16BigEndian(span[HeadBytes..], checked((ushort)columns.Length));
        var at = HeadBytes + 2;
        for (var i = 0; i < columns.Length; i++)
        {
            at = Text(fields[i].Name, span, at);
            var rest = span[at..];
            BinaryPrimitives.WriteInt32BigEndian(rest, fields[i].Origin.Table);
            BinaryPrimitives.WriteInt16BigEndian(rest[4..], fields[i].Origin.Column);
            BinaryPrimitives.WriteInt32BigEndian(rest[6..], PostgresTypes.OidOf(columns[i].Type));
            BinaryPrimitives.WriteInt16BigEndian(rest[10..], columns[i].Type.IsArray ? (short)-1 : PostgresTypes.Of(columns[i].Type.Kind).Length);
            BinaryPrimitives.WriteInt32BigEndian(rest[12..], fields[i].Modifier);
            BinaryPrimitives.WriteInt16BigEndian(rest[16..], columns[i].IsBinary ? (short)1 : (short)0);
            at += 18;
        }

        End(BackendMessage.RowDescription, span, at);
    }

    /// <summary>Rows as another server has encoded them: whole messages.</summary>
    public void Rows(ReadOnlySpan<byte> messages)
    {
        pipe.Write(messages);
        Waiting += messages.Length;
    }

    /// <summary>One row. RESOURCE_EXHAUSTED (54000) for one that no message can hold; nothing of it is written then.</summary>
    public void Row(ReadOnlySpan<SqlValue> row, ReadOnlySpan<ColumnFormat> columns) => Row(BackendMessage.DataRow, row, columns, default);

    private void Row(BackendMessage type, ReadOnlySpan<SqlValue> row, ReadOnlySpan<ColumnFormat> columns, ReadOnlySpan<byte> before)
    {
        long most = HeadBytes + before.Length + 2;
        for (var i = 0; i < row.Length; i++) most += 4 + (columns[i].IsBinary ? BinaryValue.MostBytes(row[i], columns[i].Type) : TextValue.MostBytes(row[i]));
        if (most > MostBytes) throw WireErrors.TooLong(most, MostBytes);
        var span = pipe.GetSpan((int)most);
        before.CopyTo(span[HeadBytes..]);
        var at = HeadBytes + before.Length;
        BinaryPrimitives.WriteUInt16BigEndian(span[at..], (ushort)row.Length);
        at += 2;
        for (var i = 0; i < row.Length; i++)
        {
            var rest = span[(at + 4)..];
            var length = row[i].IsNull ? -1 : columns[i].IsBinary ? BinaryValue.Write(row[i], columns[i].Type, rest) : TextValue.Write(columns[i].IsIso ? columns[i].InIso(row[i]) : row[i], columns[i].Type, rest);
            BinaryPrimitives.WriteInt32BigEndian(span[at..], length);
            at += 4 + Math.Max(length, 0);
        }

        End(type, span, at);
    }

    /// <summary>Rows are to be copied, in or out; all columns in one format.</summary>
    public void CopyResponse(BackendMessage type, bool isBinary, int columns)
    {
        var length = HeadBytes + 3 + (2 * columns);
        var span = pipe.GetSpan(length)[..length];
        span.Clear();
        span[HeadBytes] = isBinary ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16BigEndian(span[(HeadBytes + 1)..], checked((ushort)columns));
        for (var i = 0; isBinary && i < columns; i++) span[HeadBytes + 4 + (2 * i)] = 1;
        End(type, span, length);
    }

    /// <summary>A piece of what is copied, as it is.</summary>
    public void CopyData(ReadOnlySpan<byte> data)
    {
        var span = pipe.GetSpan(HeadBytes + data.Length);
        data.CopyTo(span[HeadBytes..]);
        End(BackendMessage.CopyData, span, HeadBytes + data.Length);
    }

    /// <summary>One row that is copied in binary; what the file begins with goes before the first, in the same message, as clients expect it.</summary>
    public void CopyTuple(ReadOnlySpan<SqlValue> row, ReadOnlySpan<ColumnFormat> columns, ReadOnlySpan<byte> before) => Row(BackendMessage.CopyData, row, columns, before);

    /// <summary>One row that is copied in text or CSV.</summary>
    public void CopyLine(ReadOnlySpan<SqlValue> row, ReadOnlySpan<ColumnFormat> columns, CopyFormat format)
    {
        var most = HeadBytes + CopyText.MostBytes(row, format);
        if (most > MostBytes) throw WireErrors.TooLong(most, MostBytes);
        var span = pipe.GetSpan((int)most);
        End(BackendMessage.CopyData, span, HeadBytes + CopyText.Write(row, columns, format, span[HeadBytes..]));
    }

    /// <summary>A statement has ended well.</summary>
    /// <param name="command">What it was: <c>SELECT</c>, <c>CREATE TABLE</c>.</param>
    /// <param name="rows">How many rows; null where the command counts none.</param>
    public void CommandComplete(string command, long? rows)
    {
        var span = pipe.GetSpan(HeadBytes + MostText(command) + 24);
        var at = HeadBytes + TextValue.WriteText(command, span[HeadBytes..]);
        if (rows is { } count)
        {
            // The zero was the number of a row once.
            if (command == "INSERT") at += TextValue.WriteText(" 0", span[at..]);
            span[at++] = (byte)' ';
            Utf8Formatter.TryFormat(count, span[at..], out var digits);
            at += digits;
        }

        span[at++] = 0;
        End(BackendMessage.CommandComplete, span, at);
    }

    private void End(BackendMessage type, Span<byte> span, int length)
    {
        span[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], length - 1);
        pipe.Advance(length);
        Waiting += length;
    }

    private static int MostText(string text) => Encoding.UTF8.GetMaxByteCount(text.Length) + 1;

    // A zero would end it early.
    private static int Text(string text, Span<byte> span, int at)
    {
        var length = TextValue.WriteText(text, span[at..]);
        span.Slice(at, length).Replace((byte)0, (byte)' ');
        span[at + length] = 0;
        return at + length + 1;
    }
}
