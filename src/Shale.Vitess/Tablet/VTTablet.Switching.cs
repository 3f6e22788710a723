using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>How a shard goes over to another engine.</summary>
public sealed partial class VTTablet
{
    private int _switching;

    /// <summary>
    /// Goes over to another engine of the same kind, whose database is empty: holds writes back, copies schema and rows, verifies them by number and hash, and serves from the new
    /// engine. Reads go on all the while; writes wait, those that wait longer than <see cref="VTTabletOptions.LockTimeout"/> fail with LOCK_TIMEOUT. Transactions that read keep
    /// their snapshots; the old engine is closed when the last of them has ended. If anything fails, the tablet stays where it was, and the target is the caller's.
    /// Versions and snapshots stay behind: the new engine begins with its own.
    /// </summary>
    /// <param name="target">The tablet owns it once it serves from it.</param>
    /// <param name="cancellationToken">Leaves everything as it was.</param>
    /// <exception cref="VitessException">
    /// LOCK_TIMEOUT if a transaction goes on writing; QUERY_ERROR (0A000) for another kind of engine or a table that cannot be copied, (55006) if the target is not empty or a switch is under way, (2BP01)
    /// while there are branches; SHARD_ERROR (XX001) if the copy differs.
    /// </exception>
    public ValueTask SwitchEngineAsync(IStorageEngine target, CancellationToken cancellationToken = default) => SwitchAsync(target, null, cancellationToken);

    /// <summary>
    /// Goes over to an engine of any kind, from SQLite to PostgreSQL and back: as the other, but the tables are made as the keyspace defines them, in the new engine's own types, and every row is compared
    /// in the form that both mean. Transactions on PostgreSQL are waited for, also such as only read. Whoever speaks to the tablet speaks the new engine's SQL from then on: of a shard behind a gate, which
    /// would not know, it is refused (ALTER KEYSPACE … SET ENGINE does it for all shards).
    /// </summary>
    /// <param name="target">The tablet owns it once it serves from it. Its database is empty.</param>
    /// <param name="keyspace">The tables that the shard has, as the gate that made them knows them.</param>
    /// <param name="cancellationToken">Leaves everything as it was, and the target empty.</param>
    /// <exception cref="VitessException">As the other; QUERY_ERROR (0A000) also for what the other engine does not have.</exception>
    public ValueTask SwitchEngineAsync(IStorageEngine target, VKeyspace keyspace, CancellationToken cancellationToken = default)
    {
        if (_options.IsBehindAGate && target.Type != Engine)
        {
            throw new VitessException(ErrorCodes.QueryError, $"a shard of keyspace \"{Keyspace}\" cannot go over to {target.Type} alone: a keyspace has one engine", Shard, "0A000", "ALTER KEYSPACE … SET ENGINE switches all of its shards.");
        }

        return SwitchAsync(target, keyspace, cancellationToken);
    }

    private async ValueTask SwitchAsync(IStorageEngine target, VKeyspace? keyspace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var connections = target.Type == Engine ? null : (int?)Math.Min(_options.MaxReaders, _options.MaxWriters);
        await TranslatedAsync(() => keyspace is not null || (target.Type, Engine) == (StorageEngineType.Sqlite, StorageEngineType.Sqlite) ? ValueTask.CompletedTask : throw new VitessException(
            ErrorCodes.QueryError, $"a tablet of {Engine} cannot go over to {target.Type} without the definitions of its tables", sqlState: "0A000", hint: "Give the keyspace, too."));
        await using var going = await BeginSwitchAsync(cancellationToken);
        await going.CopyAsync(target, keyspace, cancellationToken);
        await going.CommitAsync(cancellationToken);
        if (_options.BeforeSwitch is { } keep) await TranslatedAsync(() => keep(target, cancellationToken));
        await going.CompleteAsync(connections);
    }

