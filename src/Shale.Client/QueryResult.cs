namespace Shale.Client;

/// <summary>The rows of a statement, each as a <typeparamref name="T"/>.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Fields">The columns.</param>
public sealed record QueryResult<T>(IReadOnlyList<T> Rows, IReadOnlyList<Field> Fields)
{
    /// <summary>How many rows there are.</summary>
    public int RowCount => Rows.Count;

    /// <summary>How long the statement took at the gate; null if the server does not say.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How many rows a write inserted, changed or deleted; null for a query.</summary>
    public long? Affected { get; init; }

    /// <summary>The shards whose rows it lacks, by key range; only with <see cref="VitessConfig.PartialResults"/>.</summary>
    public IReadOnlyList<string> MissingShards { get; init; } = [];

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
