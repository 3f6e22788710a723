using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Restores a keyspace to a moment of its past (SEMANTICS S5.1): on every shard an earlier version becomes the newest, and the VSchema of then comes back as a new one. It is a change of the VSchema
/// like others, so that a moment in the middle of it is told from those before and behind. Steps:
/// <list type="number">
/// <item>In the turn to change the VSchema: writes that stand alone are held back, and every shard's writer is taken. Transactions that have written are waited for.</item>
/// <item>Every shard promises the time of the bookmark that leads back. Until here a failure has changed nothing.</item>
/// <item>The VSchema, and what each shard becomes, are saved together: from here on a crash is completed by the next start.</item>
/// <item>Shard after shard changes. If one cannot, those before it are changed back, which is a restore like this one.</item>
/// <item>What the versions of then have left to do is done: definitions and writes over shards that the moment cut in two, lookup vindexes that were being filled.</item>
/// </list>
/// Meanwhile the epoch of <see cref="RowMoves"/> is odd: answers that have seen some shards before and some after are thrown away, and transactions that have read before fail with 40001.
/// </summary>
internal sealed partial class SchemaChanges
{
    /// <summary>Restores a keyspace. Errors: the TT_ codes of the point; LOCK_TIMEOUT while others write; QUERY_ERROR (55006) while a lookup vindex is filled; SHARD_ERROR.</summary>
    /// <param name="name">The keyspace.</param>
    /// <param name="point">Where to.</param>
    /// <param name="renew">Told when the shards have changed: what was known of their other tables is of another time.</param>
    /// <param name="cancellationToken">Changes nothing, up to the moment at which it is decided.</param>
    public async ValueTask<RestoredKeyspace> RestoreAsync(string name, TimePoint point, Func<IReadOnlyList<ITablet>, ValueTask> renew, CancellationToken cancellationToken)
    {
        var result = await InTurnAsync(async transaction =>
        {
            var before = _current;
            var keyspace = LookupDefinitions.RequireFilled(before.VSchema.Get(name), "Restore the keyspace");
            var tablets = _tablets.Of(keyspace);
            await Moves.CloseAsync(cancellationToken);
            foreach (var tablet in tablets) await transaction.WriteOnAsync(tablet, cancellationToken);
            var cut = await new CutFinder(Times, _tablets, before.VSchema).FindAsync(keyspace.Name, point, null, cancellationToken);
            var restore = new KeyspaceRestore(keyspace.Name, [.. await TargetsAsync(tablets, cut, cancellationToken)]);
            var undo = await PromiseUndoAsync(before.VSchema, keyspace, tablets, cancellationToken);

            // Also where nothing was defined since: the moments between the first shard and the last are neither of then nor of now.
            var changed = before.VSchema.WithKeyspace(cut.Keyspace with { Registry = keyspace.Registry });
            await SaveAndRestoreAsync(before, changed, restore, transaction, cancellationToken);
            return new RestoredKeyspace(KeyspaceBookmark.Of(undo, keyspace.Name), [.. tablets.Select(tablet => tablet.Shard)], await SettleRestoredAsync(tablets, keyspace.Name, renew));
        }, cancellationToken);
        return result with { Notices = [.. result.Notices, .. await UndoBuildsAsync([_current.VSchema.Get(name)], CancellationToken.None)] };
    }

    /// <summary>Completes the restores that a crash has broken off, before anything looks at the shards.</summary>
    private async ValueTask<IReadOnlyList<string>> CompleteRestoresAsync(CancellationToken cancellationToken)
    {
        var done = new List<string>();
        foreach (var restore in _options.Topology.Restores)
        {
            var left = new List<ShardRestore>();
            foreach (var shard in restore.Shards)
            {
                if (await HeadAsync(TabletOf(restore, shard), cancellationToken) == shard.Head) left.Add(shard);
            }

            await ChangeShardsAsync(restore with { Shards = [.. left] });
            _options.Topology.EndRestore(restore.Keyspace);
            done.Add($"the restore of keyspace {restore.Keyspace}, which a crash had interrupted, was completed on {left.Count} of {restore.Shards.Length} shards");
        }

        return done;
    }

