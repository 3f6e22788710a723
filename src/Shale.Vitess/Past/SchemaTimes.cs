namespace Shale.Vitess;

/// <summary>
/// Notes when the VSchema of a keyspace changes, and finds the one that was in force at a time (SEMANTICS S2.4). Thread-safe.
/// <list type="bullet">
/// <item>A change notes its time before the first shard commits, and every shard promises that it commits nothing more at or before it: a cut there is of the VSchema before. It notes
/// another time when all have committed: a cut from there on is of the new one. In between some shards have changed and some have not; a cut there is refused.</item>
/// <item>A time that was asked for is remembered: a change that begins later begins behind it.</item>
/// <item>A change whose end nobody has noted, because the process ended or a shard did not answer, is settled before anybody asks again.</item>
/// </list>
/// Keyspaces whose shards keep no versions have no eras.
/// </summary>
/// <param name="topology">Where the VSchemas of the past are kept, and which named snapshots there are.</param>
/// <param name="tablets">The shards, whose clocks count.</param>
/// <param name="stored">The VSchema at the start.</param>
internal sealed class SchemaTimes(ITopology topology, TabletMap tablets, VSchema stored) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _settling = new(1, 1);
    private readonly HashSet<string> _changing = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, HlcTimestamp> _asked = new(StringComparer.OrdinalIgnoreCase);

    // What a crash has left: the shards are mended before it is over.
    private readonly VSchemaEra[] _broken = [.. stored.Keyspaces.Keys.Select(keyspace => topology.Eras.Of(keyspace)).Where(known => known is [.., { Since: null }]).Select(known => known.First(era => era.Since is null))];

    /// <summary>A named snapshot that all shards have, of a keyspace or another branch of its root: they share one space of names. Null if there is none.</summary>
    public (VKeyspace Keyspace, HlcTimestamp Time)? FindSnapshot(VSchema current, string keyspace, string name)
    {
        foreach (var other in current.Keyspaces.Values.Where(other => BranchNames.AreOfOneRoot(keyspace, other.Name)))
        {
            if (topology.Snapshots(other.Name).TryGetValue(name, out var time)) return (other, time);
        }

        return null;
    }

    /// <summary>The VSchemas that a keyspace had up to a time and that are kept, newest first; those of a branch are followed by those that its parent had before it began, as far as they are known.</summary>
    /// <param name="current">The VSchema as it is now.</param>
    /// <param name="keyspace">Its keyspace.</param>
    /// <param name="time">The time.</param>
    public IEnumerable<VKeyspace> UpTo(VSchema current, VKeyspace keyspace, HlcTimestamp time)
    {
        for (VKeyspace? of = keyspace; of is not null; of = ParentOf(current, of))
        {
            foreach (var era in topology.Eras.Of(of.Name).Reverse())
            {
                if (era.Change < time || era.Since <= time) yield return topology.Eras.Load(era);
            }

            if (of.Origin is { } origin && origin.Time < time) time = origin.Time;
        }
    }

    /// <summary>Whether it is known what a keyspace was before it became a branch; true if it is none. It is not where the parent has been dropped.</summary>
    public bool KnowsOrigin(VSchema current, VKeyspace keyspace) => keyspace.Origin is null || !BranchNames.IsBranch(keyspace.Name) || (ParentOf(current, keyspace) is { } parent && KnowsOrigin(current, parent));

    /// <summary>What a branch began from; null if that is no more, also where another branch has its name now: that is younger.</summary>
    public static VKeyspace? ParentOf(ITopology topology, VSchema current, VKeyspace branch) => branch.Origin is { } origin && current.Find(origin.Parent) is { } parent
        && topology.Eras.Of(parent.Name) is [var first, ..] && topology.Eras.Of(branch.Name) is [var own, ..] && first.Version < own.Version ? parent : null;

    /// <summary>Notes that a change begins. If it fails, nothing has been noted.</summary>
    /// <param name="before">The VSchema so far.</param>
    /// <param name="after">The one that is about to be saved.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    /// <returns>The eras that begin with it.</returns>
    public async ValueTask<IReadOnlyList<VSchemaEra>> BeginAsync(VSchema before, VSchema after, CancellationToken cancellationToken)
    {
        var begun = new List<VSchemaEra>();
        try
        {
            foreach (var keyspace in after.Keyspaces.Values)
            {
                if (before.Find(keyspace.Name) is not { } old || ReferenceEquals(old, keyspace) || !HasHistory(keyspace)) continue;
                await SettleAsync(before, old, cancellationToken);
                begun.Add(await BeginAsync(keyspace, after.Version, cancellationToken));
            }

            return begun;
        }
        catch
        {
            Cancel(begun);
            throw;
        }
    }

    /// <summary>Begins the history of a new keyspace, and forgets that of an earlier one of its name.</summary>
    public async ValueTask BeginAsync(VSchema current, VKeyspace keyspace, CancellationToken cancellationToken)
    {
        Forget(keyspace.Name);
        await SettleAsync(current, keyspace, cancellationToken);
    }

    /// <summary>Forgets the history of a keyspace that is no more.</summary>
    public void Forget(string keyspace)
    {
        foreach (var era in topology.Eras.Of(keyspace)) topology.Eras.Remove(era);
        lock (_lock) _asked.Remove(keyspace);
    }

    /// <summary>Nothing has changed: what <see cref="BeginAsync(VSchema, VSchema, CancellationToken)"/> has noted is forgotten.</summary>
    public void Cancel(IReadOnlyList<VSchemaEra> begun)
    {
        foreach (var era in begun) topology.Eras.Remove(era);
        Leave(begun);
    }

    /// <summary>A change could not be committed, though some shards may have: the VSchema before is in force again from now on. Called before that is saved.</summary>
    /// <returns>The eras that begin with it.</returns>
    public IReadOnlyList<VSchemaEra> Undo(IReadOnlyList<VSchemaEra> begun, VSchema before, long version)
    {
        var undone = new List<VSchemaEra>();
        foreach (var era in begun)
        {
            undone.Add(era with { Version = version });
            topology.Eras.Add(undone[^1], before.Get(era.Keyspace));
        }

        return undone;
    }

    /// <summary>All shards have committed. Never fails: what cannot be noted now is settled later.</summary>
    public async ValueTask EndAsync(IReadOnlyList<VSchemaEra> begun, IReadOnlyList<VSchemaEra>? undone = null)
    {
        try
        {
            foreach (var era in undone ?? []) topology.Eras.Remove(era);
            foreach (var era in begun) topology.Eras.End(era, await HeadsAsync(era, CancellationToken.None));
            foreach (var era in begun) await PruneAsync(era.Keyspace);
        }
        catch (VitessException)
        {
            // The era stays open.
        }
        finally
        {
            Leave(begun);
        }
    }

    /// <summary>Begins the history of keyspaces that have none, and settles what a crash has left open; once at the start, when the shards have been mended and before the first statement.</summary>
    public async ValueTask StartAsync(VSchema current, CancellationToken cancellationToken)
    {
        foreach (var keyspace in current.Keyspaces.Values)
        {
            if (!HasHistory(keyspace)) continue;
            await SettleAsync(current, keyspace, cancellationToken);
            if (Array.Find(_broken, era => VSchemaNames.Comparer.Equals(era.Keyspace, keyspace.Name)) is { } broken) await MendAsync(broken, cancellationToken);
            var newest = topology.Eras.Of(keyspace.Name)[^1];
            if (TopologyDocument.WriteEra(topology.Eras.Load(newest)) != TopologyDocument.WriteEra(keyspace))
            {
                // Changed without a gate: by a VSchema file, or by an older Shale.
                var now = await LatestAsync(keyspace, cancellationToken);
                topology.Eras.Add(new VSchemaEra(keyspace.Name, Math.Max(current.Version, newest.Version + 1), now, now), keyspace);
            }

            await PruneAsync(keyspace.Name);
        }
    }

    /// <summary>
    /// The era in force at a time, and the keyspace as it was then; before a branch began, that of its parent under the branch's name. TT_NOT_SUPPORTED for a keyspace whose shards keep no versions; TT_LSN_NOT_AVAILABLE for a time before the first era that is kept;
    /// TT_POINT_NOT_FOUND for one in which the VSchema was changing.
    /// </summary>
    /// <param name="current">The VSchema as it is now.</param>
    /// <param name="keyspace">Its keyspace.</param>
    /// <param name="time">The time.</param>
    /// <param name="point">As it was named, for errors.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    public async ValueTask<(VSchemaEra Era, VKeyspace Keyspace)> FindAsync(VSchema current, VKeyspace keyspace, HlcTimestamp time, TimePoint point, CancellationToken cancellationToken)
    {
        RequireHistory(keyspace);
        if (IsUnsettled(keyspace.Name)) await SettleAsync(current, keyspace, cancellationToken);
        if (keyspace.Origin is { } origin && time < origin.Time && ParentOf(current, keyspace) is { } parent)
        {
            var (former, then) = await FindAsync(current, parent, time, point, cancellationToken);
            return (former, BranchSequences.Share(then, parent.Name) with { Name = keyspace.Name, Origin = origin });
        }

        lock (_lock)
        {
            if (_asked.GetValueOrDefault(keyspace.Name) < time) _asked[keyspace.Name] = time;
            var era = Find(keyspace.Name, time, point);
            return (era, topology.Eras.Load(era));
        }
    }

    /// <summary>TT_NOT_SUPPORTED for a keyspace of which a shard keeps no versions (SEMANTICS S5.4).</summary>
    public void RequireHistory(VKeyspace keyspace)
    {
        if (Array.Find(tablets.Of(keyspace), tablet => tablet.History is null) is { } without) throw WithoutHistory(keyspace, without);
    }

    /// <summary>TT_NOT_SUPPORTED for a keyspace of which a shard keeps no versions.</summary>
    public static VitessException WithoutHistory(VKeyspace keyspace, ITablet without) => new(
        ErrorCodes.TimeTravelNotSupported, $"the shards of keyspace \"{keyspace.Name}\" keep no versions: there is only the present",
        hint: without.Engine == Contracts.StorageEngineType.Sqlite ? "Time travel needs shards on page logs, not on plain SQLite files." : "Time travel needs SQLite shards; PostgreSQL keeps no history.");

    /// <summary>Now, by the clock of the shard that is ahead of the others: all that has been committed is at or before it. TT_NOT_SUPPORTED as <see cref="RequireHistory"/>.</summary>
    public async ValueTask<HlcTimestamp> LatestAsync(VKeyspace keyspace, CancellationToken cancellationToken)
    {
        RequireHistory(keyspace);
        HlcTimestamp latest = default;
        foreach (var tablet in tablets.Of(keyspace))
        {
            var now = await tablet.History!.NowAsync(cancellationToken);
            if (latest < now) latest = now;
        }

        return latest;
    }

    /// <summary>No change may be under way.</summary>
    public void Dispose() => _settling.Dispose();

    private VKeyspace? ParentOf(VSchema current, VKeyspace branch) => ParentOf(topology, current, branch);

    private bool HasHistory(VKeyspace keyspace) => Array.TrueForAll(tablets.Of(keyspace), tablet => tablet.History is not null);

    /// <summary>A change that was broken off is over when the shards have been mended: the newest era begins with it.</summary>
    private async ValueTask MendAsync(VSchemaEra broken, CancellationToken cancellationToken)
    {
        var known = topology.Eras.Of(broken.Keyspace);
        var newest = known[^1];
        var began = newest.Change > broken.Change && newest.Version > broken.Version;
        if (began)
        {
            var schema = topology.Eras.Load(newest);
            topology.Eras.Add(newest with { Change = broken.Change, Since = null }, schema);
            foreach (var era in known.Where(era => era.Version >= broken.Version && era.Version < newest.Version)) topology.Eras.Remove(era);
        }

        if (began || newest.Version == broken.Version) topology.Eras.End(newest, await HeadsAsync(newest, cancellationToken));
    }

    private async ValueTask<VSchemaEra> BeginAsync(VKeyspace keyspace, long version, CancellationToken cancellationToken)
    {
        var shards = tablets.Of(keyspace);
        var now = new HlcTimestamp[shards.Length];
        for (var i = 0; i < now.Length; i++) now[i] = await shards[i].History!.NowAsync(cancellationToken);
        VSchemaEra era;
        lock (_lock)
        {
            var time = now.Min();
            if (_asked.TryGetValue(keyspace.Name, out var asked) && time < asked) time = asked;
            era = new VSchemaEra(keyspace.Name, version, time, null);
            topology.Eras.Add(era, keyspace);
            _changing.Add(keyspace.Name);
        }

        try
        {
            // A shard whose clock is behind the others' cannot promise more than it has seen.
            for (var i = 0; i < now.Length; i++) await shards[i].History!.PromiseAsync(shards[i].History!.Branch, now[i] < era.Change ? now[i] : era.Change, cancellationToken);
            return era;
        }
        catch
        {
            Cancel([era]);
            throw;
        }
    }

    private VSchemaEra Find(string keyspace, HlcTimestamp time, TimePoint point)
    {
        var found = VSchemaEra.InForce(topology.Eras.Of(keyspace), time, out var changing);
        if (changing is not null) throw Changing(keyspace, changing, point);
        return found ?? throw new VitessException(ErrorCodes.LsnNotAvailable, $"{point} is before the first moment of which the tables of keyspace \"{keyspace}\" are known",
            hint: topology.Eras.Of(keyspace) is [{ Since: { } first }, ..] ? $"Name a moment from {TimestampText.Write(first.ToMoment())} on." : null);
    }

    private static VitessException Changing(string keyspace, VSchemaEra era, TimePoint point)
    {
        var before = TimestampText.Write(era.Change.ToMoment().AddTicks(-TimeSpan.TicksPerMicrosecond));
        return new VitessException(ErrorCodes.PointNotFound, $"the tables of keyspace \"{keyspace}\" were changing at {point}: some shards had changed, and some had not",
            hint: era.Since is { } since ? $"Name a moment up to {before}, or from {TimestampText.Write(since.ToMoment())} on." : $"Name a moment up to {before}, or one when the change is over.");
    }

    private bool IsUnsettled(string keyspace)
    {
        lock (_lock) return !_changing.Contains(keyspace) && (topology.Eras.Of(keyspace) is not { Count: > 0 } known || known[^1].Since is null);
    }

    /// <summary>Gives a keyspace its first era, or the one that is open its end.</summary>
    private async ValueTask SettleAsync(VSchema current, VKeyspace keyspace, CancellationToken cancellationToken)
    {
        await _settling.WaitAsync(cancellationToken);
        try
        {
            if (!IsUnsettled(keyspace.Name)) return;
            var known = topology.Eras.Of(keyspace.Name);
            foreach (var lost in known.Where(era => era.Since is null && (era.Version > current.Version || era != known.Last(each => each.Version <= current.Version)))) topology.Eras.Remove(lost);
            known = topology.Eras.Of(keyspace.Name);
            if (known.Count == 0)
            {
                var begin = keyspace.Origin?.Time ?? (await IsEmptyAsync(keyspace, cancellationToken) ? default : await LatestAsync(keyspace, cancellationToken));
                topology.Eras.Add(new VSchemaEra(keyspace.Name, current.Version, begin, begin), keyspace);
            }
            else if (known[^1].Since is null)
            {
                topology.Eras.End(known[^1], await HeadsAsync(known[^1], cancellationToken));
            }
        }
        finally
        {
            _settling.Release();
        }
    }

    /// <summary>A time at which all that the shards have committed since an era began is over.</summary>
    private async ValueTask<HlcTimestamp> HeadsAsync(VSchemaEra era, CancellationToken cancellationToken)
    {
        var time = new HlcTimestamp(era.Change.Value + 1);
        foreach (var tablet in tablets.Of(era.Keyspace))
        {
            var head = await tablet.History!.FindAsync(tablet.History.Branch, KeyspaceCut.Head, cancellationToken);
            if (time < head.Time) time = head.Time;
        }

        return time;
    }

    private async ValueTask<bool> IsEmptyAsync(VKeyspace keyspace, CancellationToken cancellationToken)
    {
        foreach (var tablet in tablets.Of(keyspace))
        {
            if ((await tablet.History!.FindAsync(tablet.History.Branch, KeyspaceCut.Head, cancellationToken)).At.Lsn.Value > 0) return false;
        }

        return true;
    }

    /// <summary>Forgets eras that ended before everything that the shards keep.</summary>
    private async ValueTask PruneAsync(string keyspace)
    {
        while (topology.Eras.Of(keyspace) is [var oldest, { Since: not null } next, ..] && await IsBeyondAsync(keyspace, next.Change)) topology.Eras.Remove(oldest);
    }

    private async ValueTask<bool> IsBeyondAsync(string keyspace, HlcTimestamp time)
    {
        foreach (var tablet in tablets.Of(keyspace))
        {
            if ((await tablet.History!.SnapshotsAsync(CancellationToken.None)).Values.Any(snapshot => snapshot.Time <= time)) return false;
            try
            {
                await tablet.History!.FindAsync(tablet.History.Branch, TimePoint.OfTimestamp(time.ToMoment()), CancellationToken.None);
                return false;
            }
            catch (VitessException failure) when (failure.Code == ErrorCodes.LsnNotAvailable.Code)
            {
                // This shard keeps nothing of it.
            }
        }

        return true;
    }

    private void Leave(IReadOnlyList<VSchemaEra> begun)
    {
        lock (_lock)
        {
            foreach (var era in begun) _changing.Remove(era.Keyspace);
        }
    }
}
