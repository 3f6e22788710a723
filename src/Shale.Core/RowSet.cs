namespace Shale;

/// <summary>
/// The rows of a result, held row after row in one flat buffer, or as a server has encoded them until somebody asks for a value. Filled by one owner, then read by anyone; not thread-safe while it is
/// filled, nor while encoded rows are read.
/// </summary>
public sealed class RowSet
{
    private SqlValue[] _cells;
    private int _cellCount;
    private EncodedRows? _encoded;

    /// <summary>Rows that a server has encoded.</summary>
    /// <param name="fields">The columns.</param>
    /// <param name="encoded">The rows.</param>
    public RowSet(IReadOnlyList<Field> fields, EncodedRows encoded)
    {
        (Fields, _cells, _encoded, RowCount) = (fields, [], encoded, encoded.RowCount);
    }

    /// <summary>An empty set with these columns.</summary>
    /// <param name="fields">The columns; their count is the width of every row. May be empty.</param>
    /// <param name="capacityRows">How many rows to make room for at once.</param>
    public RowSet(IReadOnlyList<Field> fields, int capacityRows = 0)
    {
        Fields = fields;
        _cells = capacityRows * fields.Count == 0 ? [] : new SqlValue[capacityRows * fields.Count];
    }

    /// <summary>The columns.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>The rows as a server has encoded them; null where they are values.</summary>
    public EncodedRows? Encoded => _encoded;

    /// <summary>How many rows there are.</summary>
    public int RowCount { get; private set; }

    /// <summary>How many bytes the cells take, roughly; what byte budgets count.</summary>
    public long SizeBytes
    {
        get
        {
            if (_encoded is not null) return _encoded.SizeBytes;
            long sum = 0;
            foreach (ref readonly var cell in _cells.AsSpan(0, _cellCount)) sum += cell.SizeBytes;
            return sum;
        }
    }

    /// <summary>One row: as many values as there are <see cref="Fields"/>. Valid until the next row is added.</summary>
    /// <param name="index">0-based.</param>
    public ReadOnlySpan<SqlValue> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)RowCount);
            if (_encoded is not null) Decode();
            return _cells.AsSpan(index * Fields.Count, Fields.Count);
        }
    }

    /// <summary>Adds a row of NULLs and returns it to be filled. The span is valid until the next row is added.</summary>
    public Span<SqlValue> AddRow()
    {
        if (_encoded is not null) Decode();
        var width = Fields.Count;
        if (_cellCount + width > _cells.Length) Array.Resize(ref _cells, Math.Max(_cellCount + width, Math.Max(4 * width, _cells.Length * 2)));
        RowCount++;
        _cellCount += width;
        return _cells.AsSpan(_cellCount - width, width);
    }

    /// <summary>Adds a copy of a row.</summary>
    /// <param name="row">As many values as there are fields.</param>
    public void Add(ReadOnlySpan<SqlValue> row) => row.CopyTo(AddRow());

    /// <summary>Adds copies of all rows of another set of the same width.</summary>
    public void AddAll(RowSet other)
    {
        for (var i = 0; i < other.RowCount; i++) Add(other[i]);
    }

    /// <summary>Makes values of rows that a server has encoded; the memory they lie in is not needed any more.</summary>
    public void Decode()
    {
        if (_encoded is not { } encoded) return;
        (_encoded, RowCount, _cells) = (null, 0, new SqlValue[encoded.RowCount * Fields.Count]);
        encoded.DecodeInto(this);
    }

    /// <summary>The same rows under other column descriptions. The cells are shared, not copied: the receiver must not be filled further.</summary>
    public RowSet WithFields(IReadOnlyList<Field> fields)
    {
        if (fields.Count != Fields.Count) throw new ArgumentException("a different number of columns", nameof(fields));
        return new RowSet(fields) { _cells = _cells, _cellCount = _cellCount, _encoded = _encoded, RowCount = RowCount };
    }
}
