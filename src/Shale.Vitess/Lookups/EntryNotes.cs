using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>A note of the entries that a transaction changes, until all its shards have committed.</summary>
/// <param name="Slot">The note itself, on the shard that commits first, and its marks.</param>
/// <param name="Changes">Entries that may be missing, or lead to no row.</param>
/// <param name="Replaced">What it and its marks are written over.</param>
internal sealed record EntryNote(NoteSlot Slot, IReadOnlyList<EntryChange> Changes, List<NoteSlot> Replaced);

/// <summary>A row of the table of notes on a shard.</summary>
/// <param name="Tablet">The shard.</param>
/// <param name="Id">Its number there.</param>
/// <param name="Marks">The marks of the note that it holds: what tells, on the other shards, that they have committed; only where the note says what they were to do.</param>
internal sealed record NoteSlot(ITablet Tablet, long Id, List<NoteSlot> Marks);

/// <summary>
/// The notes that shards keep in a table of Shale's own, which no VSchema knows: written in the transaction of the shard that commits first, and superfluous when all have. Then
/// the next transaction that writes one there writes over it, or the next start deletes it, when it has looked after what it says; doing so twice changes nothing. Where a note
/// says what the other shards were to do, each of them marks in its own transaction that it has; the marks outlive the note. Thread-safe.
/// </summary>
/// <param name="locks">Watches whom those wait for that look after notes.</param>
internal sealed class EntryNotes(LockGraph locks)
{
    /// <summary>The table, whose name no statement can give.</summary>
    public const string Table = ReservedNames.Prefix + "lookup_notes";

    /// <summary>Makes the table.</summary>
    public const string CreateSql = $"CREATE TABLE IF NOT EXISTS {Table} (id INTEGER PRIMARY KEY, note TEXT NOT NULL)";

    /// <summary>Writes a note or a mark (text).</summary>
    public const string InsertSql = $"INSERT INTO {Table} (note) VALUES (?1) RETURNING id";

    private const string ReplaceSql = $"UPDATE {Table} SET note = ?2 WHERE id = ?1";

    private const string DeleteSql = $"DELETE FROM {Table} WHERE id = ?1";

    // What is superfluous. No more than there were transactions at once.
    private readonly ConcurrentDictionary<(string Keyspace, string Shard), ConcurrentQueue<NoteSlot>> _free = new();

    // Marks name their note by it, also those that a crash has left.
    private readonly string _process = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private long _keys;

    /// <summary>Writes a note.</summary>
    /// <param name="first">The shard that commits first.</param>
    /// <param name="others">The others that commit.</param>
    /// <param name="changes">What is compared with the rows if not all commit.</param>
    /// <param name="redo">What the shards do, so that a start can do it on those that have not committed; null for nothing.</param>
    /// <param name="cancellationToken">Leaves part of it written.</param>
    public async ValueTask<EntryNote> WriteAsync(
        (ITablet Tablet, string TxId) first, IEnumerable<(ITablet Tablet, string TxId)> others, IReadOnlyList<EntryChange> changes, IReadOnlyList<ShardRedo>? redo,
        CancellationToken cancellationToken)
    {
        var replaced = new List<NoteSlot>();
        try
        {
            var key = redo is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{_process}-{Interlocked.Increment(ref _keys)}");
            var slot = await WriteAsync(first.Tablet, first.TxId, EntryNoteText.Write(key, changes, redo), replaced, cancellationToken);
            foreach (var (tablet, txId) in redo is null ? [] : others)
            {
                if (redo!.Any(part => part.Tablet.Shard == tablet.Shard && part.Tablet.Keyspace == tablet.Keyspace)) slot.Marks.Add(await WriteAsync(tablet, txId, key, replaced, cancellationToken));
            }

            return new EntryNote(slot, changes, replaced);
        }
        catch
        {
            foreach (var each in replaced) FreeOn(each.Tablet).Enqueue(each);
            throw;
        }
    }

    /// <summary>All shards have committed.</summary>
    public void Done(EntryNote note)
    {
        foreach (var mark in note.Replaced.SelectMany(each => each.Marks)) FreeOn(mark.Tablet).Enqueue(mark);
        FreeOn(note.Slot.Tablet).Enqueue(note.Slot);
    }

    /// <summary>No shard has committed: what was written over is still there.</summary>
    public void Undone(EntryNote note)
    {
        foreach (var each in note.Replaced) FreeOn(each.Tablet).Enqueue(each);
    }

