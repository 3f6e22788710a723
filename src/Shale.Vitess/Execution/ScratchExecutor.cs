using System.Runtime.CompilerServices;
using System.Text;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Runs what needs a scratch database: the merges of T1 that only the engine can make, and assembly (T2). Thread-safe.</summary>
internal sealed class ScratchExecutor(TabletMap tablets, ScratchSources scratches, GateTables gateTables, GateSpace space, ReadLimit limit)
{
    private const int RowsWorthAnIndex = 200;
    private const int FinalChunkBytes = 256 * 1024;

    /// <summary>Addresses statements to the shards.</summary>
    public ShardRequests Requests { get; } = new(tablets);

    /// <summary>Reads the entries of lookup vindexes.</summary>
    public LookupReader Lookups { get; } = new(tablets);

    /// <summary>LIMIT and OFFSET; null where only the engine can judge them.</summary>
    public async ValueTask<(long Offset, long Limit)?> BoundsAsync(MergeOrder order, SqlValue[] values, CancellationToken cancellationToken)
    {
        if (order.Bounds is not { } bounds) return MergeBounds.None;
        if (bounds.TryRead(values, out var known)) return MergeBounds.Of(known.Limit, known.Offset);
        await using var database = await scratches.OfShards.OpenScratchAsync(cancellationToken);
        var row = (await database.ExecuteAsync(bounds.Query.Sql, bounds.Query.Bind(values), cancellationToken)).Rows;
        return MergeBounds.Of(row[0][0], row[0][1]);
    }

    /// <summary>T1: brings the shards' parts into one table, and gives what the final statement makes of them, in chunks.</summary>
    public async IAsyncEnumerable<RowSet> MergeAsync(
        ScatterPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, MemoryGrant memory, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = await Requests.OfAsync(plan.Routing, plan.PerShard, plan.Tier, values, transaction, trace, cancellationToken);
        await foreach (var chunk in MergeAsync(plan.Merge!, RowsOf(asked, cancellationToken), values, memory, cancellationToken)) yield return chunk;
    }

    /// <summary>T1: the same of parts that are here.</summary>
    public async IAsyncEnumerable<RowSet> MergeAsync(
        Merge merge, IAsyncEnumerable<RowSet> parts, SqlValue[] values, MemoryGrant memory, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var database = await ScratchSpace.OpenAsync(scratches.OfShards, space, memory, cancellationToken);
        IReadOnlyList<Field>? created = null;
        long rows = 0, bytes = 0;
        await foreach (var chunk in parts.WithCancellation(cancellationToken))
        {
            if (created is null) await CreateAsync(Merge.Table, chunk, merge.Collations.Select((collation, i) => ($"c{i}", collation)), database, cancellationToken);
            Fit(chunk, created ??= chunk.Fields);
            if (!limit.IsNone) limit.Check(rows += chunk.RowCount, bytes += chunk.SizeBytes);
            if (!await database.TryInsertAsync(Merge.Table, chunk, cancellationToken)) throw TooLarge("what the shards answer", "Group by fewer values, add conditions");
        }

        await foreach (var chunk in database.StreamAsync(merge.Final, values, FinalChunkBytes, cancellationToken)) yield return chunk;
    }

    /// <summary>T2: fetches the rows of each table, and gives what the statement makes of them, in chunks.</summary>
    public async IAsyncEnumerable<RowSet> AssembleAsync(
        AssemblyPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, MemoryGrant memory, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await SharedThread.LeaveAsync();
        if (!Lookups.AreCurrent(plan.Routing.Lookups, values)) values = LookupRead.Forgotten(plan.Routing.Lookups, values);
        var (database, isOfOneState) = await FetchAsync(plan, values, Lookups, transaction, trace, memory, cancellationToken);
        if (!isOfOneState || !Lookups.AreCurrent(plan.Routing.Lookups, values))
        {
            // What the entries said does not fit to the rows of other tables: a shard that they did not name has them in a later state.
            await database.DisposeAsync();
            values = LookupRead.Forgotten(plan.Routing.Lookups, values);
            (database, _) = await FetchAsync(plan, values, null, transaction, trace, memory, cancellationToken);
        }

        await using var fetched = database;
        trace?.Final(plan.Tier);
        await foreach (var chunk in fetched.StreamAsync(plan.Final, values, FinalChunkBytes, cancellationToken)) yield return chunk;
    }

