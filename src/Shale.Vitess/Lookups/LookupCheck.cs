using System.Globalization;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// VERIFY VINDEX and REPAIR VINDEX: compares the rows of a table with the entries of one of its lookup vindexes, some at a time, while others write. What looks wrong is looked at
/// again under the writers of the shards concerned, where nothing is half done: an entry commits before its row and goes after it. Only that is reported, or mended.
/// </summary>
/// <param name="table">The vindex.</param>
/// <param name="session">The keyspace.</param>
/// <param name="repair">Whether to mend what is wrong.</param>
/// <param name="running">Is told how far it is; cancelling it stops. What has been mended stays.</param>
internal sealed class LookupCheck(EntryTable table, GateSession session, bool repair, RunningStatement running)
{
    /// <summary>Rows that are compared at once, and looked at again under locks at most.</summary>
    private const int BatchRows = 256;

    /// <summary>Problems that are listed; more are counted.</summary>
    private const int MaxListed = 1000;

    private const int Attempts = 60;

    private readonly ITablet[] _tablets = session.Tablets.Of(table.Owner.Keyspace);
    private readonly LookupScan _scan = new(table, session.Engine);
    private readonly List<string?[]> _found = [];

    // Entries that have been told of as wrong for their row are not told of again as those of no row; about as many as can be listed.
    private readonly HashSet<EntryKey> _misleading = [];
    private long _count;
    private long _compared;

    /// <summary>A row for each problem: its kind, the shard of the row or (for an orphan) of the entry, the values, and the keyspace id of the row or entry.</summary>
    public RowSet Rows => SchemaLists.Text(["problem", "shard", "values", "keyspace_id", "done"], _found);

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Notices
    {
        get
        {
            var compared = string.Create(CultureInfo.InvariantCulture, $"{_compared} rows and entries compared, {_count} problems");
            return _count > _found.Count ? [compared, string.Create(CultureInfo.InvariantCulture, $"the first {MaxListed} problems are listed")] : [compared];
        }
    }

    /// <summary>Compares everything.</summary>
    public async ValueTask RunAsync()
    {
        foreach (var tablet in _tablets)
        {
            await foreach (var rows in BatchesAsync(tablet, _scan.RowsSql)) await CompareRowsAsync(_scan.Read(rows, 0, rows.RowCount));
            if (table.Lookup.Unique) await FindLocalDuplicatesAsync(tablet);
        }

        for (var shard = 0; shard < _tablets.Length; shard++)
        {
            await foreach (var rows in BatchesAsync(_tablets[shard], _scan.EntriesSql)) await CompareEntriesAsync(shard, rows);
        }
    }

    private async IAsyncEnumerable<RowSet> BatchesAsync(ITablet tablet, string sql)
    {
        await foreach (var chunk in tablet.StreamAsync(new ShardQueryRequest(tablet.Shard, sql, []), running.Token))
        {
            for (var first = 0; first < chunk.RowCount; first += BatchRows)
            {
                var rows = new RowSet(chunk.Fields);
                for (var i = first; i < Math.Min(chunk.RowCount, first + BatchRows); i++) rows.Add(chunk[i]);
                _compared += rows.RowCount;
                running.State = string.Create(CultureInfo.InvariantCulture, $"comparing lookup vindex \"{table.Lookup.Name}\": {_compared} rows and entries");
                yield return rows;
            }
        }
    }

    private async ValueTask CompareRowsAsync(List<LookupRow> rows)
    {
        var known = new HashSet<EntryKey>();
        foreach (var group in rows.GroupBy(row => table.ShardOf(row.Values)))
        {
            var values = group.Select(row => row.Values).ToList();
            var entries = await SomeAsync(_tablets[group.Key], _scan.EntriesOf(values.Count), values);
            for (var i = 0; i < entries.RowCount; i++) known.Add(new EntryKey(entries[i][..^1].ToArray(), table.ToId(entries[i][^1])));
        }

        var suspects = rows.Where(row => !known.Contains(new EntryKey(row.Values, row.Id))).ToList();
        if (suspects.Count == 0) return;
        var misled = new List<LookupRow>();
        await UnderWritersAsync(async keeper =>
        {
            var found = new List<string?[]>();
            misled.Clear();
            foreach (var row in suspects)
            {
                var problem = repair ? await keeper.AddAsync(row) : await keeper.FindAsync(row);
                if (problem is LookupProblem.None) continue;
                if (problem is LookupProblem.Misleading && !repair) misled.Add(row);
                found.Add(Line(problem, table.ShardOf(row.Id), row.Values, row.Id, mended: repair && problem is not LookupProblem.Duplicate));
            }

            return found;
        });
        await RememberAsync(misled);
    }

