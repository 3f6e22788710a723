using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Holds the current <see cref="GateState"/> and changes it: one change at a time, saved in the topology before the shards commit, so that a crash in between leaves a
/// table that is known and can be repaired at start, never one that is unknown. Thread-safe.
/// </summary>
internal sealed partial class SchemaChanges : IDisposable
{
    private readonly VTGateOptions _options;
    private readonly SequenceAllocator _sequences;
    private readonly TabletMap _tablets;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile IReadOnlyDictionary<TableSchema, string> _refused = new Dictionary<TableSchema, string>();
    private volatile GateState _current;
    private volatile TaskCompletionSource? _publishing;

    /// <summary>Reads the topology.</summary>
    public SchemaChanges(VTGateOptions options, SequenceAllocator sequences, LockGraph locks)
    {
        _options = options;
        _sequences = sequences;
        Moves = new RowMoves(options.LockTimeout, options.Clock);
        var vschema = options.Topology.Load();
        if (options.Vindexes.Count > 0) vschema = vschema.WithRegistry(VindexRegistry.BuiltIn.With(options.Vindexes));
        _tablets = new TabletMap(vschema, options.Tablets, locks);
        Times = new SchemaTimes(options.Topology, _tablets, vschema);
        Snapshots = new KeyspaceSnapshots(this, options.Topology, _tablets);
        Branches = new KeyspaceBranches(this, _tablets);
        _current = StateOf(vschema);
    }

    /// <summary>The sequences of all keyspaces.</summary>
    public SequenceAllocator Sequences => _sequences;

    /// <summary>The moves of rows between shards.</summary>
    public RowMoves Moves { get; }

    /// <summary>When the VSchema changed, and what it was.</summary>
    public SchemaTimes Times { get; }

    /// <summary>The named snapshots.</summary>
    public KeyspaceSnapshots Snapshots { get; }

    /// <summary>The branches.</summary>
    public KeyspaceBranches Branches { get; }

    /// <summary>All shards.</summary>
    public TabletMap AllTablets => _tablets;

    /// <summary>The lookup vindexes that are being filled.</summary>
    public LookupFills Fills { get; } = new();

    /// <summary>The state that new statements see.</summary>
    public GateState Current => _current;

    /// <summary>Ends when the change is current that shards are committing, who are ahead of it meanwhile; null while there is none.</summary>
    public Task? Publishing => _publishing?.Task;

    /// <summary>What would be derived from a VSchema; nothing is saved.</summary>
    public GateState StateOf(VSchema vschema) => StateOf(vschema, _tablets);

    /// <summary>The same over other tablets.</summary>
    public GateState StateOf(VSchema vschema, TabletMap tablets) => new(vschema, tablets, _options, _sequences, _refused, Fills, Moves.NextEpoch);

    /// <summary>Makes the shards fit the VSchema and refuses the tables where that cannot be; before the first statement.</summary>
    /// <returns>What was made, and what is refused, in words.</returns>
    public async ValueTask<IReadOnlyList<string>> RepairAsync(CancellationToken cancellationToken)
    {
        var completed = await CompleteRestoresAsync(cancellationToken);
        var leftovers = await Snapshots.DropLeftoversAsync(_current.VSchema, cancellationToken);
        leftovers = [.. leftovers, .. await Branches.DropLeftoversAsync(_current.VSchema, cancellationToken)];
        var undone = await UndoBuildsAsync(_current.VSchema.Keyspaces.Values, cancellationToken);
        var repair = new SchemaRepair(_current, cancellationToken);
        await repair.RunAsync();
        _refused = repair.Refused;
        _current = StateOf(_current.VSchema);
        var notes = new NoteRecovery(_current, _tablets.Tablets, cancellationToken);
        await notes.RunAsync();
        await Times.StartAsync(_current.VSchema, cancellationToken);
        return [.. completed, .. leftovers, .. undone, .. repair.Repairs, .. notes.Done, .. repair.Refused.Values.Select(why => why + "; it is refused until it is dropped or restored")];
    }

    /// <summary>Removes lookup vindexes that a crash has kept from becoming complete.</summary>
    private async ValueTask<List<string>> UndoBuildsAsync(IEnumerable<VKeyspace> keyspaces, CancellationToken cancellationToken)
    {
        var undone = new List<string>();
        foreach (var keyspace in keyspaces)
        {
            var known = undone.Count;
            undone.AddRange(keyspace.Tables.Values.Where(table => table.Schema is not null).SelectMany(table => table.Lookups.Where(lookup => lookup.WriteOnly)
                .Select(lookup => $"lookup vindex {lookup.Name} of table {table.Name} was not complete and has been removed")));
            if (undone.Count == known) continue;
            await RunAsync((state, transaction) =>
            {
                var session = state.For(new Target(keyspace.Name, null), SqlDialect.Postgres);
                return LookupBuild.RemoveAsync(session, new ShardDefinitions(session, transaction, cancellationToken), _ => true);
            }, cancellationToken);
        }

        return undone;
    }

