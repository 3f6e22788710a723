namespace Shale.PageLog;

/// <summary>
/// The files of a log at one moment. Whoever reads one page reads all of it from the same ones: a compaction puts whole pages in the place of differences, and leaves out what only those need. Files
/// that were replaced are closed; who meets that begins again with those of now. Immutable.
/// </summary>
/// <param name="Segments">The segments, by number.</param>
/// <param name="Compacted">The compacted segments, in order.</param>
internal sealed record SegmentFiles(IReadOnlyDictionary<int, Segment> Segments, CompactedSegment[] Compacted)
{
    /// <summary>No files.</summary>
    public static SegmentFiles None { get; } = new(new Dictionary<int, Segment>(), []);

    /// <summary>The oldest commit as of which anything can be read: what was superseded up to it may be gone.</summary>
    public Lsn Oldest => Compacted is [.., var last] ? last.LastLsn : default;

    /// <summary>Reads bytes by the place where they were first written. Errors: SHARD_ERROR (XX001).</summary>
    public void Read(Place place, Span<byte> destination)
    {
        if (ReadUpTo(place, destination) < destination.Length) throw Damage.Found($"the file of segment {place.Segment} ends before the frame at {place}");
    }

    /// <summary>Reads bytes by the place where they were first written, as many as the file has of them, and returns how many. Errors: SHARD_ERROR (XX001).</summary>
    public int ReadUpTo(Place place, Span<byte> destination)
    {
        var (file, offset) = Locate(place);
        return file.Read(offset, destination);
    }

    /// <summary>A segment by its number. Errors: SHARD_ERROR (XX001).</summary>
    public Segment Get(int number) => Segments.TryGetValue(number, out var segment) ? segment : throw Missing(number);

    /// <summary>The same with another segment.</summary>
    public SegmentFiles With(Segment segment) => this with { Segments = new Dictionary<int, Segment>(Segments) { [segment.Number] = segment } };

    /// <summary>The same without a segment.</summary>
    public SegmentFiles Without(int number) => this with { Segments = Segments.Where(segment => segment.Key != number).ToDictionary() };

    /// <summary>The same with a compacted segment for those that it stands for.</summary>
    public SegmentFiles With(CompactedSegment compacted) => new(
        Segments.Where(segment => segment.Key > compacted.Last).ToDictionary(), [.. Compacted.Where(old => old.First < compacted.First), compacted]);

    private (IDiskFile File, long Offset) Locate(Place place)
    {
        if (Segments.TryGetValue(place.Segment, out var segment)) return (segment.File, place.Offset);
        foreach (var compacted in Compacted)
        {
            if (place.Segment >= compacted.First && place.Segment <= compacted.Last) return (compacted.File, compacted.OffsetOf(place));
        }

        throw Missing(place.Segment);
    }

    // A log always has a segment until it is closed.
    private VitessException Missing(int number) => ReferenceEquals(this, None) ? PageStore.Closed() : Damage.Found($"{Segment.NameOf(number)} is missing");
}
