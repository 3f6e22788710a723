using Shale.Vitess;

namespace Shale.Postgres.Wire;

/// <summary>
/// Cuts what a client sends for COPY into rows that stay as they are written, however it is cut into messages: only the cells of the sharding key are read. Not thread-safe. Hot path: COPY of many rows.
/// </summary>
/// <param name="context">Where it fails.</param>
/// <param name="columns">The columns of a row.</param>
/// <param name="keys">Which of them are the key.</param>
/// <param name="mostBytes">The longest row.</param>
internal abstract class CopyCutter(CopyContext context, IReadOnlyList<Field> columns, IReadOnlyList<int> keys, int mostBytes)
{
    private const int BatchBytes = 1 << 20;
    private readonly string[] _names = [.. columns.Select(column => column.Name)];
    private byte[] _rest = [];
    private int _restLength;
    private Batch _filling = new(), _given = new();

    /// <summary>How many lines have been cut off; in binary, rows.</summary>
    public long Line { get; protected set; }

    /// <summary>Whether there is enough for a statement.</summary>
    public bool IsFull => _filling.Length >= BatchBytes;

    /// <summary>Whether there is anything.</summary>
    public bool IsEmpty => _filling.Ends.Count == 0;

    /// <summary>The columns that are the key.</summary>
    protected IReadOnlyList<int> Keys => keys;

    /// <summary>The longest row.</summary>
    protected int MostBytes => mostBytes;

    /// <summary>Where the rows behind it count for nothing.</summary>
    protected bool HasEnded { get; set; }

    /// <summary>The columns of a row.</summary>
    public IReadOnlyList<string> Columns => _names;

    /// <summary>See <see cref="CopySource.Options"/>.</summary>
    public abstract string Options { get; }

    /// <summary>See <see cref="CopySource.Head"/>.</summary>
    public virtual byte[] Head => [];

    /// <summary>See <see cref="CopySource.Tail"/>.</summary>
    public virtual byte[] Tail => [];

    /// <summary>See <see cref="CopySource.HasLinesInRows"/>.</summary>
    public virtual bool HasLinesInRows => false;

    /// <summary>One for a format.</summary>
    public static CopyCutter Of(CopyContext context, IReadOnlyList<Field> columns, IReadOnlyList<int> keys, CopyFormat format, int mostBytes) =>
        format.IsBinary ? new TupleCutter(context, columns, keys, mostBytes) : new LineCutter(context, columns, keys, format, mostBytes);

    /// <summary>Takes bytes as they come. Errors: QUERY_ERROR (22P04); RESOURCE_EXHAUSTED (54000) for a row that is too long; those of a key in binary.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        if (HasEnded) return;
        if (_restLength == 0)
        {
            Keep(bytes[Cut(bytes)..]);
            return;
        }

        Append(ref _rest, ref _restLength, bytes);
        var cut = Cut(_rest.AsSpan(0, _restLength));
        _rest.AsSpan(cut, _restLength - cut).CopyTo(_rest);
        _restLength -= cut;
        RequireShort();
    }

    /// <summary>Nothing more comes. Errors: as <see cref="Push"/>.</summary>
    public void End()
    {
        if (!HasEnded) End(_rest.AsSpan(0, _restLength));
    }

    /// <summary>The rows that have been cut off. Those of the call before must be done with.</summary>
    public CopiedRows Take()
    {
        (_filling, _given) = (_given, _filling);
        _filling.Clear();
        return new CopiedRows(_given.Bytes.AsMemory(0, _given.Length), _given.Ends.ToArray(), _given.Keys.ToArray(), _given.FirstLine) { Lines = _given.Lines.ToArray() };
    }

    /// <summary>Cuts the rows off that are whole; from where on bytes are left.</summary>
    protected abstract int Cut(ReadOnlySpan<byte> bytes);

    /// <summary>What is left is all.</summary>
    protected abstract void End(ReadOnlySpan<byte> rest);

    /// <summary>A row is whole, and its key has been added.</summary>
    protected void Add(ReadOnlySpan<byte> row, ReadOnlySpan<byte> end)
    {
        Append(ref _filling.Bytes, ref _filling.Length, row);
        Append(ref _filling.Bytes, ref _filling.Length, end);
        if (_filling.Ends.Count == 0) _filling.FirstLine = Line;
        if (HasLinesInRows) _filling.Lines.Add((int)(Line - _filling.FirstLine));
        _filling.Ends.Add(_filling.Length);
    }

    /// <summary>A cell of the key of the next row.</summary>
    protected void AddKey(SqlValue cell) => _filling.Keys.Add(cell);

    /// <summary>22P04 for a row.</summary>
    protected VitessException Bad(string message, ReadOnlySpan<byte> row) => WireErrors.BadCopy(message, context.AtRow(Line, row));

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        Append(ref _rest, ref _restLength, bytes);
        RequireShort();
    }

    private void RequireShort()
    {
        if (_restLength > mostBytes) throw WireErrors.TooLong(_restLength, mostBytes);
    }

    private static void Append(ref byte[] buffer, ref int length, ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > buffer.Length) Array.Resize(ref buffer, Math.Max(length + bytes.Length, Math.Max(16 << 10, buffer.Length * 2)));
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    private sealed class Batch
    {
        public byte[] Bytes = [];
        public int Length;
        public long FirstLine;

        public List<int> Ends { get; } = [];

        public List<int> Lines { get; } = [];

        public List<SqlValue> Keys { get; } = [];

        public void Clear()
        {
            Length = 0;
            Ends.Clear();
            Lines.Clear();
            Keys.Clear();
        }
    }
}