    private async ValueTask FindLocalDuplicatesAsync(ITablet tablet)
    {
        // One snapshot shows all of them, and the entry of one of them may be right: nothing else would find these.
        await foreach (var chunk in tablet.StreamAsync(new ShardQueryRequest(tablet.Shard, _scan.DuplicatesSql, []), running.Token))
        {
            for (var i = 0; i < chunk.RowCount; i++) Add([Name(LookupProblem.Duplicate), tablet.Shard, Text(chunk[i].ToArray()), null, null]);
        }
    }

    private async ValueTask CompareEntriesAsync(int shard, RowSet entries)
    {
        var suspects = new List<(SqlValue[] Values, KeyspaceId Id)>();
        foreach (var group in Enumerable.Range(0, entries.RowCount).Select(i => (Values: entries[i][..^1].ToArray(), Id: table.ToId(entries[i][^1]))).GroupBy(entry => table.ShardOf(entry.Id)))
        {
            var values = group.Select(entry => entry.Values).ToList();
            var rows = await SomeAsync(_tablets[group.Key], _scan.RowsOf(values.Count), values);
            var known = _scan.Read(rows, 0, rows.RowCount).Select(row => new EntryKey(row.Values, row.Id)).ToHashSet();
            suspects.AddRange(group.Where(entry => !_misleading.Contains(new EntryKey(entry.Values, entry.Id))
                && (table.ShardOf(entry.Values) != shard || !known.Contains(new EntryKey(entry.Values, entry.Id)))));
        }

        if (suspects.Count == 0) return;
        await UnderWritersAsync(async keeper =>
        {
            var found = new List<string?[]>();
            foreach (var (values, id) in suspects)
            {
                if (!await keeper.IsOrphanAsync(shard, values, id)) continue;
                if (repair) await keeper.DeleteAsync(shard, values, id);
                found.Add(Line(LookupProblem.Orphan, shard, values, id, repair));
            }

            return found;
        });
    }

    private async ValueTask<RowSet> SomeAsync(ITablet tablet, string sql, List<SqlValue[]> values) =>
        (await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, sql, [.. values.SelectMany(each => each)]), running.Token)).Rows;

    /// <summary>Looks at suspects while nobody writes. All writers, in order of the ring: whose shards matter is known only on the way.</summary>
    private async ValueTask UnderWritersAsync(Func<LookupKeeper, ValueTask<List<string?[]>>> look)
    {
        for (var attempt = 1; ; attempt++)
        {
            var transaction = new CrossShardTransaction(session.Tablets.Locks, new TransactionOptions(IsolationLevel.ReadCommitted));
            try
            {
                await transaction.LockAsync(_tablets, Enumerable.Range(0, _tablets.Length), table.Owner.Table, running.Token);
                var found = await look(new LookupKeeper(table, _tablets, transaction, running.Token));
                if (repair) await transaction.CommitAsync(running.Token);
                else await transaction.RollbackAsync();
                found.ForEach(Add);
                return;
            }
            catch (VitessException failure) when (failure.IsTransient && attempt < Attempts)
            {
                await transaction.RollbackAsync();
                await running.PauseAsync(attempt);
            }
            catch
            {
                await transaction.RollbackAsync();
                throw;
            }
        }
    }

    private void Add(string?[] line)
    {
        _count++;
        if (_found.Count < MaxListed) _found.Add(line);
    }

    private string?[] Line(LookupProblem problem, int shard, SqlValue[] values, KeyspaceId id, bool mended) =>
        [Name(problem), _tablets[shard].Shard, Text(values), id.ToString(), !mended ? null : problem is LookupProblem.Missing ? "entry added" : problem is LookupProblem.Orphan ? "entry deleted" : "entry corrected"];

    private async ValueTask RememberAsync(List<LookupRow> misled)
    {
        foreach (var group in misled.Take(MaxListed).GroupBy(row => table.ShardOf(row.Values)))
        {
            var values = group.Select(row => row.Values).ToList();
            var entries = await SomeAsync(_tablets[group.Key], _scan.EntriesOf(values.Count), values);
            for (var i = 0; i < entries.RowCount && _misleading.Count < MaxListed; i++) _misleading.Add(new EntryKey(entries[i][..^1].ToArray(), table.ToId(entries[i][^1])));
        }
    }

    private static string Text(SqlValue[] values) => string.Join(", ", values);

    private static string Name(LookupProblem problem) => problem switch
    {
        LookupProblem.Missing => "missing entry",
        LookupProblem.Misleading => "wrong keyspace id",
        LookupProblem.Duplicate => "duplicate",
        _ => "orphan",
    };

    private readonly record struct EntryKey(SqlValue[] Values, KeyspaceId Id)
    {
        public bool Equals(EntryKey other) => Id == other.Id && Values.AsSpan().SequenceEqual(other.Values);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(Id);
            foreach (var value in Values) hash.Add(value);
            return hash.ToHashCode();
        }
    }
}