    private async ValueTask SaveAndRestoreAsync(GateState before, VSchema changed, KeyspaceRestore restore, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        changed = BranchSequences.Settle(before.VSchema, changed);
        var eras = await SaveAsync(before.VSchema, changed, restore, cancellationToken);
        Moves.BeginPublishing();
        try
        {
            await ChangeShardsAsync(restore, transaction.Writers.ToDictionary(writer => writer.Tablet.Shard, writer => writer.TxId));
            _options.Topology.EndRestore(restore.Keyspace);
            ForgetSequences(before.VSchema, changed, restore.Keyspace);
            _current = StateOf(changed);
            await Times.EndAsync(eras);
        }
        catch (VitessException failure)
        {
            await UndoRestoreAsync(before, changed, restore, eras, failure);
            throw;
        }
        finally
        {
            Moves.EndPublishing();
        }
    }

    /// <summary>Brings the shards that have changed back to where they were; where that fails, too, nobody may use the keyspace until a start has completed the restore.</summary>
    private async ValueTask UndoRestoreAsync(GateState before, VSchema changed, KeyspaceRestore restore, IReadOnlyList<VSchemaEra> eras, VitessException failure)
    {
        try
        {
            var back = new List<ShardRestore>();
            foreach (var shard in restore.Shards)
            {
                var head = await HeadAsync(TabletOf(restore, shard), CancellationToken.None);
                if (head != shard.Head) back.Add(new ShardRestore(shard.Shard, head, shard.Head));
            }

            var restored = before.VSchema with { Version = changed.Version + 1 };
            var again = Times.Undo(eras, restored, restored.Version);
            var reverse = restore with { Shards = [.. back] };
            _options.Topology.Save(changed.Version, restored, restore: reverse);
            await ChangeShardsAsync(reverse);
            _options.Topology.EndRestore(restore.Keyspace);
            ForgetSequences(before.VSchema, changed, restore.Keyspace);
            _current = StateOf(restored);
            await Times.EndAsync(again, eras);
        }
        catch (VitessException)
        {
            Refuse(restore.Keyspace, $"keyspace \"{restore.Keyspace}\" was being restored, and some of its shards have not answered: {failure.Message}");
        }
    }

    /// <summary>What is left to do when the shards have changed. Never fails: the next start does what cannot be done now.</summary>
    private async ValueTask<IReadOnlyList<string>> SettleRestoredAsync(ITablet[] tablets, string keyspace, Func<IReadOnlyList<ITablet>, ValueTask> renew)
    {
        _tablets.Notes.Forget(tablets);
        try
        {
            await renew(tablets);
            var repair = new SchemaRepair(_current, CancellationToken.None, keyspace);
            await repair.RunAsync();
            var others = _current.VSchema.Keyspaces.Values.Where(each => !VSchemaNames.Comparer.Equals(each.Name, keyspace)).SelectMany(each => each.Tables.Values).Select(table => table.Schema);
            var refused = new Dictionary<TableSchema, string>(repair.Refused, ReferenceEqualityComparer.Instance);
            foreach (var schema in others)
            {
                if (schema is not null && _refused.TryGetValue(schema, out var why)) refused[schema] = why;
            }

            _refused = refused;
            _current = StateOf(_current.VSchema);
            var notes = new NoteRecovery(_current, tablets, CancellationToken.None);
            await notes.RunAsync();
            return [.. repair.Repairs, .. notes.Done, .. repair.Refused.Values];
        }
        catch (VitessException failure)
        {
            return [$"the keyspace is restored; what was under way at that moment could not be looked after, which the next start does: {failure.Message}"];
        }
    }

