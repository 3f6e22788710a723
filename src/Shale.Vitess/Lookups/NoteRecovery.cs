using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Looks after the notes of a keyspace's shards when a gate starts: shards that have not committed what a note says do it now and mark it, entries are compared with the rows, and
/// the note is deleted; at last the marks. A crash in between leaves what the next start goes on with.
/// </summary>
internal sealed class NoteRecovery(GateState state, VKeyspace keyspace, CancellationToken cancellationToken)
{
    private readonly ITablet[] _tablets = state.Tablets.Of(keyspace);
    private readonly List<(ITablet Tablet, long Id, string Text)> _marks = [];

    /// <summary>What was done, in words.</summary>
    public List<string> Done { get; } = [];

    /// <summary>Looks after all keyspaces.</summary>
    /// <returns>What was done, in words.</returns>
    public static async ValueTask<IReadOnlyList<string>> RunAllAsync(GateState state, CancellationToken cancellationToken)
    {
        var done = new List<string>();
        foreach (var keyspace in state.VSchema.Keyspaces.Values)
        {
            if (!keyspace.Sharded) continue;
            var recovery = new NoteRecovery(state, keyspace, cancellationToken);
            await recovery.RunAsync();
            done.AddRange(recovery.Done);
        }

        return done;
    }

    private async ValueTask RunAsync()
    {
        var notes = new List<(ITablet Tablet, long Id, string Text)>();
        foreach (var tablet in _tablets)
        {
            foreach (var (id, text) in await EntryNotes.ReadAsync(tablet, cancellationToken)) (EntryNoteText.IsNote(text) ? notes : _marks).Add((tablet, id, text));
        }

        var allSettled = true;
        foreach (var (tablet, id, text) in notes) allSettled &= await TrySettleAsync(tablet, id, text);

        // Those of a note that is left must be there when the next start looks after it.
        foreach (var (tablet, id, _) in allSettled ? _marks : []) await EntryNotes.DeleteAsync(tablet, id, cancellationToken);
    }

    private async ValueTask<bool> TrySettleAsync(ITablet tablet, long id, string text)
    {
        try
        {
            var (key, changes, redo) = EntryNoteText.Read(text, Find, _tablets);
            var redone = 0;
            foreach (var part in redo) redone += await RedoAsync(part, tablet.Shard, key) ? 1 : 0;
            var recovery = new EntryRecovery(state.Tablets.Locks, changes);
            await recovery.RunAsync(cancellationToken);
            await EntryNotes.DeleteAsync(tablet, id, cancellationToken);
            if (redone > 0) Done.Add($"an UPDATE that a crash had interrupted was completed on {redone} shards of keyspace {keyspace.Name}");
            if (recovery.Changed > 0) Done.Add($"lookup entries of keyspace {keyspace.Name} that a crash had left in doubt have been compared with their rows: {recovery.Changed} changed");
            return true;
        }
        catch (VitessException failure)
        {
            Done.Add($"lookup entries of keyspace {keyspace.Name} are in doubt since a crash, and could not be compared with their rows: {failure.Message}");
            return false;
        }
    }

    /// <summary>Does what a shard was to do, unless it has: false then.</summary>
    private async ValueTask<bool> RedoAsync(ShardRedo part, string first, string mark)
    {
        if (part.Tablet.Shard == first || _marks.Exists(each => each.Tablet.Shard == part.Tablet.Shard && each.Text == mark)) return false;
        List<ShardStatement> statements = [.. part.Statements, new(EntryNotes.CreateSql, [[]]), new(EntryNotes.InsertSql, [[SqlValue.Text(mark)]])];
        var results = await part.Tablet.BatchAsync(new ShardBatchRequest(part.Tablet.Shard, statements, null), cancellationToken);
        _marks.Add((part.Tablet, results[^1].Rows[0][0].AsInteger(), mark));
        return true;
    }

    private EntryTable? Find(string owner, string lookup)
    {
        if (keyspace.FindTable(owner) is not { Schema: not null } table) return null;
        var session = state.For(new Target(keyspace.Name, null), table.Dialect);
        var place = session.Catalog.FindPlace(new Sql.ObjectName(null, new Sql.Identifier(table.Name, true)));
        return place is null ? null : OwnerLookups.Of(place, session.Catalog, session.Engine)?.Tables.FirstOrDefault(each => VSchemaNames.Comparer.Equals(each.Lookup.Name, lookup));
    }
}
