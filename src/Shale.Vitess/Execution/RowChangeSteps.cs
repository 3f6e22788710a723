namespace Shale.Vitess;

/// <summary>Sorts the rows of a <see cref="RowChangePlan"/> into what each shard has to do: delete rows that leave, change rows that stay, insert rows that arrive.</summary>
internal sealed class RowChangeSteps
{
    private readonly RowChangePlan _plan;
    private readonly HashSet<RowKey> _seen = [];
    private readonly Step _delete;
    private readonly Step _inPlace;
    private readonly Step _insert;

    /// <summary>For one run of the plan.</summary>
    public RowChangeSteps(RowChangePlan plan, int shardCount)
    {
        _plan = plan;
        _delete = new Step(plan.Move?.DeleteSql ?? "", shardCount, Counts: false);
        _inPlace = new Step(plan.InPlaceSql, shardCount, Counts: true);
        _insert = new Step(plan.Move?.InsertSql ?? "", shardCount, Counts: true);
    }

    /// <summary>The steps, in the order in which they must run.</summary>
    public IReadOnlyList<Step> InOrder => [_delete, _inPlace, _insert];

    /// <summary>Rows that must not be referenced, on their old shards.</summary>
    public List<(int Shard, ReferenceCheck Check, SqlValue[] Row)> Checks { get; } = [];

    /// <summary>Adds a row of the source; one that came before is left alone.</summary>
    public void Add(ReadOnlySpan<SqlValue> row)
    {
        if (!_seen.Add(new RowKey(Pick(row, _plan.PrimaryKeyCells)))) return;
        if (_plan.Place.IsReference)
        {
            var cells = Pick(row, _plan.InPlaceCells);
            foreach (var rows in _inPlace.Rows) rows.Add(cells);
            return;
        }

        var shard = _plan.Place.IsSharded ? _plan.Place.ShardOfNew(Pick(row, _plan.KeyCells)) : 0;
        var target = _plan.Move is null ? shard : _plan.Place.ShardOfNew(Pick(row, _plan.Move.NewKeyCells));
        if (target == shard)
        {
            _inPlace.Rows[shard].Add(Pick(row, _plan.InPlaceCells));
            return;
        }

        _delete.Rows[shard].Add(Pick(row, _plan.Move!.DeleteCells));
        _insert.Rows[target].Add(Pick(row, _plan.Move.InsertCells));
        foreach (var check in _plan.Move.Children) Checks.Add((shard, check, Pick(row, check.Cells)));
    }

    private static SqlValue[] Pick(ReadOnlySpan<SqlValue> row, int[] cells)
    {
        var picked = new SqlValue[cells.Length];
        for (var i = 0; i < picked.Length; i++) picked[i] = row[cells[i]];
        return picked;
    }

    /// <summary>One statement and the rows of parameters it runs with on each shard.</summary>
    internal sealed record Step(string Sql, bool Counts, List<SqlValue[]>[] Rows)
    {
        public Step(string sql, int shardCount, bool Counts)
            : this(sql, Counts, [.. Enumerable.Range(0, shardCount).Select(_ => new List<SqlValue[]>())])
        {
        }
    }

    private readonly record struct RowKey(SqlValue[] Values)
    {
        public bool Equals(RowKey other) => Values.AsSpan().SequenceEqual(other.Values);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var value in Values) hash.Add(value);
            return hash.ToHashCode();
        }
    }
}