    /// <summary>A scratch database with the rows of all tables, and whether they fit to the entries that were read meanwhile; none are read without a reader.</summary>
    private async ValueTask<(ScratchSpace Database, bool IsOfOneState)> FetchAsync(
        AssemblyPlan plan, SqlValue[] values, LookupReader? reader, CrossShardTransaction? transaction, SelectTrace? trace, MemoryGrant memory, CancellationToken cancellationToken)
    {
        // Several fetches from one shard must see one snapshot of it.
        var snapshot = transaction is null && plan.Fetches.Count > 1
            ? new CrossShardTransaction(tablets.Locks, new TransactionOptions(IsolationLevel.RepeatableRead, ReadOnly: true))
            : null;
        var database = await ScratchSpace.OpenAsync(plan.IsOverCatalog ? scratches.OfCatalog : scratches.OfShards, space, memory, cancellationToken);
        try
        {
            var semiJoin = new SemiJoin(plan, space.SemiJoinKeys, database.Database, values, reader, transaction);
            while (semiJoin.Next() is { } fetch)
            {
                var asked = await RequestsAsync(fetch, semiJoin, values, transaction ?? snapshot, trace, cancellationToken);
                if (!await TryFetchAsync(fetch, asked, database, cancellationToken)) throw TooLarge(plan, fetch);
                semiJoin.Filled(fetch);
            }

            return (database, semiJoin.IsOfOneState);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
        finally
        {
            if (snapshot is not null) await snapshot.RollbackAsync();
        }
    }

    /// <summary>What the shards are asked for a table's rows; nothing for a table that the gate fills itself.</summary>
    private async ValueTask<(ITablet Tablet, ShardQueryRequest Request)[]> RequestsAsync(
        TableFetch fetch, SemiJoin semiJoin, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken)
    {
        if (fetch.Place is null) return [];
        if (await semiJoin.KeysOfAsync(fetch, cancellationToken) is not { } keys) return await Requests.OfAsync(fetch.Routing, fetch.Statement, "T2", values, transaction, trace, cancellationToken);
        var shards = await semiJoin.ShardsOfAsync(fetch, keys, cancellationToken);
        var column = fetch.Place.Schema.Columns[keys.Source.Column].Name;
        var statement = fetch.Keyed!.Of(column, keys.Keys, space.SemiJoinKeys, values, out var bound);
        return await Requests.OfAsync(fetch.Place.Keyspace, shards, statement, "T2", bound, transaction, trace, cancellationToken);
    }

    /// <summary>Fetches one table into the scratch database; false when that is too much.</summary>
    private async ValueTask<bool> TryFetchAsync(
        TableFetch fetch, (ITablet Tablet, ShardQueryRequest Request)[] asked, ScratchSpace database, CancellationToken cancellationToken)
    {
        var columns = fetch.Columns.Select(column => (column.Name, column.Collation));
        var chunks = fetch.Place is null ? gateTables.RowsAsync(fetch.Table, fetch.Columns, cancellationToken) : RowsOf(asked, cancellationToken);
        IReadOnlyList<Field>? created = null;
        long rowCount = 0, bytes = 0;
        await foreach (var chunk in chunks)
        {
            if (created is null) await CreateAsync(fetch.Table, chunk, columns, database, cancellationToken);
            Fit(chunk, created ??= chunk.Fields);
            rowCount += chunk.RowCount;
            if (!limit.IsNone) limit.Check(rowCount, bytes += chunk.SizeBytes);
            if (!await database.TryInsertAsync(fetch.Table, chunk, cancellationToken)) return false;
        }

        if (rowCount < RowsWorthAnIndex) return true;
        foreach (var column in fetch.Lookups) await database.Database.ExecuteAsync(ScratchTable.CreateIndex(fetch.Table, column), [], cancellationToken);
        return true;
    }

    // What a server sends goes on to another as it is.
    private IAsyncEnumerable<RowSet> RowsOf((ITablet Tablet, ShardQueryRequest Request)[] asked, CancellationToken cancellationToken) =>
        Gathering.StreamAsync(Array.ConvertAll(asked, each => (each.Tablet, each.Request with { Encoding = RowEncoding.Copied })), space.ShardsAtOnce, cancellationToken);

    // The table has the types of the first chunk: values of others become these, their bytes would not.
    private static void Fit(RowSet rows, IReadOnlyList<Field> columns)
    {
        if (rows.Encoded is not null && !ReferenceEquals(rows.Fields, columns) && !rows.Fields.Select(field => field.NativeType).SequenceEqual(columns.Select(field => field.NativeType))) rows.Decode();
    }

    private static async ValueTask CreateAsync(string table, RowSet rows, IEnumerable<(string Name, string? Collation)> columns, ScratchSpace database, CancellationToken cancellationToken)
    {
        var definitions = columns.Select((column, i) => ScratchTable.Column(column.Name, rows.Fields[i].NativeType, column.Collation)).ToList();
        await database.Database.ExecuteAsync(ScratchTable.Create(table, definitions), [], cancellationToken);
    }

    private VitessException TooLarge(AssemblyPlan plan, TableFetch fetch)
    {
        var tables = new StringBuilder();
        foreach (var each in plan.Fetches) tables.Append(tables.Length == 0 ? "" : ", ").Append(each.Table);
        var keys = fetch.Place is { IsSharded: true } place ? $" or compare {fetch.Table}.{string.Join(", ", place.Table.ShardColumns)} with a value" : "";
        return TooLarge($"of the tables {tables}", $"Join on equal sharding keys{keys}, make small tables reference tables, add conditions", $"; \"{fetch.Table}\" went over it");
    }

    private VitessException TooLarge(string what, string advice, string where = "") => new(ErrorCodes.ResourceExhausted,
        $"the statement would fetch more than {space.TotalBytes} bytes {what} to the gate{where}", sqlState: "54000", hint: $"{advice}, or raise the assembly budget.");
}
