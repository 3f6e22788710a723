using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Looks after the notes that shards keep when a gate starts: shards that have not committed what a note says do it now and mark it, entries are compared with the rows, and the
/// note is deleted; at last the marks. A crash in between leaves what the next start goes on with.
/// </summary>
/// <param name="state">The VSchema and all shards.</param>
/// <param name="tablets">Those whose notes are looked after: all, or those of a keyspace that nobody writes meanwhile.</param>
/// <param name="cancellationToken">Leaves notes to the next start.</param>
/// <param name="parent">Where the tablets are those of a new branch, the keyspace that it was made of: its notes speak of that one, and of others, which they do not concern any more. Else null.</param>
internal sealed class NoteRecovery(GateState state, IReadOnlyList<ITablet> tablets, CancellationToken cancellationToken, string? parent = null)
{
    private readonly List<(ITablet Tablet, long Id, string Text)> _marks = [];
    private readonly Dictionary<(string Keyspace, string Owner, string Lookup), (EntryTable Table, ITablet[] Tablets)?> _tables = [];

    /// <summary>What was done, in words.</summary>
    public List<string> Done { get; } = [];

    /// <summary>Whether there are notes that could not be looked after.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Looks after all of them.</summary>
    public async ValueTask RunAsync()
    {
        var notes = new List<Note>();
        var isAll = true;
        foreach (var tablet in tablets)
        {
            foreach (var (id, text) in await EntryNotes.ReadAsync(tablet, cancellationToken))
            {
                if (!EntryNoteText.IsNote(text)) _marks.Add((tablet, id, text));
                else if (Read(tablet, id, text) is { } note) notes.Add(note);
                else isAll = false;
            }
        }

        // All that shards have still to do comes before rows decide: an older note must not take a row for moved that is on its way back.
        foreach (var note in notes) await TryAsync(note, RedoAsync);
        foreach (var note in notes) await TryAsync(note, SettleAsync);

        // The marks of a note that is left must be there when the next start looks after it.
        isAll &= notes.TrueForAll(note => !note.Failed);
        foreach (var (tablet, id, _) in isAll ? _marks : []) await EntryNotes.DeleteAsync(tablet, id, cancellationToken);
    }

    private Note? Read(ITablet tablet, long id, string text)
    {
        try
        {
            var content = parent is null ? EntryNoteText.Read(text, Find, state.Tablets.Tablets, TodayOf(tablet, text))
                : EntryNoteText.Read(text, Find, tablets, keyspace => VSchemaNames.Comparer.Equals(keyspace, parent) ? tablet.Keyspace : null);
            return new Note(tablet, id, content);
        }
        catch (VitessException failure)
        {
            Fail(tablet, failure);
            return null;
        }
    }

    /// <summary>What a note's keyspaces are called: a keyspace that was restored from a backup of a branch had the branch's name, and beside that, its own was another's. Others may have stayed behind.</summary>
    private Func<string, string?> TodayOf(ITablet tablet, string text)
    {
        string? Known(string name) => state.VSchema.Find(name)?.Name;
        if (state.VSchema.Find(tablet.Keyspace) is not { Origin.Parent: { } former } keyspace || BranchNames.IsBranch(keyspace.Name)) return Known;
        var names = new HashSet<string>(VSchemaNames.Comparer);
        _ = EntryNoteText.Read(text, Find, tablets, name =>
        {
            names.Add(name);
            return null;
        });
        if (!names.Contains(former)) return Known;
        return name => VSchemaNames.Comparer.Equals(name, former) ? keyspace.Name : VSchemaNames.Comparer.Equals(name, keyspace.Name) ? null : Known(name);
    }

    private async ValueTask TryAsync(Note note, Func<Note, ValueTask> step)
    {
        if (note.Failed) return;
        try
        {
            await step(note);
        }
        catch (VitessException failure)
        {
            note.Failed = true;
            Fail(note.Tablet, failure);
        }
    }

    private void Fail(ITablet tablet, VitessException failure)
    {
        HasFailed = true;
        Done.Add($"lookup entries of keyspace {tablet.Keyspace} are in doubt since a crash, and could not be compared with their rows: {failure.Message}");
    }

    private async ValueTask RedoAsync(Note note)
    {
        var redone = 0;
        foreach (var part in note.Content.Redo) redone += await RedoAsync(part, note) ? 1 : 0;
        if (redone > 0) Done.Add($"a write that a crash had interrupted was completed on {redone} shards of keyspace {note.Tablet.Keyspace}");
    }

    /// <summary>Does what a shard was to do, unless it has: false then.</summary>
    private async ValueTask<bool> RedoAsync(ShardRedo part, Note note)
    {
        if (ReferenceEquals(part.Tablet, note.Tablet) || _marks.Exists(each => ReferenceEquals(each.Tablet, part.Tablet) && each.Text == note.Content.Key)) return false;
        List<ShardStatement> statements = [.. part.Statements, new(EntryNotes.CreateOn(part.Tablet.Engine), [[]]), new(EntryNotes.InsertSql, [[SqlValue.Text(note.Content.Key)]])];
        var results = await part.Tablet.BatchAsync(new ShardBatchRequest(part.Tablet.Shard, statements, null), cancellationToken);
        _marks.Add((part.Tablet, results[^1].Rows[0][0].AsInteger(), note.Content.Key));
        return true;
    }

    private async ValueTask SettleAsync(Note note)
    {
        var recovery = new EntryRecovery(state.Tablets.Locks, note.Content.Changes);
        await recovery.RunAsync(cancellationToken);
        await EntryNotes.DeleteAsync(note.Tablet, note.Id, cancellationToken);
        if (recovery.Changed > 0) Done.Add($"lookup entries of keyspace {note.Tablet.Keyspace} that a crash had left in doubt have been compared with their rows: {recovery.Changed} changed");
    }

    private (EntryTable Table, ITablet[] Tablets)? Find(string keyspace, string owner, string lookup)
    {
        if (_tables.TryGetValue((keyspace, owner, lookup), out var known)) return known;
        return _tables[(keyspace, owner, lookup)] = Load(keyspace, owner, lookup);
    }

    private (EntryTable Table, ITablet[] Tablets)? Load(string name, string owner, string lookup)
    {
        if (state.VSchema.Find(name) is not { Sharded: true } keyspace || keyspace.FindTable(owner) is not { Schema: not null } table) return null;
        var session = state.For(new Target(keyspace.Name, null), table.Dialect);
        if (session.Catalog.FindPlace(new Sql.ObjectName(null, new Sql.Identifier(table.Name, true))) is not { } place) return null;
        var entries = OwnerLookups.Of(place, session.Catalog, session.Engine)?.Tables.FirstOrDefault(each => VSchemaNames.Comparer.Equals(each.Lookup.Name, lookup));
        return entries is null ? null : (entries, state.Tablets.Of(keyspace));
    }

    /// <summary>One note.</summary>
    private sealed class Note(ITablet tablet, long id, (string Key, List<EntryChange> Changes, List<ShardRedo> Redo) content)
    {
        public ITablet Tablet => tablet;

        public long Id => id;

        public (string Key, List<EntryChange> Changes, List<ShardRedo> Redo) Content => content;

        public bool Failed { get; set; }
    }
}
