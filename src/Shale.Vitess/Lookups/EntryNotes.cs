using System.Collections.Concurrent;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>A note of what is in doubt until all shards of a transaction have committed.</summary>
/// <param name="Tablet">The shard that keeps it: the first that commits.</param>
/// <param name="Id">Its number there.</param>
/// <param name="InDoubt">Entries that may be missing, or lead to no row.</param>
internal sealed record EntryNote(ITablet Tablet, long Id, IReadOnlyList<EntryChange> InDoubt);

/// <summary>
/// The notes that shards keep in a table of Shale's own, which no VSchema knows: written in the transaction of the shard that commits first, and superfluous when all have. Then
/// the next transaction that writes one there deletes it, or the next start does, when it has looked after what it says; doing so twice changes nothing. Thread-safe.
/// </summary>
/// <param name="locks">Watches whom those wait for that look after notes.</param>
internal sealed class EntryNotes(LockGraph locks)
{
    /// <summary>The table.</summary>
    public const string Table = "_shale_lookup_notes";

    private readonly ConcurrentDictionary<(string Keyspace, string Shard), ConcurrentQueue<long>> _done = new();

    /// <summary>Writes a note.</summary>
    public async ValueTask<EntryNote> WriteAsync(ITablet tablet, string txId, IReadOnlyList<EntryChange> inDoubt, CancellationToken cancellationToken)
    {
        var statements = new List<ShardStatement> { new($"CREATE TABLE IF NOT EXISTS {Table} (id INTEGER PRIMARY KEY, note TEXT NOT NULL)", [[]]) };
        var done = TakeDone(tablet);
        if (done.Count > 0) statements.Add(new ShardStatement(DeleteSql, done));
        statements.Add(new ShardStatement($"INSERT INTO {Table} (note) VALUES (?1) RETURNING id", [[SqlValue.Text(EntryNoteText.Write(inDoubt))]]));
        var results = await tablet.BatchAsync(new ShardBatchRequest(tablet.Shard, statements, txId), cancellationToken);
        return new EntryNote(tablet, results[^1].Rows[0][0].AsInteger(), inDoubt);
    }

    /// <summary>All shards have committed.</summary>
    public void Done(EntryNote note) => DoneOn(note.Tablet).Enqueue(note.Id);

    /// <summary>Sets right what a note says, after a commit that failed in the middle. Where that fails too, the next start does it, and this says false.</summary>
    public async ValueTask<bool> TrySettleAsync(EntryNote note)
    {
        try
        {
            await new EntryRecovery(locks, note.InDoubt).RunAsync(CancellationToken.None);
            Done(note);
            return true;
        }
        catch (VitessException)
        {
            // The note stays, and the caller reports the failure that led here.
            return false;
        }
    }

    /// <summary>The notes that a shard keeps.</summary>
    public static async ValueTask<IReadOnlyList<(long Id, string Text)>> ReadAsync(ITablet tablet, CancellationToken cancellationToken)
    {
        var objects = await tablet.SchemaAsync(cancellationToken);
        if (!objects.Any(each => each.Type == "table" && each.Name == Table)) return [];
        var rows = (await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, $"SELECT id, note FROM {Table} ORDER BY id", []), cancellationToken)).Rows;
        return [.. Enumerable.Range(0, rows.RowCount).Select(i => (rows[i][0].AsInteger(), rows[i][1].AsText()))];
    }

    /// <summary>Deletes a note.</summary>
    public static async ValueTask DeleteAsync(ITablet tablet, long id, CancellationToken cancellationToken) =>
        await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, DeleteSql, [SqlValue.Integer(id)]), cancellationToken);

    private const string DeleteSql = $"DELETE FROM {Table} WHERE id = ?1";

    // Where the transaction that deletes them is undone, they are left for the next start.
    private List<SqlValue[]> TakeDone(ITablet tablet)
    {
        var ids = new List<SqlValue[]>();
        while (DoneOn(tablet).TryDequeue(out var id)) ids.Add([SqlValue.Integer(id)]);
        return ids;
    }

    private ConcurrentQueue<long> DoneOn(ITablet tablet) => _done.GetOrAdd((tablet.Keyspace, tablet.Shard), static _ => new ConcurrentQueue<long>());
}
