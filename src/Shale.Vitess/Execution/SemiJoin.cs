using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Decides, while an assembly's tables are fetched, in which order, and which of them are asked only for rows with values that others have. Not thread-safe.</summary>
/// <param name="plan">The assembly.</param>
/// <param name="most">How many values are few.</param>
/// <param name="database">Where the rows go.</param>
/// <param name="values">The statement's values.</param>
/// <param name="lookups">Reads entries of lookup vindexes, to tell the shards of the values; null where that was tried and came too late.</param>
/// <param name="transaction">The transaction that the statement belongs to; null for none.</param>
internal sealed class SemiJoin(AssemblyPlan plan, int most, IEngineConnection database, SqlValue[] values, LookupReader? lookups, CrossShardTransaction? transaction)
{
    private readonly long _began = lookups?.Now ?? 0;
    private bool _usedEntries;
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

    /// <summary>The shards that can hold rows of a table with some values.</summary>
    public async ValueTask<ShardSet> ShardsOfAsync(TableFetch fetch, SemiJoinKeys keys, CancellationToken cancellationToken)
    {
        var shards = fetch.Routing.ShardsOf(values);
        var place = fetch.Place!;
        if (keys.Keys.Count == 0) return new ShardSet(place.Keyspace.Shards.Length).And(shards);
        if (!place.IsSharded || shards.Count == 1 || !keys.AreAsCompared(place)) return shards;
        if (place.ShardColumns is [var key] && key == keys.Source.Column) return keys.Narrow(place, shards);
        var lookup = fetch.KeyLookups.FirstOrDefault(each => each.Column == keys.Source.Column);
        return lookup is null || lookups is null || keys.Keys.Count > LookupRead.MaxEntries ? shards : await ByEntriesAsync(fetch, keys, lookup, shards, cancellationToken);
    }

    /// <summary>Whether what entries said fits to all that was fetched: none has changed meanwhile.</summary>
    public bool IsOfOneState => !_usedEntries || IsUnchanged;

    private bool IsUnchanged => transaction is { Pins: true } || lookups!.AreUnchanged(_began);

    private async ValueTask<ShardSet> ByEntriesAsync(TableFetch fetch, SemiJoinKeys keys, KeyLookup lookup, ShardSet shards, CancellationToken cancellationToken)
    {
        if (!IsUnchanged) return shards;
        ValueSource[] sources = [.. KeyedFetches.Padded(keys.Keys, LookupRead.MaxEntries).Select(ValueSource.Constant)];
        var read = new LookupRead(lookup.Lookup, lookup.Entries, [sources], [false], slot: 1, fetch.Keyed!.Engine) { TimeSlot = 0 };
        var found = await lookups!.ReadAsync([read], new SqlValue[2], transaction, cancellationToken);
        var named = new ShardSet(fetch.Place!.Keyspace.Shards.Length);
        if (!IsUnchanged || !new KeyNarrowing.ByLookup(read, null).AddShards(fetch.Place, found, named)) return shards;
        _usedEntries = true;
        return named.And(shards);
    }

    private bool IsKnown(KeySource source) => source.Tables.All(_filled.Contains);
}

/// <summary>Values one of which a table's rows must have.</summary>
/// <param name="Source">What told them.</param>
/// <param name="Keys">The values.</param>
internal sealed record SemiJoinKeys(KeySource Source, IReadOnlyList<SqlValue> Keys)
{
    /// <summary>Leaves only the shards that can hold rows whose sharding key is one of the values.</summary>
    public ShardSet Narrow(TablePlace place, ShardSet shards)
    {
        var narrowed = new ShardSet(place.Keyspace.Shards.Length);
        foreach (var value in Keys)
        {
            if (place.TryFindShard([value], out var shard)) narrowed.Add(shard);
        }

        return narrowed.And(shards);
    }

    /// <summary>Whether the values can be looked for as if a statement compared them with the column.</summary>
    public bool AreAsCompared(TablePlace place) => Keys.All(value => IsAsCompared(value, place.Schema.Columns[Source.Column]));

    // The engine's own form of a value is the one that statements compare with only for the plainest types.
    private static bool IsAsCompared(SqlValue value, ColumnSchema column) => column.Type.Kind switch
    {
        SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 => value.Kind == SqlValueKind.Integer,
        SqlTypeKind.Text or SqlTypeKind.Varchar => value.Kind == SqlValueKind.Text,
        _ => false,
    };
}
