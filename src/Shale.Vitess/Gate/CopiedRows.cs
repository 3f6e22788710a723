namespace Shale.Vitess;

/// <summary>Rows for a table as a client's COPY has written them, cut but not read, except for the cells of the sharding key. Read only while the statement runs that they are given to.</summary>
public sealed class CopiedRows
{
    /// <summary>The columns that a row has, in order.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>How rows are written: what stands in the parentheses of COPY's WITH.</summary>
    public required string Options { get; init; }

    /// <summary>What comes before the first row; empty but for the binary format.</summary>
    public ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>What comes behind the last.</summary>
    public ReadOnlyMemory<byte> Tail { get; init; }

    /// <summary>The rows, one behind the other.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Where in <see cref="Bytes"/> each row ends.</summary>
    public required ReadOnlyMemory<int> Ends { get; init; }

    /// <summary>For each row its cells of <see cref="GateDescription.RowKeys"/>.</summary>
    public required ReadOnlyMemory<SqlValue> Keys { get; init; }

    /// <summary>Whether a line end inside of a row is one more line to PostgreSQL, which tells by lines where a row fails: so in CSV.</summary>
    public bool HasLinesInRows { get; init; }

    /// <summary>Which line of the client's data the first row is, from 1.</summary>
    public required long FirstLine { get; init; }
}
