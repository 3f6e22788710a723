using System.Text;

namespace Shale.PageLog;

/// <summary>
/// Reads a log that nobody has open, without changing anything: also one that is damaged, so that <see cref="PageStore.Open"/> refuses it. It holds the log's lock, because another process could remove
/// what is being read. Used by one thread at a time.
/// </summary>
public sealed class LogInspector : IDisposable
{
    private const long MostRowChanges = 64 << 20;
    private readonly IDisk _disk;
    private readonly IDisposable _owned;

    private LogInspector(IDisk disk, IDisposable owned) => (_disk, _owned) = (disk, owned);

    /// <summary>Takes a log. Errors: SHARD_ERROR (55006) if another process has it, (58P01) if there is none.</summary>
    public static LogInspector Open(IDisk disk)
    {
        if (!disk.List().Any(name => Segment.TryParse(name, out _) || CompactedSegment.TryParse(name, out _, out _)))
        {
            throw new VitessException(ErrorCodes.ShardError, "there is no page log in this directory", sqlState: "58P01", hint: "Name the directory that holds the log's segment files.");
        }

        return new LogInspector(disk, disk.Lock());
    }

    /// <summary>Records in their order; those that were compacted are gone. Errors: SHARD_ERROR (XX001) where the log is damaged, (0A000) for another format.</summary>
    /// <param name="from">The first commit wanted.</param>
    public IEnumerable<LogRecord> Records(Lsn from = default)
    {
        using var segments = OpenSegments(null);
        var branches = BranchesOf(segments);
        if (StartOf(segments, from) is not { } start) yield break;
        var reader = new LogReader(segments, start);
        while (reader.Next())
        {
            var record = Describe(segments, reader, branches);
            if (record.Lsn >= from) yield return record;
        }
    }

    /// <summary>The names of the branches that records can be of, sorted. Errors: as <see cref="Records"/>.</summary>
    public IReadOnlyList<string> BranchNames()
    {
        using var segments = OpenSegments(null);
        return [.. BranchesOf(segments).Values.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Reads everything and says what is damaged. Errors: SHARD_ERROR (0A000) for another format, (58030).</summary>
    /// <param name="progress">Told now and then of how many bytes of how many are read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public LogVerification Verify(Action<long, long>? progress = null, CancellationToken cancellationToken = default)
    {
        var damages = new DamageList();
        using var segments = OpenSegments(damages.Add);
        return new LogVerifier(new ReadOnlyDisk(_disk), segments, damages, progress, cancellationToken).Run();
    }

    /// <summary>Says what the log takes. Errors: SHARD_ERROR (XX001) for damage, (0A000) for another format.</summary>
    /// <param name="window">Versions since then are history, older ones garbage if nothing pins them.</param>
    public LogStatistics Statistics(DateTimeOffset window)
    {
        using var segments = OpenSegments(null);
        var opened = LogOpening.Open(new ReadOnlyDisk(_disk), segments, new PageStoreOptions());
        try
        {
            return new LogMeasuring(_disk, segments, opened, window).Run();
        }
        finally
        {
            opened.Index.Close();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _owned.Dispose();

    // The segment in which the commit is, or the first there is.
    private static LogPosition? StartOf(SegmentSet segments, Lsn from)
    {
        LogPosition? start = null;
        foreach (var number in segments.Numbers)
        {
            if (segments.HeaderOf(number) is not { } header || (start is not null && header.BaseLsn >= from)) break;
            start = header.Start;
        }

        return start;
    }

    private SegmentSet OpenSegments(Action<string, VitessException>? damaged)
    {
        var segments = new SegmentSet(new ReadOnlyDisk(_disk));
        try
        {
            segments.OpenAll(damaged);
            return segments;
        }
        catch
        {
            segments.Dispose();
            throw;
        }
    }

    // The branches by line; of a damaged log only those that its records tell of.
    private Dictionary<int, string> BranchesOf(SegmentSet segments)
    {
        var branches = new Dictionary<int, string> { [1] = PageFormat.MainBranch };
        try
        {
            var index = LogOpening.Open(new ReadOnlyDisk(_disk), segments, new PageStoreOptions()).Index;
            foreach (var branch in index.Branches)
            {
                for (var next = branch; next is not null; next = next.Parent)
                {
                    foreach (var (_, line) in next.Heads) branches[line.Id] = next.Name;
                }
            }

            index.Close();
        }
        catch (VitessException exception) when (exception.SqlState == Damage.SqlState)
        {
            // Reading the records comes to it, and says where.
        }

        return branches;
    }

    private static LogRecord Describe(SegmentSet segments, LogReader reader, Dictionary<int, string> branches)
    {
        var header = reader.Header;
        var record = new LogRecord
        {
            Kind = header.Kind,
            File = Segment.NameOf(reader.Record.Segment),
            Offset = reader.Record.Offset,
            Bytes = header.Length,
            Lsn = header.Lsn,
            Time = header.Time,
            Line = header.Line,
            Branch = branches.GetValueOrDefault(header.Line),
            PageCount = header.PageCount,
            RowCount = header.RowCount,
        };
        return header.Kind switch
        {
            RecordKind.Commit => WithContent(record, segments, reader),
            RecordKind.Promise => record,
            _ => WithNames(record, reader, branches),
        };
    }

    private static LogRecord WithContent(LogRecord record, SegmentSet segments, LogReader reader)
    {
        var header = reader.Header;
        var frames = new List<LogFrame>();
        var end = reader.Record + RecordHeader.Bytes;
        foreach (var (place, frame) in reader.Frames())
        {
            frames.Add(new LogFrame(frame.PageNumber, frame.Depth, frame.Length));
            end = place + FrameHeader.Bytes + frame.Length;
        }

        var rows = new byte[header.RowChangeBytes > MostRowChanges ? 0 : (int)header.RowChangeBytes];
        var text = new byte[header.TextBytes];
        segments.Read(end, rows);
        segments.Read(end + header.RowChangeBytes, text);
        return record with { Frames = frames, RowChanges = rows, RowChangeBytes = header.RowChangeBytes, Text = text.Length == 0 ? null : Encoding.UTF8.GetString(text) };
    }

    private static LogRecord WithNames(LogRecord record, LogReader reader, Dictionary<int, string> branches)
    {
        var (name, branch) = ControlPayload.NamesIn(reader.Body, reader.Header.TextBytes);
        if (record.Kind is RecordKind.CreateBranch or RecordKind.Restore) branches[record.Line] = name;
        return record with { Text = name, Branch = branch.Length > 0 ? branch : record.Branch, At = ControlPayload.Read(reader.Body).Lsn };
    }
}
