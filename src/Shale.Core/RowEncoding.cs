namespace Shale;

/// <summary>
/// In which form a caller would take rows as a PostgreSQL server sends them: its DataRow messages, each column as text or in binary. A shard that has no such server, or rows that are not passed on as
/// they are, come as values. Immutable.
/// </summary>
/// <param name="binary">Which columns in binary: one for each, one for all, or none for text.</param>
public sealed class RowEncoding(bool[] binary)
{
    /// <summary>All columns as text.</summary>
    public static RowEncoding Text { get; } = new([]);

    /// <summary>All columns in binary, as COPY takes them into a table with columns of the same types, also of another database: rows with a column of which that is not so come as values. Each chunk of a stream keeps its memory.</summary>
    public static RowEncoding Copied { get; } = new([true]) { IsCopied = true };

    /// <summary>Whether it is <see cref="Copied"/>.</summary>
    public bool IsCopied { get; private init; }

    /// <summary>Whether a column is wanted in binary.</summary>
    /// <param name="column">0-based.</param>
    public bool IsBinary(int column) => binary.Length switch
    {
        0 => false,
        1 => binary[0],
        _ => column < binary.Length && binary[column],
    };
}
