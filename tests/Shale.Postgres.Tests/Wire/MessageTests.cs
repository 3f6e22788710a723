using System.Buffers;
using System.IO.Pipelines;
using Shale.Postgres.Wire;
using Shale.Sql;

namespace Shale.Postgres.Tests.Wire;

/// <summary>Messages, byte for byte.</summary>
public sealed class MessageTests
{
    [Fact]
    public void Row_OfEveryKind_HasTheseBytes()
    {
        ColumnFormat[] columns = [Text(SqlTypeKind.Int4), Text(SqlTypeKind.Text), Text(SqlTypeKind.Bool), Text(SqlTypeKind.Bytea), Text(SqlTypeKind.Float8), Text(SqlTypeKind.Text)];
        var bytes = Written(writer => writer.Row([SqlValue.Integer(-7), SqlValue.Text("ü"), SqlValue.Boolean(true), SqlValue.Blob([0xab, 0x01]), SqlValue.Real(1e20), SqlValue.Null], columns));
        Assert.Equal("44" + "0000002e" + "0006" + "00000002" + "2d37" + "00000002" + "c3bc" + "00000001" + "74" + "00000006" + "5c7861623031" + "00000005" + "31652b3230" + "ffffffff", Hex(bytes, "0000002e"));
    }

    [Fact]
    public void RowDescription_NamesOidsLengthsFormats()
    {
        Field[] fields = [new("id", "int8"), new("tags", "text[]")];
        var bytes = Written(writer => writer.RowDescription(fields, ColumnFormat.Of(fields, [true, false])));
        Assert.Equal("54" + "00000032" + "0002" + "696400" + "000000000000" + "00000014" + "0008" + "ffffffff" + "0001" + "7461677300" + "000000000000" + "000003f1" + "ffff" + "ffffffff" + "0000", Hex(bytes, "00000032"));
    }

    [Theory]
    [InlineData("INSERT", 3L, "INSERT 0 3")]
    [InlineData("SELECT", 0L, "SELECT 0")]
    [InlineData("CREATE TABLE", null, "CREATE TABLE")]
    public void CommandComplete_SaysCommandAndRows(string command, long? rows, string expected) =>
        Assert.Equal([(byte)'C', 0, 0, 0, (byte)(expected.Length + 5), .. System.Text.Encoding.ASCII.GetBytes(expected), 0], Written(writer => writer.CommandComplete(command, rows)));

    [Fact]
    public void Report_TextWithAZero_DoesNotEndThere()
    {
        var bytes = Written(writer => writer.Report(BackendMessage.ErrorResponse, new ErrorFields("ERROR", "42601", "a\0b") { Position = 12 }));
        Assert.Equal("SERROR\0VERROR\0C42601\0Ma b\0P12\0\0", System.Text.Encoding.ASCII.GetString(bytes.AsSpan(5)));
    }

    [Fact]
    public void Frame_WholeAndInPieces_IsTaken()
    {
        byte[] bytes = [(byte)'Q', 0, 0, 0, 6, (byte)'x', 0, (byte)'S', 0, 0];
        for (var length = 0; length < 7; length++)
        {
            var part = new ReadOnlySequence<byte>(bytes, 0, length);
            Assert.False(MessageFrames.TryTake(ref part, 100, out _, out _));
        }

        var buffer = new ReadOnlySequence<byte>(bytes);
        Assert.True(MessageFrames.TryTake(ref buffer, 100, out var type, out var body));
        Assert.Equal((FrontendMessage.Query, 2, 3), (type, body.Length, buffer.Length));
    }

    [Theory]
    [InlineData(0x40000000, "54000")]
    [InlineData(0x7fffffff, "54000")]
    [InlineData(-1, "08P01")]
    [InlineData(3, "08P01")]
    public void Frame_LengthThatCannotBe_IsRefusedBeforeItsBodyComes(int length, string sqlState)
    {
        byte[] head = [(byte)'Q', (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];
        var failure = Assert.Throws<VitessException>(() =>
        {
            var buffer = new ReadOnlySequence<byte>(head);
            MessageFrames.TryTake(ref buffer, 64 << 20, out _, out _);
        });
        Assert.Equal(sqlState, failure.SqlState);
    }

    [Fact]
    public void Body_ShorterThanItSays_IsRefused()
    {
        Assert.Equal("08P01", Assert.Throws<VitessException>(() => new MessageBody([1, 2]).ReadInt32()).SqlState);
        Assert.Equal("08P01", Assert.Throws<VitessException>(() => new MessageBody([65, 66]).ReadText()).SqlState);
        Assert.Equal("08P01", Assert.Throws<VitessException>(() => new MessageBody([0xff, 0xff, 1]).ReadCount(4)).SqlState);
        Assert.Equal("22021", Assert.Throws<VitessException>(() => new MessageBody([0xc3, 0x28, 0]).ReadText()).SqlState);
    }

    private static ColumnFormat Text(SqlTypeKind kind) => new(new SqlType(kind), false);

    private static byte[] Written(Action<MessageWriter> write)
    {
        using var bytes = new MemoryStream();
        var pipe = PipeWriter.Create(bytes);
        write(new MessageWriter(pipe));
        pipe.Complete();
        return bytes.ToArray();
    }

    // The length is checked by itself: it says how long the rest is.
    private static string Hex(byte[] bytes, string length)
    {
        Assert.Equal(Convert.ToInt32(length, 16), bytes.Length - 1);
        return Convert.ToHexStringLower(bytes);
    }
}