    /// <summary>The shards are what they were at another time: whatever is superfluous there, it is not what was.</summary>
    public void Forget(IEnumerable<ITablet> tablets)
    {
        foreach (var tablet in tablets) _free.TryRemove((tablet.Keyspace, tablet.Shard), out _);
    }

    /// <summary>Deletes what is superfluous, when no transaction is open any more: else the next start would look after it. What cannot be deleted stays.</summary>
    public async ValueTask ClearAsync()
    {
        NoteSlot[] slots = [.. _free.Values.SelectMany(free => free)];
        _free.Clear();
        try
        {
            // Marks outlive their note.
            await DeleteAsync(slots);
            await DeleteAsync([.. slots.SelectMany(slot => slot.Marks)]);
        }
        catch (VitessException)
        {
            // The next start does it.
        }
    }

    /// <summary>
    /// Sets entries right after a commit that failed in the middle, and deletes the note: what other shards were to do is not done any more, others may have written since. Where
    /// that fails too, the next start looks after it, and this says false.
    /// </summary>
    public async ValueTask<bool> TrySettleAsync(EntryNote note)
    {
        var (tablet, id) = (note.Slot.Tablet, note.Slot.Id);
        try
        {
            if (note.Slot.Marks.Count > 0)
            {
                // First of all: the next start must not do it over what others write from now on.
                SqlValue[] text = [SqlValue.Integer(id), SqlValue.Text(EntryNoteText.Write("", note.Changes, null))];
                await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, ReplaceSql, text), CancellationToken.None);
            }

            await new EntryRecovery(locks, note.Changes).RunAsync(CancellationToken.None);
            await DeleteAsync(tablet, id, CancellationToken.None);
            return true;
        }
        catch (VitessException)
        {
            // The note stays, and the caller reports the failure that led here.
            return false;
        }
    }

    /// <summary>The notes and marks that a shard keeps.</summary>
    public static async ValueTask<IReadOnlyList<(long Id, string Text)>> ReadAsync(ITablet tablet, CancellationToken cancellationToken)
    {
        var objects = await tablet.SchemaAsync(cancellationToken);
        if (!objects.Any(each => each.Type == "table" && each.Name == Table)) return [];
        var rows = (await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, $"SELECT id, note FROM {Table} ORDER BY id", []), cancellationToken)).Rows;
        return [.. Enumerable.Range(0, rows.RowCount).Select(i => (rows[i][0].AsInteger(), rows[i][1].AsText()))];
    }

    /// <summary>Deletes a note or a mark.</summary>
    public static async ValueTask DeleteAsync(ITablet tablet, long id, CancellationToken cancellationToken) =>
        await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, DeleteSql, [SqlValue.Integer(id)]), cancellationToken);

    private static async ValueTask DeleteAsync(IEnumerable<NoteSlot> slots)
    {
        foreach (var group in slots.GroupBy(slot => slot.Tablet))
        {
            List<IReadOnlyList<SqlValue>> ids = [.. group.Select(slot => (IReadOnlyList<SqlValue>)[SqlValue.Integer(slot.Id)])];
            await group.Key.BatchAsync(new ShardBatchRequest(group.Key.Shard, [new ShardStatement(DeleteSql, ids)], null), CancellationToken.None);
        }
    }

    private async ValueTask<NoteSlot> WriteAsync(ITablet tablet, string txId, string text, List<NoteSlot> replaced, CancellationToken cancellationToken)
    {
        if (FreeOn(tablet).TryDequeue(out var free))
        {
            replaced.Add(free);
            var result = await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, ReplaceSql, [SqlValue.Integer(free.Id), SqlValue.Text(text)], txId), cancellationToken);
            if (result.Affected == 1) return new NoteSlot(tablet, free.Id, []);
        }

        List<ShardStatement> statements = [new(CreateSql, [[]]), new(InsertSql, [[SqlValue.Text(text)]])];
        var results = await tablet.BatchAsync(new ShardBatchRequest(tablet.Shard, statements, txId), cancellationToken);
        return new NoteSlot(tablet, results[^1].Rows[0][0].AsInteger(), []);
    }

    private ConcurrentQueue<NoteSlot> FreeOn(ITablet tablet) => _free.GetOrAdd((tablet.Keyspace, tablet.Shard), static _ => new ConcurrentQueue<NoteSlot>());
}
