namespace Shale.PageLog;

/// <summary>Branches, named snapshots and restores: records of their own, and a moment's work whatever the size of the database.</summary>
public sealed partial class PageStore
{
    private const int LongestName = 255;

    /// <summary>The branches, by name.</summary>
    public IReadOnlyList<BranchInfo> Branches
    {
        get
        {
            lock (Lock) return [.. Index.Branches.Select(Describe).OrderBy(branch => branch.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The named snapshots, by name.</summary>
    public IReadOnlyList<SnapshotInfo> Snapshots
    {
        get
        {
            lock (Lock) return [.. Index.Snapshots.Select(Describe)];
        }
    }

    /// <summary>Begins a branch at a version of another one, durably. Errors: TT_BRANCH_NOT_FOUND, TT_LSN_NOT_AVAILABLE; QUERY_ERROR (42710) if there is one of that name, (42602) for a bad name.</summary>
    /// <param name="name">Letters, digits and <c>. _ / -</c>, at most 255.</param>
    /// <param name="from">The branch it leaves.</param>
    /// <param name="at">The LSN at which it leaves; null for the newest durable version.</param>
    public void CreateBranch(string name, string from, Lsn? at = null)
    {
        RequireName(name, "branch");
        AddControl(RecordKind.CreateBranch, name, from, () =>
        {
            if (Index.TryGetBranch(name, out _)) throw Exists("branch", name);
            var (line, fork) = PointOf(from, at);
            return (new ControlPayload(line.Id, fork), Index.NextLine, () => Index.AddBranch(name, Index.NextLine, GetBranch(from), line, fork));
        });
    }

    /// <summary>Drops a branch; branches that left it keep what they see. Errors: TT_BRANCH_NOT_FOUND; QUERY_ERROR (55006) for main, and while it has a writer; (2BP01) while it has named snapshots.</summary>
    public void DropBranch(string name) => AddControl(RecordKind.DropBranch, name, name, () =>
    {
        var branch = GetBranch(name);
        if (name == PageFormat.MainBranch) throw new VitessException(ErrorCodes.QueryError, "the branch main cannot be dropped", sqlState: "55006");
        RequireIdle(branch);
        if (Index.Snapshots.FirstOrDefault(snapshot => snapshot.Branch == name) is { } snapshot)
        {
            throw new VitessException(ErrorCodes.QueryError, $"the snapshot {snapshot.Name} is of the branch {name}", sqlState: "2BP01", hint: "Drop the branch's snapshots first.");
        }

        return (new ControlPayload(branch.Line.Id, branch.Line.Head.Lsn), branch.Line.Id, () => Index.DropBranch(name));
    });

    /// <summary>Names a version, durably, and keeps it until <see cref="DropSnapshot"/>. Errors: as <see cref="CreateBranch"/>.</summary>
    public SnapshotInfo CreateSnapshot(string name, string branch, Lsn? at = null)
    {
        RequireName(name, "snapshot");
        Snapshot? made = null;
        AddControl(RecordKind.CreateSnapshot, name, branch, () =>
        {
            if (Index.TryGetSnapshot(name, out _)) throw Exists("snapshot", name);
            var (line, lsn) = PointOf(branch, at);
            made = new Snapshot(name, branch, line, Index.StateAt(line, lsn));
            return (new ControlPayload(line.Id, lsn), line.Id, () => Index.AddSnapshot(made));
        });
        lock (Lock) return Describe(made!);
    }

    /// <summary>Forgets a name. Errors: TT_SNAPSHOT_NOT_FOUND.</summary>
    public void DropSnapshot(string name) => AddControl(RecordKind.DropSnapshot, name, "", () =>
    {
        var snapshot = GetSnapshot(name);
        return (new ControlPayload(snapshot.Line.Id, snapshot.State.Lsn), snapshot.Line.Id, () => Index.DropSnapshot(name));
    });

    /// <summary>
    /// Makes an earlier version of a branch its newest: a commit of its own; nothing is removed, so that a restore to the LSN before it undoes it. Errors: TT_BRANCH_NOT_FOUND, TT_LSN_NOT_AVAILABLE,
    /// QUERY_ERROR (55006) while the branch has a writer.
    /// </summary>
    /// <returns>The LSN of the restore.</returns>
    public Lsn Restore(string branch, Lsn to)
    {
        var restored = Lsn.Zero;
        AddRecord(RecordKind.Restore, branch, branch, () =>
        {
            var found = GetBranch(branch);
            RequireIdle(found);
            var (line, fork) = PointOf(branch, to);
            var state = Index.StateAt(line, fork);
            var header = new RecordHeader { Line = Index.NextLine, PageCount = state.PageCount, Lsn = Tail.Last.Lsn.Next };
            restored = header.Lsn;
            return (new ControlPayload(line.Id, fork), header, (appended, place) => Index.Restore(found, appended, place, line, fork));
        });
        return restored;
    }

    /// <summary>A reader of a named snapshot. Errors: TT_SNAPSHOT_NOT_FOUND.</summary>
    public IPageReader OpenSnapshot(string name)
    {
        lock (Lock)
        {
            var snapshot = GetSnapshot(name);
            return Keep(new PinnedReader(this, snapshot.Line, snapshot.State));
        }
    }

    private void AddControl(RecordKind kind, string name, string branch, Func<(ControlPayload Payload, int Line, Action Apply)> plan) => AddRecord(kind, name, branch, () =>
    {
        var (payload, line, apply) = plan();
        return (payload, new RecordHeader { Line = line, Lsn = Tail.Last.Lsn }, (_, _) => apply());
    });

    // Reserves, appends and applies a record without pages, and waits for it. The plan is made under the lock, in which the record is appended.
    private void AddRecord(RecordKind kind, string name, string branch, Func<(ControlPayload Payload, RecordHeader Header, Action<RecordHeader, Place> Apply)> plan)
    {
        ThrowIfFailed();
        using var body = NewBody();
        body.Keep(ControlPayload.Bytes);
        var textBytes = body.AddText(ControlPayload.TextOf(name, branch));
        var length = RecordHeader.LengthOf(body.Length);
        Reserve(length);
        long records;
        lock (Lock)
        {
            var reserved = length;
            try
            {
                var (payload, header, apply) = plan();
                payload.Write(body.Start);
                body.Seal();
                (header.Kind, header.TextBytes, header.RowChangeBytes, header.Time) = (kind, textBytes, ControlPayload.Bytes, NextTime());
                var place = Tail.Append(ref header, body, reserved);
                reserved = 0;
                apply(header, place + -RecordHeader.Bytes);
                records = Tail.Appended;
            }
            finally
            {
                Tail.Release(reserved);
            }
        }

        WaitUntilDurable(default, records);
    }

    // A branch at an LSN, or at its newest durable version.
    private (Line Line, Lsn Lsn) PointOf(string branch, Lsn? at)
    {
        var found = GetBranch(branch);
        if (at is not { } lsn)
        {
            var newest = found.LineAt(Tail.Durable);
            return (newest, newest.Durable.Lsn);
        }

        RequireReadable(found, lsn);
        var line = found.LineAt(lsn);
        return (line, Index.StateAt(line, lsn).Lsn);
    }

    private void RequireIdle(Branch branch)
    {
        if (_written.Contains(branch)) throw new VitessException(ErrorCodes.QueryError, $"the branch {branch.Name} has an open writer", sqlState: "55006");
    }

    private Snapshot GetSnapshot(string name) =>
        Index.TryGetSnapshot(name, out var snapshot) ? snapshot : throw new VitessException(ErrorCodes.SnapshotNotFound, $"there is no snapshot {name}");

    private BranchInfo Describe(Branch branch)
    {
        var head = branch.LineAt(Tail.Durable).Durable;
        return new BranchInfo(branch.Name, head.Lsn, head.Version, branch.Parent?.Name, branch.Since) { Time = Index.TimeOf(head.Lsn) };
    }

    private SnapshotInfo Describe(Snapshot snapshot) => new(snapshot.Name, snapshot.Branch, snapshot.State.Lsn, snapshot.State.Version) { Time = Index.TimeOf(snapshot.State.Lsn) };

    private static VitessException Exists(string kind, string name) => new(ErrorCodes.QueryError, $"there is a {kind} {name} already", sqlState: "42710");

    private static void RequireName(string name, string kind)
    {
        var good = name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0])
            && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '/' or '-')
            && !name.Contains("..", StringComparison.Ordinal) && !name.EndsWith('/') && !name.EndsWith(".lock", StringComparison.Ordinal) && !name.StartsWith("refs/", StringComparison.Ordinal);
        if (good) return;
        throw new VitessException(
            ErrorCodes.QueryError, $"\"{name}\" cannot be the name of a {kind}", sqlState: "42602", hint: "Use letters, digits and . _ / -, with a letter or digit first, no '..', and at most 255 of them.");
    }
}