    /// <summary>A time at which all is as it is now, on every shard.</summary>
    private async ValueTask<HlcTimestamp> PromiseUndoAsync(VSchema current, VKeyspace keyspace, ITablet[] tablets, CancellationToken cancellationToken)
    {
        var time = await Times.LatestAsync(keyspace, cancellationToken);

        // The change that follows begins behind a time that was asked for.
        await Times.FindAsync(current, keyspace, time, TimePoint.OfTimestamp(time.ToMoment()), cancellationToken);
        foreach (var tablet in tablets) await tablet.History!.PromiseAsync(tablet.History.Branch, time, cancellationToken);
        return time;
    }

    private static async ValueTask<List<ShardRestore>> TargetsAsync(ITablet[] tablets, KeyspaceCut cut, CancellationToken cancellationToken)
    {
        var shards = new List<ShardRestore>();
        for (var i = 0; i < tablets.Length; i++)
        {
            var version = await cut.VersionOnAsync(i, cancellationToken);
            if (version.Branch != tablets[i].History!.Branch)
            {
                throw new VitessException(ErrorCodes.InvalidPoint, $"{cut.Point} is on branch {version.Branch}: a keyspace is restored to a point of its own past", hint: "Name a point of the branch that is restored.");
            }

            shards.Add(new ShardRestore(tablets[i].Shard, await HeadAsync(tablets[i], cancellationToken), version.Lsn));
        }

        // Nobody means a keyspace that is not there yet: more likely the year is wrong, or the zone.
        if (shards.TrueForAll(shard => shard.Target == Lsn.Zero) && shards.Exists(shard => shard.Head != Lsn.Zero))
        {
            throw new VitessException(ErrorCodes.PointNotFound, $"keyspace \"{cut.Keyspace.Name}\" did not exist yet at {cut.Point}");
        }

        return shards;
    }

    private async ValueTask ChangeShardsAsync(KeyspaceRestore restore, IReadOnlyDictionary<string, string>? transactions = null)
    {
        // It has been decided: nobody can change his mind.
        foreach (var shard in restore.Shards)
        {
            var history = TabletOf(restore, shard).History!;
            await history.RestoreAsync(history.Branch, shard.Target, transactions?.GetValueOrDefault(shard.Shard), CancellationToken.None);
        }
    }

    private static async ValueTask<Lsn> HeadAsync(ITablet tablet, CancellationToken cancellationToken) => (await tablet.History!.FindAsync(tablet.History.Branch, KeyspaceCut.Head, cancellationToken)).At.Lsn;

    private ITablet TabletOf(KeyspaceRestore restore, ShardRestore shard) => Array.Find(_tablets.Of(restore.Keyspace), tablet => tablet.Shard == shard.Shard && tablet.History is not null)
        ?? throw new VitessException(ErrorCodes.ShardError, $"keyspace \"{restore.Keyspace}\" was being restored, and this shard keeps no versions", shard.Shard, "XX001", hint: "Put the shard's page log back, and start again.");

    // What is left of blocks is not used: a sequence that comes back may have given it before.
    private void ForgetSequences(VSchema before, VSchema after, string keyspace)
    {
        foreach (var sequence in before.Get(keyspace).Sequences.Values.Concat(after.Get(keyspace).Sequences.Values)) _sequences.Forget(keyspace, sequence.Counter);
    }

    private void Refuse(string keyspace, string why)
    {
        var refused = new Dictionary<TableSchema, string>(_refused, ReferenceEqualityComparer.Instance);
        foreach (var table in _current.VSchema.Get(keyspace).Tables.Values)
        {
            if (table.Schema is { } schema) refused[schema] = why;
        }

        _refused = refused;
        _current = StateOf(_current.VSchema);
    }
}

/// <summary>A keyspace that has been restored.</summary>
/// <param name="Undo">The bookmark of the moment before.</param>
/// <param name="Shards">The shards, by key range.</param>
/// <param name="Notices">What had to be looked after, in words.</param>
internal sealed record RestoredKeyspace(string Undo, IReadOnlyList<string> Shards, IReadOnlyList<string> Notices);
