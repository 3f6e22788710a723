namespace Shale.Vitess;

/// <summary>Some rows of a COPY as its client has written them, cut but not read, except for the cells of the sharding key.</summary>
/// <param name="Bytes">The rows, one behind the other.</param>
/// <param name="Ends">Where in the bytes each row ends.</param>
/// <param name="Keys">For each row its cells of <see cref="GateDescription.RowKeys"/>.</param>
/// <param name="FirstLine">Which line of the client's data the first row is, from 1.</param>
public sealed record CopiedRows(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<int> Ends, ReadOnlyMemory<SqlValue> Keys, long FirstLine);
