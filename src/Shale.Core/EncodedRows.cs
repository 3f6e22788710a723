namespace Shale;

/// <summary>Rows in the form in which a server has sent them; whoever takes them so need not decode them. Immutable, except that a stream may use the memory again for its next chunk.</summary>
public abstract class EncodedRows
{
    /// <summary>How many rows there are.</summary>
    public abstract int RowCount { get; }

    /// <summary>How many bytes they take.</summary>
    public abstract long SizeBytes { get; }

    /// <summary>Whether they are rows of these columns as they stand: each value is encoded as its column's type is.</summary>
    public abstract bool Fit(IReadOnlyList<Field> fields);

    /// <summary>Decodes them.</summary>
    /// <param name="rows">Gets them; as wide as they are.</param>
    public abstract void DecodeInto(RowSet rows);
}
