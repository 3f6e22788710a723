namespace Shale.Vitess;

/// <summary>What statements may take: of a gate, or of one keyspace. What both limit, the stricter one decides. Null is no limit. Meeting a limit stops the shards' work.</summary>
public sealed record StatementLimits
{
    /// <summary>How many may run at once outside transactions. Others wait their turn; when too many or too long, they fail with RESOURCE_EXHAUSTED (53300), which is transient.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>How many may wait for their turn. Default 1,000.</summary>
    public int MaxWaiting { get; init; } = 1_000;

    /// <summary>How long one may wait for its turn. Default 5 seconds.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many rows a statement may give, or bring to the gate to be merged there, or, from one table, to be assembled there. Beyond: RESOURCE_EXHAUSTED (54000). Streamed rows that only pass do not count.</summary>
    public long? MaxRows { get; init; }

    /// <summary>How many bytes these rows may have, as they are held in memory.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How long a SELECT, INSERT, UPDATE or DELETE may take, its wait included. Beyond: TIMEOUT (57014). A request's own limit can only be shorter.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>What becomes of statements that go to several shards; INSERT with listed rows is free.</summary>
    public CrossShardPolicy CrossShard { get; init; }

    /// <summary>Refuses limits that every statement would meet: <see cref="ArgumentException"/>.</summary>
    /// <param name="of">Whose they are, for the message.</param>
    public void Validate(string of)
    {
        if (MaxConcurrent < 1) throw new ArgumentException($"MaxConcurrent of {of} must be at least 1");
        if (MaxWaiting < 0) throw new ArgumentException($"MaxWaiting of {of} must be at least 0");
        if (MaxWait < TimeSpan.Zero) throw new ArgumentException($"MaxWait of {of} must be at least 0");
        if (MaxRows < 1) throw new ArgumentException($"MaxRows of {of} must be at least 1");
        if (MaxBytes < 1) throw new ArgumentException($"MaxBytes of {of} must be at least 1");
        if (MaxTime <= TimeSpan.Zero) throw new ArgumentException($"MaxTime of {of} must be more than 0");
    }
}
