using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Brings a keyspace to another engine while it is used (SEMANTICS S1.4): statements are in the SQL of one engine, so that all shards go in one moment. Steps:
/// <list type="number">
/// <item>In the turn to change the VSchema, when no write that stands alone is under way, every shard's writers are held back; transactions that write are waited for, those that come to a shard meanwhile fail with 40001.</item>
/// <item>Each shard is copied and verified, in a transaction of the new engine. Reads go on; writes wait behind the shards, no longer than lock_timeout; other keyspaces are not touched.</item>
/// <item>The copies are committed. Until here a failure, or a crash, leaves everything where it was; after a failure nothing is left on the new engine.</item>
/// <item>Writes that still wait are sent away and run anew; the VSchema is saved: from here on a start finds the new engine.</item>
/// <item>The tablets go over. Meanwhile the epoch of <see cref="RowMoves"/> is odd: answers that have seen both engines are thrown away and asked for again.</item>
/// </list>
/// </summary>
internal sealed partial class SchemaChanges
{
    /// <summary>Brings a keyspace to another engine. Errors: LOCK_TIMEOUT while others write; QUERY_ERROR (0A000) for what the engine does not have, (2BP01) while snapshots or branches need the old one, (55006); SHARD_ERROR.</summary>
    /// <param name="name">The keyspace.</param>
    /// <param name="engine">Where to.</param>
    /// <param name="cancellationToken">Changes nothing, up to the moment at which it is decided.</param>
    public ValueTask<SwitchedKeyspace> SwitchEngineAsync(string name, StorageEngineType engine, CancellationToken cancellationToken) => InTurnAsync(async _ =>
    {
        var keyspace = LookupDefinitions.RequireFilled(_current.VSchema.Get(name), "Switch the engine");
        if (keyspace.Engine == engine) return new SwitchedKeyspace([], [$"keyspace \"{keyspace.Name}\" is on {engine} already"]);
        RequireSwitchable(keyspace, engine);
        var goal = TableTransfers.On(keyspace, engine);
        var targets = await _options.Targets!.OpenAsync(goal, cancellationToken);
        var going = new List<(ShardTarget Target, EngineSwitch Switch)>();
        try
        {
            await Moves.CloseAsync(cancellationToken);
            await HoldBackAsync(targets, going, cancellationToken);
            Moves.Open();
            await Notes.RequireDoneAsync(_tablets.Of(keyspace), cancellationToken);
            await Task.WhenAll(going.Select(each => each.Switch.CopyAsync(each.Target.Engine, keyspace, cancellationToken).AsTask()));
            foreach (var (target, shard) in going)
            {
                await shard.CommitAsync(cancellationToken);
                if (target.Keep is { } keep) await keep(cancellationToken);
            }

            await Moves.CloseAsync(cancellationToken, () => going.ForEach(each => each.Switch.TurnAway()));
            await PublishAsync(goal, going);
        }
        catch
        {
            await LeaveAsync(targets, going);
            throw;
        }

        return new SwitchedKeyspace([.. going.Select(each => (each.Target.Tablet.Shard, each.Switch.Rows))], [.. targets.Select(target => target.Left).OfType<string>()]);
    }, cancellationToken);

    private EntryNotes Notes => _tablets.Notes;

    private void RequireSwitchable(VKeyspace keyspace, StorageEngineType engine)
    {
        if (BranchNames.IsBranch(keyspace.Name)) throw Refused($"\"{keyspace.Name}\" is a branch, which is where its keyspace is", "0A000", $"Switch {BranchNames.RootOf(keyspace.Name)}.");
        if (_options.Targets is null) throw Refused("the shards of this gate go nowhere from here", "0A000", "Switch the engine where the shards are.");
        if (_options.Topology.Snapshots(keyspace.Name).Keys.FirstOrDefault() is { } snapshot) throw Refused($"the snapshot \"{snapshot}\" of keyspace \"{keyspace.Name}\" holds versions, which stay behind", "2BP01", "CALL dosql_drop_snapshot(…) gives them up.");
        if (keyspace.Tables.Values.FirstOrDefault(table => table.Schema is { } schema && _refused.ContainsKey(schema)) is { } refused) throw Refused(_refused[refused.Schema!], "55000", "Drop or restore the table first.");
        _ = TableTransfers.Of(keyspace, engine);
        TableTransfers.RequireViews(keyspace, engine);

        static VitessException Refused(string what, string state, string hint) => new(ErrorCodes.QueryError, what, sqlState: state, hint: hint);
    }

    // A transaction that has one shard and wants another, which is held back already, would be waited for in vain: until all are, it is sent away.
    private static async ValueTask HoldBackAsync(IReadOnlyList<ShardTarget> targets, List<(ShardTarget Target, EngineSwitch Switch)> going, CancellationToken cancellationToken)
    {
        foreach (var target in targets)
        {
            going.Add((target, await target.Tablet.BeginSwitchAsync(cancellationToken)));
            going[^1].Switch.TurnAway();
        }

        foreach (var (_, shard) in going) await shard.HoldBackAsync(cancellationToken);
    }

    private async ValueTask PublishAsync(VKeyspace goal, List<(ShardTarget Target, EngineSwitch Switch)> going)
    {
        var before = _current;
        var changed = before.VSchema.WithKeyspace(goal);
        _options.Topology.Save(before.VSchema.Version, changed);
        Moves.BeginPublishing();
        try
        {
            foreach (var (target, shard) in going) await shard.CompleteAsync(target.Connections);
            _current = StateOf(changed);
        }
        finally
        {
            Moves.EndPublishing();
        }

        try
        {
            // A page log begins its own history; PostgreSQL has none.
            if (goal.Engine == StorageEngineType.Sqlite) await Times.BeginAsync(changed, changed.Get(goal.Name), CancellationToken.None);
            else Times.Forget(goal.Name);
        }
        catch (VitessException)
        {
            // The next start does it.
        }
    }

    private static async ValueTask LeaveAsync(IReadOnlyList<ShardTarget> targets, List<(ShardTarget Target, EngineSwitch Switch)> going)
    {
        foreach (var (_, shard) in going) await shard.DisposeAsync();
        foreach (var target in targets)
        {
            try
            {
                await target.Engine.DisposeAsync();
            }
            catch (Exception failure) when (failure is VitessException or IOException or UnauthorizedAccessException)
            {
                // The failure that led here is the one to be told.
            }

            target.Discard?.Invoke();
        }
    }
}

/// <summary>A keyspace that has gone over to another engine.</summary>
/// <param name="Shards">The shards, by key range, and how many rows each had; none where there was nothing to do.</param>
/// <param name="Notices">What should be known.</param>
internal sealed record SwitchedKeyspace(IReadOnlyList<(string Shard, long Rows)> Shards, IReadOnlyList<string> Notices);
