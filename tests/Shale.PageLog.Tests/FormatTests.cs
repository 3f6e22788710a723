namespace Shale.PageLog.Tests;

/// <summary>The bytes that docs/formats/page-log.md describes: a change here is a new version of the format.</summary>
public sealed class FormatTests
{
    [Fact]
    public void SegmentHeader_Golden()
    {
        var bytes = new byte[SegmentHeader.Bytes];
        var header = new SegmentHeader(3, new Lsn(258), new HlcTimestamp(0x0102030405060708), 0xAABBCCDD);

        header.Write(bytes);

        Assert.Equal(
            "5348414C454C4F4701000000030000000201000000000000" + "0807060504030201DDCCBBAA" + new string('0', 48) + "FC41D6F1", Convert.ToHexString(bytes));
        Assert.True(SegmentHeader.TryRead(bytes, out var read));
        Assert.Equal(header, read);
    }

    [Fact]
    public void RecordHeader_Golden()
    {
        var bytes = new byte[RecordHeader.Bytes];
        var header = new RecordHeader
        {
            Kind = RecordKind.Commit,
            Length = 104,
            Lsn = new Lsn(7),
            Time = new HlcTimestamp(9),
            Line = 1,
            PageCount = 2,
            FrameCount = 1,
            Segment = 3,
            RowChangeBytes = 4,
            RowCount = 5,
            Durable = new Lsn(6),
            TextBytes = 8,
            BodyCrc = 0x01020304,
            Previous = 0x05060708,
        };

        header.Write(bytes);

        Assert.Equal(
            "53484C520100000068000000000000000700000000000000090000000000000001000000020000000100000003000000040000000000000005000000000000000600000000000000080000000403020108070605297709B2",
            Convert.ToHexString(bytes));
        Assert.True(RecordHeader.TryRead(bytes, out var read));
        Assert.Equal(header, read);
    }

    [Fact]
    public void RecordHeader_OfAPromise_Golden()
    {
        var bytes = new byte[RecordHeader.Bytes];
        var header = new RecordHeader { Kind = RecordKind.Promise, Length = RecordHeader.LengthOf(0), Lsn = new Lsn(7), Time = new HlcTimestamp(0x0102030405060708), Segment = 3, Durable = new Lsn(6), Previous = 5 };

        header.Write(bytes);

        Assert.Equal("53484C52070000005800000000000000070000000000000008070605040302010000000000000000000000000300000000000000000000000000000000000000060000000000000000000000000000000500000029304341", Convert.ToHexString(bytes));
        Assert.True(RecordHeader.TryRead(bytes, out var read));
        Assert.Equal(header, read);
    }

    [Fact]
    public void FrameHeader_Golden()
    {
        var bytes = new byte[FrameHeader.Bytes + 3];
        var header = new FrameHeader(258, 2, 3, new Place(1, 64));
        "abc"u8.CopyTo(bytes.AsSpan(FrameHeader.Bytes));

        header.Write(bytes);

        Assert.Equal("02010000020003004000000000010000" + "6544BA99" + "616263", Convert.ToHexString(bytes));
        Assert.Equal(header, FrameHeader.Read(bytes));
        FrameHeader.Verify(bytes);
        bytes[^1]++;
        Assert.Throws<VitessException>(() => FrameHeader.Verify(bytes));
    }

    [Fact]
    public void Crc32C_CheckValue() => Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));

    [Fact]
    public void Headers_OneBitFlipped_AreNone()
    {
        var bytes = new byte[RecordHeader.Bytes];
        new RecordHeader { Kind = RecordKind.Commit, Length = 88 }.Write(bytes);
        for (var bit = 0; bit < RecordHeader.Bytes * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(RecordHeader.TryRead(bytes, out _));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void SegmentHeader_AnotherVersion_SaysSo()
    {
        var bytes = new byte[SegmentHeader.Bytes];
        new SegmentHeader(1, default, default, 0).Write(bytes);
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(60), Crc32C.Of(bytes.AsSpan(0, 60)));
        Assert.Equal("0A000", Assert.Throws<VitessException>(() => SegmentHeader.TryRead(bytes, out _)).SqlState);
    }
}