    /// <summary>Makes a change that stands alone.</summary>
    /// <param name="work">Runs on the shards, in a transaction that is not committed yet, and tells how the VSchema changes.</param>
    /// <param name="cancellationToken">Undoes all.</param>
    public async ValueTask RunAsync(Func<GateState, CrossShardTransaction, ValueTask<Func<VSchema, VSchema>>> work, CancellationToken cancellationToken)
    {
        await InTurnAsync(async transaction =>
        {
            var edit = await work(_current, transaction);
            await SaveAndCommitAsync(edit(_current.VSchema), transaction, cancellationToken);
            return true;
        }, cancellationToken);
    }

    /// <summary>Does something while nobody else changes the VSchema. Moves that it has closed are opened behind it.</summary>
    /// <param name="work">What; its transaction is rolled back if it is not over then.</param>
    /// <param name="cancellationToken">Ends the waiting for the turn.</param>
    public async ValueTask<T> InTurnAsync<T>(Func<CrossShardTransaction, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var transaction = new CrossShardTransaction(_tablets.Locks, new Contracts.TransactionOptions(Contracts.IsolationLevel.Serializable));
        await TakeTurnAsync(transaction, cancellationToken);
        try
        {
            return await work(transaction);
        }
        finally
        {
            await transaction.RollbackAsync();
            Moves.Open();
            _turn.Release();
        }
    }

    /// <summary>Commits a transaction that holds changes of the VSchema.</summary>
    public async ValueTask CommitAsync(GateTransaction transaction, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(transaction.Shards, cancellationToken);
        try
        {
            // What it has defined is of tables that may not be there any more.
            if (transaction.Epoch is { } epoch && epoch != Moves.Epoch) throw RowMoves.Moved();
            var vschema = _current.VSchema;
            foreach (var edit in transaction.SchemaEdits) vschema = edit(vschema);
            await SaveAndCommitAsync(vschema, transaction.Shards, cancellationToken);
        }
        catch
        {
            await transaction.Shards.RollbackAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Does something while the VSchema does not change and no commit over several shards is half done. It must not wait for a transaction.</summary>
    public async ValueTask QuietlyAsync(Func<ValueTask> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await _tablets.Locks.Commits.CloseAsync(work, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>No change may be under way.</summary>
    public void Dispose()
    {
        _turn.Dispose();
        Times.Dispose();
    }

    private async ValueTask TakeTurnAsync(CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await transaction.TakeTurnAsync(_turn, cancellationToken);
        }
        catch
        {
            await transaction.RollbackAsync();
            throw;
        }
    }

    /// <summary>Saves a VSchema, commits, and makes it the one that new statements see; in the turn only.</summary>
    public async ValueTask SaveAndCommitAsync(VSchema changed, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        var before = _current;
        if (ReferenceEquals(changed, before.VSchema))
        {
            await transaction.CommitAsync(cancellationToken);
            return;
        }

        changed = BranchSequences.Settle(before.VSchema, changed);
        var eras = await SaveAsync(before.VSchema, changed, null, cancellationToken);
        var moves = Moves.IsClosed;
        var publishing = _publishing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (moves) Moves.BeginPublishing();
        try
        {
            await CommitSavedAsync(before, changed, eras, transaction, cancellationToken);
        }
        finally
        {
            if (moves) Moves.EndPublishing();
            _publishing = null;
            publishing.SetResult();
        }
    }

    /// <summary>Saves a VSchema, and notes that the change to it has begun; neither, if one fails.</summary>
    private async ValueTask<IReadOnlyList<VSchemaEra>> SaveAsync(VSchema before, VSchema changed, KeyspaceRestore? restore, CancellationToken cancellationToken)
    {
        var eras = await Times.BeginAsync(before, changed, cancellationToken);
        try
        {
            _options.Topology.Save(before.Version, changed, restore: restore);
            return eras;
        }
        catch
        {
            Times.Cancel(eras);
            throw;
        }
    }

    private async ValueTask CommitSavedAsync(GateState before, VSchema changed, IReadOnlyList<VSchemaEra> eras, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await transaction.CommitAsync(cancellationToken);
        }
        catch
        {
            var keyspaces = before.VSchema.Keyspaces.Values.Where(keyspace => !ReferenceEquals(changed.Find(keyspace.Name), keyspace)).ToList();
            var restored = before.VSchema with { Version = changed.Version + keyspaces.Count };
            var again = Times.Undo(eras, restored, restored.Version);

            // One after another: the sequences of each go on where they were.
            for (var i = 0; i < keyspaces.Count; i++)
            {
                var version = changed.Version + i;
                _options.Topology.Save(version, restored with { Version = version + 1 }, restore: new KeyspaceRestore(keyspaces[i].Name, []));
            }

            _current = StateOf(restored);
            await Times.EndAsync(again, eras);
            throw;
        }

        ForgetDropped(before.VSchema, changed);
        _current = StateOf(changed);
        await Times.EndAsync(eras);
    }

    private void ForgetDropped(VSchema before, VSchema after)
    {
        foreach (var keyspace in before.Keyspaces.Values)
        {
            foreach (var sequence in keyspace.Sequences.Values)
            {
                if (after.Find(keyspace.Name)?.FindCounter(sequence.Counter) is null) _sequences.Forget(keyspace.Name, sequence.Counter);
            }
        }
    }
}