    /// <summary>Holds writes back until the switch is complete, or disposed. Errors: LOCK_TIMEOUT; QUERY_ERROR (0A000) for a branch, (2BP01) while there are branches, (55006) while a switch is under way.</summary>
    internal async ValueTask<EngineSwitch> BeginSwitchAsync(CancellationToken cancellationToken)
    {
        await TranslatedAsync(async () =>
        {
            Require(Shard);
            if (_options.Branch is { } branch) throw new VitessException(ErrorCodes.QueryError, $"the branch {branch} cannot go to another engine alone", sqlState: "0A000", hint: "Switch the shard.");
            if (_engine.History is not null) await _history.RequireNoBranchesAsync(cancellationToken);
            if (Interlocked.Exchange(ref _switching, 1) != 0) throw new VitessException(ErrorCodes.QueryError, "the shard is going over to another engine already", sqlState: "55006", hint: "Wait for that.");
        });
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            await TranslatedAsync(() => _writer.CloseForAllAsync(either.Token));
            return new EngineSwitch(this);
        }
        catch
        {
            Volatile.Write(ref _switching, 0);
            throw;
        }
    }

    /// <summary>Copies everything to another engine, and verifies it, while nobody writes.</summary>
    /// <param name="target">The other engine.</param>
    /// <param name="keyspace">The tables; null for an engine of the same kind, which copies what it finds.</param>
    /// <param name="cancellationToken">Leaves the target empty.</param>
    /// <returns>The copy, which is not committed yet; null where it is durable already.</returns>
    internal async ValueTask<ShardCopy?> CopyToAsync(IStorageEngine target, VKeyspace? keyspace, CancellationToken cancellationToken)
    {
        ShardCopy? copy = null;
        await TranslatedAsync(async () =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);

            // Not on the caller's thread: SQLite would keep it until all is copied.
            copy = await Task.Run(() => CopyAsync(target, keyspace, either.Token).AsTask(), either.Token);
            Require(Shard);
        });
        return copy;
    }

    private async ValueTask<ShardCopy?> CopyAsync(IStorageEngine target, VKeyspace? keyspace, CancellationToken cancellationToken)
    {
        await ShardCopy.ClaimAsync(_engine, cancellationToken);
        await using var source = await _engine.OpenAsync(EngineAccess.Read, cancellationToken);
        await source.BeginAsync(IsolationLevel.RepeatableRead, readOnly: true, cancellationToken);
        if (keyspace is not null) return await ShardCopy.MakeAsync(source, Engine, target, keyspace, cancellationToken);
        await target.CopyFromAsync(source, cancellationToken);
        return null;
    }

    /// <summary>Sends away who waits to write, and who comes, with SERIALIZATION_FAILURE (40001): what they have to write is in the SQL of the engine that is left.</summary>
    internal void TurnAway() => _writer.TurnAway();

    /// <summary>Lets those wait again who come.</summary>
    internal ValueTask HoldBackAsync(CancellationToken cancellationToken) => TranslatedAsync(() => _writer.HoldBackAsync(cancellationToken));

    /// <summary>From now on the tablet serves from the other engine, and others may write.</summary>
    internal async ValueTask EndSwitchAsync(IStorageEngine target, int? connections)
    {
        var options = connections is { } limit ? _options with { MaxReaders = limit, MaxWriters = limit } : _options;
        var before = _writer;
        var after = TabletWriter.Of(target, options);
        before.Precede(after);
        (_engine, _writer) = (target, after);
        _transactions.Switch(after);
        await before.GiveWayAsync();
        await _readers.SwitchAsync(target, options.MaxReaders);
        Volatile.Write(ref _switching, 0);
    }

    /// <summary>The tablet stays where it is.</summary>
    internal async ValueTask CancelSwitchAsync()
    {
        await _writer.OpenAsync();
        Volatile.Write(ref _switching, 0);
    }

    /// <summary>Does something for the shard; failures name it.</summary>
    internal async ValueTask TranslatedAsync(Func<ValueTask> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (Translate(exception) is { } failure)
        {
            throw failure;
        }
    }
}
