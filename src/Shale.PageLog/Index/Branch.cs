namespace Shale.PageLog;

/// <summary>A name for a line; after a restore for another one. Which it was when is part of the history. Guarded by the store's lock.</summary>
internal sealed class Branch(string name, Line line, Lsn since, Branch? parent)
{
    private readonly List<(Lsn Since, Line Line)> _heads = [(since, line)];

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>The branch it left; null for main. It may have been dropped or restored since: its history up to <see cref="Since"/> stays.</summary>
    public Branch? Parent { get; } = parent;

    /// <summary>The line it points at now.</summary>
    public Line Line => _heads[^1].Line;

    /// <summary>Where it began: the fork's LSN.</summary>
    public Lsn Since => _heads[0].Since;

    /// <summary>Its lines and the LSN from which on each counted.</summary>
    public IReadOnlyList<(Lsn Since, Line Line)> Heads => _heads;

    /// <summary>Points it at another line from a commit on.</summary>
    public void MoveTo(Line line, Lsn since) => _heads.Add((since, line));

    /// <summary>The line that it pointed at at an LSN; before its beginning, that of the branch it left.</summary>
    public Line LineAt(Lsn at) => Parent is not null && at <= Since ? Parent.LineAt(at) : NewestAt(at);

    /// <summary>The line of its own that it pointed at last at an LSN; before its first commit, too.</summary>
    public Line NewestAt(Lsn at)
    {
        for (var i = _heads.Count - 1; i > 0; i--)
        {
            if (_heads[i].Since <= at) return _heads[i].Line;
        }

        return _heads[0].Line;
    }
}
