namespace Shale.Sqlite;

/// <summary>How a branch's writing connection works.</summary>
public sealed record PagedWriterOptions
{
    /// <summary>How many prepared statements are kept.</summary>
    public int CachedStatements { get; init; } = SqliteConnection.DefaultCachedStatements;

    /// <summary>Whether commits carry the rows that they have changed, in the form of <see cref="RowChangeReader"/>. Costs time with each row.</summary>
    public bool RecordRows { get; init; } = true;

    /// <summary>How many bytes of changed rows a transaction keeps in memory; more go to a temporary file.</summary>
    public int RowMemoryBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many bytes of changed rows a transaction may have: one that changes more fails with RESOURCE_EXHAUSTED (54000). At most 2 GiB less one.</summary>
    public int RowLimitBytes { get; init; } = int.MaxValue;

    /// <summary>Where the temporary file is made; null for the system's directory.</summary>
    public string? TemporaryDirectory { get; init; }

    internal ChangeBuffer CreateBuffer() => new(RowMemoryBytes, RowLimitBytes, TemporaryDirectory ?? Path.GetTempPath());
}
