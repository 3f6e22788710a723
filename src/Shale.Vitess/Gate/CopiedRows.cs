namespace Shale.Vitess;

/// <summary>Some rows of a COPY as its client has written them, cut but not read, except for the cells of the sharding key.</summary>
/// <param name="Bytes">The rows, one behind the other.</param>
/// <param name="Ends">Where in the bytes each row ends.</param>
/// <param name="Keys">For each row its cells of <see cref="GateDescription.RowKeys"/>.</param>
/// <param name="FirstLine">At which line of the client's data the first row ends, from 1.</param>
public sealed record CopiedRows(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<int> Ends, ReadOnlyMemory<SqlValue> Keys, long FirstLine)
{
    /// <summary>How many lines behind the first row's last line each row ends; empty where each row is one line.</summary>
    public ReadOnlyMemory<int> Lines { get; init; }

    /// <summary>At which line of the client's data a row ends.</summary>
    public long LineOf(int row) => FirstLine + (Lines.IsEmpty ? row : Lines.Span[row]);
}
