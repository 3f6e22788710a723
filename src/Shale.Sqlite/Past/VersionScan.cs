using Shale.PageLog;

namespace Shale.Sqlite;

/// <summary>
/// One pass over the commits of a branch, newest first, that gives the versions of a table's rows.
/// <list type="number">
/// <item>TP-01 A commit that changes a row begins the version that the row has after it; where that version ends is known by then, because what came later was seen before.</item>
/// <item>TP-02 What is kept is which commit changed a row next: the keys of rows that were changed later, not their values.</item>
/// <item>TP-03 Two states in a row that are equal in the columns of now are one version: an UPDATE that changes nothing makes none.</item>
/// <item>TP-04 Where rows are not told of one by one - a restore, a table made anew - the states before and after are compared.</item>
/// </list>
/// Used once, by one thread.
/// </summary>
internal sealed class VersionScan
{
    private readonly VersionSource _source;
    private readonly PastPeriod _period;
    private readonly Action _look;
    private readonly Dictionary<byte[], CommitInfo> _ends = new(RowKeys.Comparer);
    private readonly TableChanges _changes;
    private SqlValue[]? _key;
    private byte[]? _wanted;
    private CommitInfo? _othersEnd;
    private TableTrace _trace;
    private TableShape? _shape;
    private Lsn? _wantedAt;
    private long _keyBytes;

    /// <summary>Begins one.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="period">Which versions.</param>
    /// <param name="key">The primary key of the one row that is wanted; null for all rows.</param>
    /// <param name="look">Called for each commit; may throw.</param>
    public VersionScan(VersionSource source, PastPeriod period, SqlValue[]? key, Action look)
    {
        (_source, _period, _key, _look) = (source, period, key, look);
        _trace = TableTrace.Of(source.Table);
        _shape = source.Table;
        _changes = new TableChanges(source);
        _changes.Adopt(_shape, _trace);
        _wanted = key is null ? null : _changes.Keys.Of(key);
    }

    /// <summary>The versions: a value for each column, and for the three of a period. Errors: TT_LSN_NOT_AVAILABLE, TT_NOT_SUPPORTED, TT_DATA_GAP, RESOURCE_EXHAUSTED, SHARD_ERROR.</summary>
    /// <param name="tellsBegin">Whether it is to be told when a version began that was there before the period: else what came before is not read.</param>
    /// <param name="tellsEnd">Whether it is to be told when a version ended that was there after the period: else what came after is not read, where that is known not to have changed the schema.</param>
    public IEnumerable<SqlValue[]> Run(bool tellsBegin, bool tellsEnd)
    {
        using var pin = _source.OpenWindow(out var window);
        var first = window.Lsn;
        if (!tellsBegin) first = Later(first, Earlier(_period.EndsAfter, _source.At));
        first = Later(first, _period.BeginsAfter);
        var last = _period.EndsUpTo ?? (tellsEnd ? _source.At : _period.BeginsUpTo);
        foreach (var commit in _source.Commits(Later(first, last)))
        {
            if (commit.Lsn <= first) break;
            _look();
            foreach (var row in Go(commit)) yield return row;
            if (_wanted is not null && _wantedAt is { } seen && seen <= _period.EndsAfter) yield break;
        }

        // What was there at first.
        if (_shape is null || first == Lsn.Zero || first == _period.BeginsAfter) yield break;
        using var state = _source.OpenState(first);
        foreach (var row in Everything(new TableStates(_source, state, _shape, _trace, _key), window with { Lsn = first })) yield return row;
    }

    private static Lsn Earlier(Lsn one, Lsn other) => one < other ? one : other;

    private static Lsn Later(Lsn one, Lsn other) => one > other ? one : other;

    private IEnumerable<SqlValue[]> Go(CommitInfo commit)
    {
        if (commit.IsRestore) return Replaced(commit, _trace.ByName());
        var record = _source.ChangesOf(commit.Lsn);
        if (record.IsEmpty) return _source.HasOtherSchemaBefore(commit.Lsn) ? Replaced(commit, _trace.ByName()) : [];
        var fits = _changes.Read(record.Span, _wanted);
        if (_changes.Statements.Count > 0)
        {
            var step = _trace.Back(_changes.Statements, _shape is not null, out var before);
            if (step == TableTrace.Step.Replaced) return Replaced(commit, before);
            if (step == TableTrace.Step.Altered) return Altered(commit, before);
        }

        if (!fits) throw new VitessException(ErrorCodes.DataGap, $"what LSN {commit.Lsn} says of the table \"{_trace.Name}\" does not fit its definition of then");
        return Changed(commit, _changes.Rows);
    }

