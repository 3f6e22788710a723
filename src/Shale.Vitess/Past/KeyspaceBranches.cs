namespace Shale.Vitess;

/// <summary>
/// The branches of keyspaces: each is a keyspace of its own that begins with one cut over all shards of another (SEMANTICS S5.2). The VSchema says which are whole: a branch is made on the shards
/// first and dropped there last, and what a crash has left on shards is dropped at the next start. Thread-safe.
/// </summary>
/// <param name="schema">The VSchema: nothing is defined while a branch is made.</param>
/// <param name="tablets">The shards.</param>
internal sealed class KeyspaceBranches(SchemaChanges schema, TabletMap tablets)
{
    /// <summary>
    /// Makes a branch. Errors: QUERY_ERROR (42710) for a name that is taken, (42602) for one that is none, (55006) while a lookup vindex of the keyspace is being filled; the TT_ codes of the moment;
    /// SHARD_ERROR.
    /// </summary>
    /// <param name="parent">The keyspace, which may be a branch.</param>
    /// <param name="name">The branch's own name.</param>
    /// <param name="at">A timestamp, a bookmark, or a snapshot; null for now.</param>
    /// <param name="cancellationToken">Leaves nothing.</param>
    /// <returns>The keyspace that it is.</returns>
    public ValueTask<string> CreateAsync(string parent, string name, string? at, CancellationToken cancellationToken) => schema.InTurnAsync(
        async transaction =>
        {
            BranchNames.Require(name);
            var keyspace = BranchNames.Of(parent, name);
            if (schema.Current.VSchema.Find(keyspace) is not null)
            {
                throw new VitessException(ErrorCodes.QueryError, $"keyspace \"{BranchNames.RootOf(parent)}\" has a branch \"{name}\" already", sqlState: "42710", hint: "Choose another name, or drop it: CALL dosql_drop_branch('name').");
            }

            var (cut, versions) = await KeyspaceSnapshots.CutAsync(schema, parent, at, cancellationToken);
            var branch = CopyOf(cut, keyspace);
            var shards = tablets.Of(BranchNames.RootOf(parent));
            await DropOnAsync(shards, name, cancellationToken);
            ITablet[] opened = [];
            try
            {
                for (var i = 0; i < shards.Length; i++) await shards[i].History!.CreateBranchAsync(name, versions[i], cancellationToken);
                opened = tablets.OpenBranch(keyspace);
                await PublishAsync(branch, cut.Keyspace.Name, opened, transaction, cancellationToken);
                return keyspace;
            }
            catch
            {
                await TryDropAsync(opened, shards, name);
                throw;
            }
        },
        cancellationToken);

    /// <summary>Drops a branch with all that is on it; what still runs there fails. Errors: TT_BRANCH_NOT_FOUND if there is none; QUERY_ERROR (55006) for main, (2BP01) while it has named snapshots.</summary>
    public async ValueTask DropAsync(string keyspace, string name, CancellationToken cancellationToken) => await schema.InTurnAsync(
        async transaction =>
        {
            if (name == BranchNames.Main) throw new VitessException(ErrorCodes.QueryError, "the branch main is the keyspace itself, and cannot be dropped", sqlState: "55006");
            var branch = schema.Current.VSchema.Find(BranchNames.Of(keyspace, name)) ?? throw BranchNames.Missing(keyspace, name);
            if (schema.Snapshots.Of(branch.Name).FirstOrDefault() is { } snapshot)
            {
                throw new VitessException(ErrorCodes.QueryError, $"the snapshot {snapshot} is of the branch {name}", sqlState: "2BP01", hint: "Drop the branch's snapshots first: SELECT * FROM dosql_snapshots lists them.");
            }

            var shards = tablets.Of(BranchNames.RootOf(branch.Name));
            await schema.SaveAndCommitAsync(schema.Current.VSchema.WithoutKeyspace(branch.Name), transaction, CancellationToken.None);
            var closed = tablets.Remove(branch.Name);
            tablets.Notes.Forget(closed);
            schema.Times.Forget(branch.Name);
            await TryDropAsync(closed, shards, BranchNames.NameOf(branch.Name));
            return true;
        },
        cancellationToken);

    /// <summary>Drops what a crash has left on shards; before the first statement.</summary>
    public async ValueTask<IReadOnlyList<string>> DropLeftoversAsync(VSchema current, CancellationToken cancellationToken)
    {
        var dropped = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var keyspace in current.WithoutBranches().Keyspaces.Values)
        {
            foreach (var history in tablets.Of(keyspace).Select(tablet => tablet.History).OfType<IShardHistory>())
            {
                foreach (var name in (await history.BranchesAsync(cancellationToken)).Keys)
                {
                    if (name == history.Branch || current.Find(BranchNames.Of(keyspace.Name, name))?.Name == BranchNames.Of(keyspace.Name, name)) continue;
                    await history.DropBranchAsync(name, cancellationToken);
                    dropped.Add($"branch {name} of keyspace {keyspace.Name} was dropped: a crash had left it incomplete, or it came with a backup of the keyspace, which has no branches");
                }
            }
        }

        return [.. dropped];
    }

    /// <summary>Looks after what was under way at the moment, and makes the branch known.</summary>
    private async ValueTask PublishAsync(VKeyspace branch, string parent, ITablet[] opened, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        var changed = schema.Current.VSchema.WithKeyspace(branch);
        var notes = new NoteRecovery(schema.StateOf(changed, tablets.With([(branch.Name, opened)])), opened, cancellationToken, parent);
        await notes.RunAsync();
        if (notes.HasFailed) throw new VitessException(ErrorCodes.ShardError, $"what was under way at that moment could not be looked after: {string.Join("; ", notes.Done)}", hint: "Name another moment.");
        tablets.Add(branch.Name, opened);
        try
        {
            await schema.Times.BeginAsync(changed, branch, cancellationToken);
            await schema.SaveAndCommitAsync(changed, transaction, CancellationToken.None);
        }
        catch
        {
            tablets.Remove(branch.Name);
            throw;
        }
    }

    private static VKeyspace CopyOf(KeyspaceCut cut, string name) => BranchSequences.Share(
        LookupDefinitions.RequireFilled(cut.Keyspace, "Make the branch").WithOwnSchemas() with { Name = name, Origin = new BranchOrigin(cut.Keyspace.Name, cut.Time) }, cut.Keyspace.Name);

    private static async ValueTask DropOnAsync(ITablet[] shards, string name, CancellationToken cancellationToken)
    {
        foreach (var tablet in shards) await tablet.History!.DropBranchAsync(name, cancellationToken);
    }

    /// <summary>Closes a branch's tablets, and drops it on the shards.</summary>
    private static async ValueTask TryDropAsync(ITablet[] opened, ITablet[] shards, string name)
    {
        foreach (var tablet in opened) await tablet.DisposeAsync();
        try
        {
            await DropOnAsync(shards, name, CancellationToken.None);
        }
        catch (VitessException)
        {
            // The next branch of that name drops it, or the next start: the VSchema does not know it.
        }
    }
}
