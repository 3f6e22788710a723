namespace Shale.PageLog.Tests;

/// <summary>How a segment's file gets its space.</summary>
public sealed class SegmentTests
{
    private const int Large = 2 << 20, Step = 256 << 10;

    [Fact]
    public void Reserve_NobodyWaitsForIt_NeverMoreThanAStepIsInTheDisksQueue()
    {
        using var file = new CountingFile();
        new Segment(1, file).Reserve(Large, () => false);

        Assert.Equal(Large, file.Length);
        Assert.Equal(Step, file.MostUnsynced);
    }

    [Fact]
    public void Reserve_ACommitBeginsToWaitForIt_TheRestIsFilledAtOnce()
    {
        using var file = new CountingFile();
        new Segment(1, file).Reserve(Large, () => file.Length > Large / 2);

        Assert.Equal(Large, file.Length);
        Assert.Equal((Large / 2) / Step, file.Syncs);
    }

    [Fact]
    public void Reserve_ASmallOne_IsFilledAtOnce()
    {
        using var file = new CountingFile();
        new Segment(1, file).Reserve(1 << 20, () => false);

        Assert.Equal((1 << 20, 0), (file.Length, file.Syncs));
    }

    // Knows how much was written since the last wait.
    private sealed class CountingFile : IDiskFile
    {
        private long _unsynced;

        public long Length { get; private set; }

        public int Syncs { get; private set; }

        public long MostUnsynced { get; private set; }

        public void Reserve(long length)
        {
            _unsynced += length - Length;
            MostUnsynced = Math.Max(MostUnsynced, _unsynced);
            Length = length;
        }

        public void Sync()
        {
            Syncs++;
            _unsynced = 0;
        }

        public int Read(long offset, Span<byte> destination) => throw new NotSupportedException();

        public void Write(long offset, ReadOnlySpan<byte> source) => throw new NotSupportedException();

        public void Truncate(long length) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
