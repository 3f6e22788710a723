using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Decides, while an assembly's tables are fetched, in which order, and which of them are asked only for rows with values that others have. Not thread-safe.</summary>
/// <param name="plan">The assembly.</param>
/// <param name="most">How many values are few.</param>
/// <param name="database">Where the rows go.</param>
/// <param name="values">The statement's values.</param>
internal sealed class SemiJoin(AssemblyPlan plan, int most, IEngineConnection database, SqlValue[] values)
{
    private readonly List<TableFetch> _left = [.. plan.Fetches];
    private readonly HashSet<string> _filled = [];

    /// <summary>The next table; null when all have been given. First those narrowed by values, then those whose values are known, then as planned.</summary>
    public TableFetch? Next()
    {
        if (_left.Count == 0) return null;
        var next = _left[0].Rank <= 1 || most == 0 ? -1 : _left.FindIndex(fetch => fetch.Sources.Any(IsKnown));
        var fetch = _left[Math.Max(next, 0)];
        _left.Remove(fetch);
        return fetch;
    }

    /// <summary>A table has its rows.</summary>
    public void Filled(TableFetch fetch) => _filled.Add(fetch.Table);

    /// <summary>The fewest values that rows of a table must have, if they are few; null if nothing tells them.</summary>
    public async ValueTask<SemiJoinKeys?> KeysOfAsync(TableFetch fetch, CancellationToken cancellationToken)
    {
        SemiJoinKeys? best = null;
        foreach (var source in most == 0 ? [] : fetch.Sources.Where(IsKnown))
        {
            var rows = (await database.ExecuteAsync(source.Values.Sql, source.Values.Bind(values, [SqlValue.Integer(most + 1)]), cancellationToken)).Rows;
            if (rows.RowCount > most || (best is not null && rows.RowCount >= best.Keys.Count)) continue;
            best = new SemiJoinKeys(source, [.. Enumerable.Range(0, rows.RowCount).Select(i => rows[i][0]).Where(key => !key.IsNull)]);
        }

        return best;
    }

    private bool IsKnown(KeySource source) => source.Tables.All(_filled.Contains);
}

/// <summary>Values one of which a table's rows must have.</summary>
/// <param name="Source">What told them.</param>
/// <param name="Keys">The values.</param>
internal sealed record SemiJoinKeys(KeySource Source, IReadOnlyList<SqlValue> Keys)
{
    /// <summary>Leaves only the shards that can hold such rows; all, where the column is not the sharding key.</summary>
    public ShardSet Narrow(TableFetch fetch, ShardSet shards, int count)
    {
        if (fetch.Place is not { ShardColumns: [var key] } place || key != Source.Column || !Keys.All(value => IsAsCompared(value, place.Schema.Columns[key]))) return shards;
        var narrowed = new ShardSet(count);
        foreach (var value in Keys)
        {
            if (place.TryFindShard([value], out var shard) && shards.Contains(shard)) narrowed.Add(shard);
        }

        if (narrowed.Count == 0) narrowed.Add(shards.First());
        return narrowed;
    }

    // The engine's own form of a value is the one that statements compare with only for the plainest types.
    private static bool IsAsCompared(SqlValue value, ColumnSchema column) => column.Type.Kind switch
    {
        SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 => value.Kind == SqlValueKind.Integer,
        SqlTypeKind.Text or SqlTypeKind.Varchar => value.Kind == SqlValueKind.Text,
        _ => false,
    };
}