    private IEnumerable<SqlValue[]> Changed(CommitInfo commit, IEnumerable<RowChange> rows)
    {
        foreach (var row in rows)
        {
            if (row.Before is not null && row.After is not null && row.Before.AsSpan().SequenceEqual(row.After)) continue;
            if (_wanted is not null) _wantedAt = commit.Lsn;
            if (row.After is not null && Version(row.Key, row.After, commit) is { } version) yield return version;
            if (row.Before is not null) End(row.Key, commit);
            else if (row.After is not null) _ends.Remove(row.Key);
        }
    }

    // The same table before and after: rows that were changed together with it are found by comparing.
    private IEnumerable<SqlValue[]> Altered(CommitInfo commit, TableTrace before)
    {
        var (after, trace) = (_shape!, _trace);
        using var states = _source.OpenStates(commit.Lsn);
        if (before.Name != trace.Name && TableShape.Read(states, VersionSource.Before, trace.Name) is not null)
        {
            // Another one had its name, which is what AS OF shows of then.
            foreach (var row in Replaced(commit, trace.ByName())) yield return row;
            yield break;
        }

        var earlier = TableShape.Read(states, VersionSource.Before, before.Name)
            ?? throw new VitessException(ErrorCodes.DataGap, $"LSN {commit.Lsn} has altered the table \"{before.Name}\", which is not there before it");
        Adopt(earlier, before);
        if (_changes.RowCount == 0) yield break;
        foreach (var row in Changed(commit, new TableStates(_source, states, after, trace, _key).Changes(earlier, before))) yield return row;
    }

    // A table before and after that need not be the same, if they are there at all.
    private IEnumerable<SqlValue[]> Replaced(CommitInfo commit, TableTrace before)
    {
        var (after, trace, key) = (_shape, _trace, _key);
        using var states = _source.OpenStates(commit.Lsn);
        var earlier = TableShape.Read(states, VersionSource.Before, before.Name);
        var isSame = after is not null && earlier is not null && after.HasKeyOf(earlier);
        Adopt(earlier, before);
        if (!isSame && earlier is not null && !_source.HasKeyOfNow(earlier, before)) _key = null;
        if (_key is null) _wanted = null;
        if (after is not null)
        {
            var rows = new TableStates(_source, states, after, trace, key);
            foreach (var row in isSame ? Changed(commit, rows.Changes(earlier!, before)) : Everything(rows, commit)) yield return row;
        }

        if (isSame || earlier is null) yield break;
        _ends.Clear();
        _keyBytes = 0;
        _othersEnd = commit;
    }

    private void Adopt(TableShape? shape, TableTrace trace)
    {
        (_shape, _trace) = (shape, trace);
        _changes.Adopt(shape, trace);
    }

    private IEnumerable<SqlValue[]> Everything(TableStates rows, CommitInfo begin)
    {
        foreach (var (key, values) in rows.All())
        {
            if (Version(key, values, begin) is { } version) yield return version;
        }
    }

    private SqlValue[]? Version(byte[] key, SqlValue[] values, CommitInfo begin)
    {
        var end = _ends.TryGetValue(key, out var known) ? known : _othersEnd;
        return _period.Has(begin.Lsn, end?.Lsn) ? [.. values, SqlValue.Integer(begin.Version), _source.TimeOf(begin), end is null ? SqlValue.Null : _source.TimeOf(end)] : null;
    }

    private void End(byte[] key, CommitInfo commit)
    {
        const int Overhead = 64;
        if (!_ends.TryAdd(key, commit))
        {
            _ends[key] = commit;
            return;
        }

        _keyBytes += key.Length + Overhead;
        if (_keyBytes <= _source.MostBytes) return;
        throw new VitessException(ErrorCodes.ResourceExhausted, $"too many rows of the table \"{_source.Table.Name}\" have changed in the period: their keys take more than {_source.MostBytes} bytes",
            sqlState: "53200", hint: "Name a shorter period, or one row by its primary key.");
    }
}
