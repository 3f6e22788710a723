using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Sorts the rows of a <see cref="RowChangePlan"/> into what each shard has to do: delete rows that leave, change rows that stay, insert rows that arrive. One database changes
/// row after row and finds each time whether a key is taken; rows with equal keys are on one shard, so each shard's steps in the order of the rows come to the same.
/// </summary>
internal sealed class RowChangeSteps(RowChangePlan plan, int shardCount)
{
    private readonly HashSet<RowKey> _seen = [];
    private readonly List<Change> _changes = [];

    /// <summary>Rows that must not be referenced, on their old shards.</summary>
    public List<(int Shard, ReferenceCheck Check, SqlValue[] Row)> Checks { get; } = [];

    /// <summary>Foreign keys that take rows along, what those refer to, and the shard.</summary>
    public List<(int Shard, CascadeEdge Edge, SqlValue[] Key)> Cascades { get; } = [];

    /// <summary>Adds a row of the source; false for one that came before, which is left alone.</summary>
    public bool Add(ReadOnlySpan<SqlValue> row)
    {
        var oldKey = Pick(row, plan.KeyCells);
        var shard = plan.Place.IsSharded ? plan.Place.ShardOfNew(oldKey) : 0;
        var identity = Pick(row, plan.IdentityCells);
        if (!_seen.Add(new RowKey(shard, identity))) return false;
        foreach (var edge in plan.Cascades) Cascades.Add((shard, edge, Pick(row, edge.Cells)));
        var newKey = plan.Move is null ? oldKey : Pick(row, plan.Move.NewKeyCells);
        var target = plan.Move is null ? shard : plan.Place.ShardOfNew(newKey);
        if (target == shard)
        {
            _changes.Add(new Change(identity, shard, target, oldKey, newKey, Pick(row, plan.InPlaceCells), [], EntriesOf(row)));
            return true;
        }

        _changes.Add(new Change(identity, shard, target, oldKey, newKey, Pick(row, plan.Move!.DeleteCells), Pick(row, plan.Move.InsertCells), EntriesOf(row)));
        foreach (var check in plan.Move.Children) Checks.Add((shard, check, Pick(row, check.Cells)));
        return true;
    }

    /// <summary>What each shard does, by its place on the ring. QUERY_ERROR (0A000) where rows would replace one another as they move.</summary>
    public ShardSteps[] ByShard()
    {
        var shards = new ShardSteps[shardCount];
        for (var i = 0; i < shardCount; i++) shards[i] = new ShardSteps();
        if (plan.Move is { Replaces: true }) RefuseReplacedMoves();

        foreach (var change in Ordered())
        {
            if (plan.Place.IsReference) Array.ForEach(shards, shard => shard.Add(plan.InPlaceSql, change.First, counts: true));
            else if (change.Target == change.Shard) shards[change.Shard].Add(plan.InPlaceSql, change.First, counts: true);
            else
            {
                shards[change.Shard].Add(plan.Move!.DeleteSql, change.First, counts: false);
                shards[change.Target].Add(plan.Move.InsertSql, change.Inserted, counts: true);
            }
        }

        return shards;
    }

    /// <summary>What the entries of each row are made of, before and after; in the order in which the rows are changed.</summary>
    public IEnumerable<(SqlValue[] Before, SqlValue[]? After)> Entries() => Ordered().Select(change => change.Entries!.Value);

    // Stable, and only where rows can stand in each other's way: else the order is the statement's own.
    private IEnumerable<Change> Ordered() => plan.ChangesKeys ? _changes.OrderBy(change => change.Identity, RowOrder.Instance) : _changes;

    private (SqlValue[] Before, SqlValue[]? After)? EntriesOf(ReadOnlySpan<SqlValue> row) =>
        plan.Written is null ? null : (Pick(row, plan.EntryCells), plan.NewEntryCells.Length == 0 ? null : Pick(row, plan.NewEntryCells));

    // One database would change a row again that has just taken another's place.
    private void RefuseReplacedMoves()
    {
        var old = _changes.Select(change => new RowKey(0, plan.Place.CanonicalKeyOfNew(change.OldKey))).ToHashSet();
        foreach (var change in _changes)
        {
            var key = new RowKey(0, plan.Place.CanonicalKeyOfNew(change.NewKey));
            if (key == new RowKey(0, plan.Place.CanonicalKeyOfNew(change.OldKey)) || !old.Contains(key)) continue;
            throw new VitessException(ErrorCodes.QueryError, $"UPDATE OR REPLACE gives rows of \"{plan.Place.Table.Name}\" the keys of other rows that it changes", sqlState: "0A000",
                hint: "Delete the rows that are in the way first, and leave out OR REPLACE.");
        }
    }

    private static SqlValue[] Pick(ReadOnlySpan<SqlValue> row, int[] cells)
    {
        var picked = new SqlValue[cells.Length];
        for (var i = 0; i < picked.Length; i++) picked[i] = row[cells[i]];
        return picked;
    }

    /// <summary>The statements of one shard, in order; rows that follow one another share theirs.</summary>
    internal sealed class ShardSteps
    {
        private readonly List<bool> _counts = [];
        private readonly List<ShardStatement> _statements = [];
        private List<IReadOnlyList<SqlValue>>? _last;

        /// <summary>The statements with their rows of parameters.</summary>
        public IReadOnlyList<ShardStatement> Statements => _statements;

        /// <summary>The results of those statements that count as the statement's own.</summary>
        public IEnumerable<ShardResult> Counted(IReadOnlyList<ShardResult> results) => results.Where((_, i) => _counts[i]);

        /// <summary>Adds a row.</summary>
        public void Add(string sql, SqlValue[] row, bool counts)
        {
            if (_last is null || !ReferenceEquals(_statements[^1].Sql, sql))
            {
                _last = [];
                _statements.Add(new ShardStatement(sql, _last));
                _counts.Add(counts);
            }

            _last.Add(row);
        }
    }

    /// <summary>One row: its identity, where it is and goes, its sharding key before and after, the parameters of its change or deletion, and of its insertion, and its entries.</summary>
    private sealed record Change(
        SqlValue[] Identity, int Shard, int Target, SqlValue[] OldKey, SqlValue[] NewKey, SqlValue[] First, SqlValue[] Inserted, (SqlValue[] Before, SqlValue[]? After)? Entries);

    private readonly record struct RowKey(int Shard, SqlValue[] Values)
    {
        public bool Equals(RowKey other) => Shard == other.Shard && Values.AsSpan().SequenceEqual(other.Values);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(Shard);
            foreach (var value in Values) hash.Add(value);
            return hash.ToHashCode();
        }
    }
}
