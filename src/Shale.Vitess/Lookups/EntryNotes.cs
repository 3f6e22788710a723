using System.Collections.Concurrent;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>A note of the entries that a transaction changes, until all its shards have committed.</summary>
/// <param name="Kept">The note itself: on the shard that commits first.</param>
/// <param name="Changes">Entries that may be missing, or lead to no row.</param>
/// <param name="Deleted">Notes that the same transaction has deleted.</param>
/// <param name="DeletedMarks">Marks that the same transaction has deleted.</param>
internal sealed record EntryNote(KeptNote Kept, IReadOnlyList<EntryChange> Changes, List<KeptNote> Deleted, List<(ITablet Tablet, long Id)> DeletedMarks);

/// <summary>A note as its shard keeps it.</summary>
/// <param name="Tablet">The shard.</param>
/// <param name="Id">Its number there.</param>
/// <param name="Marks">What tells, on the other shards, that they have committed; only where the note says what they were to do.</param>
internal sealed record KeptNote(ITablet Tablet, long Id, IReadOnlyList<(ITablet Tablet, long Id)> Marks);

/// <summary>
/// The notes that shards keep in a table of Shale's own, which no VSchema knows: written in the transaction of the shard that commits first, and superfluous when all have. Then
/// the next transaction that writes one there deletes it, or the next start does, when it has looked after what it says; doing so twice changes nothing. Where a note says what
/// the other shards were to do, each of them marks in its own transaction that it has; the marks outlive the note. Thread-safe.
/// </summary>
/// <param name="locks">Watches whom those wait for that look after notes.</param>
internal sealed class EntryNotes(LockGraph locks)
{
    /// <summary>The table.</summary>
    public const string Table = "_shale_lookup_notes";

    /// <summary>Makes the table. Numbers are never used again: a mark names its note by one.</summary>
    public const string CreateSql = $"CREATE TABLE IF NOT EXISTS {Table} (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT NOT NULL)";

    /// <summary>Writes a note or a mark (text).</summary>
    public const string InsertSql = $"INSERT INTO {Table} (note) VALUES (?1) RETURNING id";

    private const string DeleteSql = $"DELETE FROM {Table} WHERE id = ?1";

    private readonly ConcurrentDictionary<(string Keyspace, string Shard), OnShard> _shards = new();

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
        var marks = new List<(ITablet, long)>();
        var note = new EntryNote(new KeptNote(first.Tablet, 0, marks), changes, [], []);
        try
        {
            var id = await InsertAsync(first.Tablet, first.TxId, EntryNoteText.Write(changes, redo), note, cancellationToken);
            foreach (var (tablet, txId) in redo is null ? [] : others)
            {
                if (!redo!.Any(part => part.Tablet.Shard == tablet.Shard)) continue;
                marks.Add((tablet, await InsertAsync(tablet, txId, EntryNoteText.Mark(first.Tablet.Shard, id), note, cancellationToken)));
            }

            return note with { Kept = note.Kept with { Id = id } };
        }
        catch
        {
            Undone(note);
            throw;
        }
    }

    /// <summary>All shards have committed.</summary>
    public void Done(EntryNote note)
    {
        foreach (var mark in note.Deleted.SelectMany(each => each.Marks)) Of(mark.Tablet).Marks.Enqueue(mark.Id);
        Of(note.Kept.Tablet).Notes.Enqueue(note.Kept);
    }

    /// <summary>No shard has committed: what the transaction has deleted is still there.</summary>
    public void Undone(EntryNote note)
    {
        foreach (var each in note.Deleted) Of(each.Tablet).Notes.Enqueue(each);
        foreach (var mark in note.DeletedMarks) Of(mark.Tablet).Marks.Enqueue(mark.Id);
    }

    /// <summary>
    /// Sets entries right after a commit that failed in the middle, and deletes the note: what other shards were to do is not done any more, others may have written since. Where
    /// that fails too, the next start looks after it, and this says false.
    /// </summary>
    public async ValueTask<bool> TrySettleAsync(EntryNote note)
    {
        try
        {
            await new EntryRecovery(locks, note.Changes).RunAsync(CancellationToken.None);
            await DeleteAsync(note.Kept.Tablet, note.Kept.Id, CancellationToken.None);
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

    private async ValueTask<long> InsertAsync(ITablet tablet, string txId, string text, EntryNote note, CancellationToken cancellationToken)
    {
        var superfluous = Of(tablet).Take(tablet, note);
        var statements = new List<ShardStatement> { new(CreateSql, [[]]) };
        if (superfluous.Count > 0) statements.Add(new ShardStatement(DeleteSql, superfluous));
        statements.Add(new ShardStatement(InsertSql, [[SqlValue.Text(text)]]));
        var results = await tablet.BatchAsync(new ShardBatchRequest(tablet.Shard, statements, txId), cancellationToken);
        return results[^1].Rows[0][0].AsInteger();
    }

    private OnShard Of(ITablet tablet) => _shards.GetOrAdd((tablet.Keyspace, tablet.Shard), static _ => new OnShard());

    /// <summary>What is superfluous on one shard.</summary>
    private sealed class OnShard
    {
        public ConcurrentQueue<KeptNote> Notes { get; } = new();

        public ConcurrentQueue<long> Marks { get; } = new();

        /// <summary>Takes what there is, for the transaction of a note; the rows of parameters that delete it.</summary>
        public List<IReadOnlyList<SqlValue>> Take(ITablet tablet, EntryNote into)
        {
            var ids = new List<IReadOnlyList<SqlValue>>();
            while (Notes.TryDequeue(out var note))
            {
                into.Deleted.Add(note);
                ids.Add([SqlValue.Integer(note.Id)]);
            }

            while (Marks.TryDequeue(out var mark))
            {
                into.DeletedMarks.Add((tablet, mark));
                ids.Add([SqlValue.Integer(mark)]);
            }

            return ids;
        }
    }
}
