namespace Shale.Vitess;

/// <summary>The rows of one COPY, which come while it runs. Read once, by one reader.</summary>
public abstract class CopySource
{
    /// <summary>The columns that a row has, in order.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>How rows are written: what stands in the parentheses of COPY's WITH.</summary>
    public required string Options { get; init; }

    /// <summary>What comes before the first row; empty but for the binary format.</summary>
    public ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>What comes behind the last.</summary>
    public ReadOnlyMemory<byte> Tail { get; init; }

    /// <summary>Whether a line end inside of a row is one more line to PostgreSQL, which tells by lines where a row fails: so in CSV.</summary>
    public bool HasLinesInRows { get; init; }

    /// <summary>The next rows; null behind the last. Those of the call before are not valid any more. Errors: those of what the client sends.</summary>
    /// <param name="cancellationToken">Stops waiting for the client.</param>
    public abstract ValueTask<CopiedRows?> NextAsync(CancellationToken cancellationToken);
}
