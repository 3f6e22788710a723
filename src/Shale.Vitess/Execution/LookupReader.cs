using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Reads the entries of lookup vindexes that a statement's shards depend on. Thread-safe.</summary>
/// <param name="tablets">Where the entries are.</param>
internal sealed class LookupReader(TabletMap tablets)
{
    private readonly EntryCommits _commits = tablets.Locks.EntryCommits;

    /// <summary>The values with what the entries say behind them; the same array if that has been read already.</summary>
    /// <param name="reads">What is read.</param>
    /// <param name="values">The statement's values.</param>
    /// <param name="transaction">The transaction it belongs to, whose own entries it sees; null for what is committed.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    public ValueTask<SqlValue[]> ReadAsync(
        IReadOnlyList<LookupRead> reads, SqlValue[] values, CrossShardTransaction? transaction, CancellationToken cancellationToken)
    {
        if (LookupRead.AreRead(reads, values)) return new ValueTask<SqlValue[]>(values);
        return reads.Count == 1 && reads[0].KeyCount == 1 && transaction is null
            ? ReadOneAsync(reads[0], values, cancellationToken)
            : FillAsync(reads, values, transaction, again: false, cancellationToken);
    }

    // Hot path: bench gate, point SELECT by lookup. No state machine where the shard answers at once.
    private ValueTask<SqlValue[]> ReadOneAsync(LookupRead read, SqlValue[] values, CancellationToken cancellationToken)
    {
        var now = _commits.Now;
        var filled = WithSlots(values, read.Slot + 1);
        filled[read.TimeSlot] = SqlValue.Integer(now.All);
        if (!read.TryBindOne(values, out var key, out var shard))
        {
            filled[read.Slot] = shard < 0 ? LookupRead.Nothing : SqlValue.Blob([]);
            return new ValueTask<SqlValue[]>(filled);
        }

        var tablet = tablets.Of(read.Entries.Keyspace)[shard];
        var pending = tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, read.Sql, key), cancellationToken);
        if (!pending.IsCompletedSuccessfully) return AwaitAsync(pending, read, filled, now);
        filled[read.Slot] = _commits.AreTrue(now) ? IdsIn(pending.Result.Rows) : LookupRead.Nothing;
        return new ValueTask<SqlValue[]>(filled);
    }

    private async ValueTask<SqlValue[]> AwaitAsync(ValueTask<ShardResult> pending, LookupRead read, SqlValue[] filled, EntryCommits.Moment since)
    {
        try
        {
            var rows = (await pending).Rows;
            filled[read.Slot] = _commits.AreTrue(since) ? IdsIn(rows) : LookupRead.Nothing;
        }
        catch (VitessException failure) when (IsGone(failure))
        {
            filled[read.Slot] = LookupRead.Nothing;
        }

        return filled;
    }

    /// <summary>A moment, for <see cref="AreUnchanged"/>.</summary>
    public long Now => _commits.Now.All;

    /// <summary>Whether no entry has changed since a moment, nor was changing then.</summary>
    public bool AreUnchanged(long since) => _commits.AreUnchanged(since);

    /// <summary>
    /// Whether what entries say fits to what other shards say now: where a statement reads tables that they do not narrow, too, it must see all of a shard in one state
    /// (SEMANTICS S4.2), also of a shard that they do not name.
    /// </summary>
    public bool AreCurrent(IReadOnlyList<LookupRead> reads, SqlValue[] values) =>
        reads.Count == 0 || values[reads[0].TimeSlot] is not { IsNull: false } time || _commits.AreUnchanged(time.AsInteger());

    /// <summary>
    /// Takes the writers of the shards that a statement's rows can be on, and gives its values with what the entries say that were read while they were held: a row that has come
    /// to another shard meanwhile is not missed.
    /// </summary>
    /// <param name="routing">The rows.</param>
    /// <param name="values">The statement's values.</param>
    /// <param name="transaction">The transaction that writes.</param>
    /// <param name="cancellationToken">Leaves some taken.</param>
    public async ValueTask<SqlValue[]> LockAsync(Routing routing, SqlValue[] values, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        var all = tablets.Of(routing.Keyspace);

        // One that may run again has written nothing yet.
        var reader = transaction.MayRunAgain ? null : transaction;
        values = await ReadAsync(routing.Lookups, values, reader, cancellationToken);
        var held = routing.ShardsOf(values);
        var tables = routing.Uses.Select(use => use.Place.Table).Distinct().ToList();
        foreach (var table in tables) await transaction.LockAsync(all, held, table, cancellationToken);
        while (routing.Lookups.Count > 0)
        {
            values = await FillAsync(routing.Lookups, values, reader, again: true, cancellationToken);
            values[routing.Lookups[0].TimeSlot] = SqlValue.Null;
            var more = routing.ShardsOf(values);
            if (more.IsWithin(held)) break;
            foreach (var table in tables) await transaction.LockAsync(all, more, table, cancellationToken);
            foreach (var shard in more) held.Add(shard);
        }

        return values;
    }

    private async ValueTask<SqlValue[]> FillAsync(
        IReadOnlyList<LookupRead> reads, SqlValue[] values, CrossShardTransaction? transaction, bool again, CancellationToken cancellationToken)
    {
        var now = _commits.Now;
        var pins = transaction is { Pins: true };
        var filled = WithSlots(values, reads.Max(read => read.Slot) + 1);
        for (var i = 0; i < reads.Count; i++)
        {
            if (again || !reads[i].IsRead(filled)) filled[reads[i].Slot] = await ReadAsync(reads[i], values, transaction, cancellationToken);
        }

        var several = reads.Count > 1 || reads[0].KeyCount > 1;
        var areTrue = pins ? transaction!.PinsAgree : several ? _commits.AreOfOneState(now) : _commits.AreTrue(now);
        if (!areTrue) LookupRead.Forget(reads, filled);
        filled[reads[0].TimeSlot] = pins ? SqlValue.Null : SqlValue.Integer(now.All);
        return filled;
    }

    private async ValueTask<SqlValue> ReadAsync(LookupRead read, SqlValue[] values, CrossShardTransaction? transaction, CancellationToken cancellationToken)
    {
        try
        {
            if (read.KeyCount > 1) return await ReadManyAsync(read, values, transaction, cancellationToken);
            if (!read.TryBindOne(values, out var key, out var shard)) return shard < 0 ? LookupRead.Nothing : SqlValue.Blob([]);
            return IdsIn(await QueryAsync(read, shard, key, transaction, cancellationToken));
        }
        catch (VitessException failure) when (IsGone(failure))
        {
            return LookupRead.Nothing;
        }
    }

    private async ValueTask<SqlValue> ReadManyAsync(LookupRead read, SqlValue[] values, CrossShardTransaction? transaction, CancellationToken cancellationToken)
    {
        if (read.Bind(values) is not { } parts) return LookupRead.Nothing;
        var ids = new List<byte>();
        foreach (var (shard, parameters) in parts)
        {
            var found = IdsIn(await QueryAsync(read, shard, parameters, transaction, cancellationToken));
            if (found.Kind != SqlValueKind.Blob) return found;
            ids.AddRange(found.AsBlob());
        }

        return SqlValue.Blob([.. ids]);
    }

    private async ValueTask<RowSet> QueryAsync(LookupRead read, int shard, SqlValue[] parameters, CrossShardTransaction? transaction, CancellationToken cancellationToken)
    {
        var all = tablets.Of(read.Entries.Keyspace);
        var txId = transaction is null ? null : await transaction.ReadOnAsync(all, shard, cancellationToken);
        return (await all[shard].QueryAsync(new ShardQueryRequest(all[shard].Shard, read.Sql, parameters, txId), cancellationToken)).Rows;
    }

    private static SqlValue IdsIn(RowSet rows)
    {
        if (rows.RowCount > LookupRead.MaxEntries) return LookupRead.Nothing;
        if (rows.RowCount == 1 && IsId(rows[0][0])) return rows[0][0];
        var ids = new byte[rows.RowCount * LookupRead.IdBytes];
        for (var i = 0; i < rows.RowCount; i++)
        {
            if (!IsId(rows[i][0])) return LookupRead.Nothing;
            rows[i][0].AsBlob().CopyTo(ids, i * LookupRead.IdBytes);
        }

        return SqlValue.Blob(ids);
    }

    // The vindex has been dropped since the statement was planned.
    private static bool IsGone(VitessException failure) => failure.SqlState == "42P01";

    private static SqlValue[] WithSlots(SqlValue[] values, int count)
    {
        var filled = new SqlValue[Math.Max(values.Length, count)];
        values.CopyTo(filled, 0);
        return filled;
    }

    private static bool IsId(SqlValue value) => value.Kind == SqlValueKind.Blob && value.AsBlob().Length == LookupRead.IdBytes;
}
