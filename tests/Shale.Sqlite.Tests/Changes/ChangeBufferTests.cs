using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

/// <summary>The bytes of a transaction's row changes, in memory and in a file.</summary>
public sealed class ChangeBufferTests : IDisposable
{
    private readonly ChangeBuffer _buffer = new(64 * 1024, 1_000_000, Path.GetTempPath());

    public void Dispose() => _buffer.Dispose();

    [Fact]
    public void Add_MoreThanFitsIntoMemory_GoesToAFileAndStaysTheSame()
    {
        for (var i = 0; i < 100_000; i++) _buffer.AddVarint((ulong)i);
        Assert.True(_buffer.IsInFile);
        var expected = new List<byte>();
        for (var i = 0; i < 100_000; i++)
        {
            var value = i;
            for (; value >= 0x80; value >>= 7) expected.Add((byte)(value | 0x80));
            expected.Add((byte)value);
        }

        Assert.True(_buffer.Bytes.SequenceEqual(expected.ToArray()));
        _buffer.Clear();
        Assert.Equal((0, false), (_buffer.Length, _buffer.IsInFile));
        _buffer.Add(7);
        Assert.Equal([7], _buffer.Bytes.ToArray());
    }

    [Fact]
    public void Add_MoreThanTheLimit_FailsAndKeepsWhatWasThere()
    {
        _buffer.Add(new byte[900_000]);
        var failure = Assert.Throws<VitessException>(() => _buffer.Add(new byte[200_000]));
        Assert.Equal(("RESOURCE_EXHAUSTED", "54000", 900_000), (failure.Code, failure.SqlState, _buffer.Length));
        _buffer.Add(new byte[100_000]);
        Assert.Equal(1_000_000, _buffer.Length);
    }

    [Fact]
    public void Cut_ToAnEarlierLength_LeavesTheBeginning()
    {
        _buffer.Add([1, 2, 3]);
        _buffer.Add([4, 5]);
        _buffer.Cut(3);
        _buffer.AddSigned(-1);
        Assert.Equal([1, 2, 3, 1], _buffer.Bytes.ToArray());
    }
}
