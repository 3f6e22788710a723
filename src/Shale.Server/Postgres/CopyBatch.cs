using Shale.Postgres.Wire;
using Shale.Sql;

namespace Shale.Server;

/// <summary>Rows of a COPY that have come and have not been inserted. Not thread-safe.</summary>
internal sealed class CopyBatch
{
    private const long MostBytes = 1 << 20;
    private readonly IReadOnlyList<Field> _fields;
    private readonly SqlType[] _types;
    private readonly CopyLines? _lines;
    private readonly CopyTuples? _tuples;
    private readonly List<string?[]> _texts = [];
    private readonly List<byte[]?[]> _binaries = [];
    private List<SqlValue[]> _rows = [];
    private long _bytes;

    /// <summary>Nothing has come yet.</summary>
    /// <param name="fields">The columns.</param>
    /// <param name="format">How rows are written.</param>
    /// <param name="mostBytes">The longest row.</param>
    public CopyBatch(IReadOnlyList<Field> fields, CopyFormat format, int mostBytes)
    {
        _fields = fields;
        _types = [.. fields.Select(field => SqlTypes.Named(field.Type))];
        if (format.IsBinary) _tuples = new CopyTuples(fields.Count, mostBytes);
        else _lines = new CopyLines(format, mostBytes);
    }

    /// <summary>Whether so many rows have come, or so much.</summary>
    public bool IsFull(int rows) => _rows.Count >= rows || _bytes >= MostBytes;

    /// <summary>Takes bytes as they come. Errors: QUERY_ERROR (22P04); those of values in binary.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        _bytes += bytes.Length;
        _lines?.Push(bytes, _texts);
        _tuples?.Push(bytes, _binaries);
        Add();
    }

    /// <summary>Nothing more comes. Errors: as <see cref="Push"/>.</summary>
    public void End()
    {
        _lines?.End(_texts);
        _tuples?.End();
        Add();
    }

    /// <summary>The rows that have come.</summary>
    public List<SqlValue[]> Take()
    {
        var rows = _rows;
        (_rows, _bytes) = ([], 0);
        return rows;
    }

    private void Add()
    {
        var line = (_lines?.Line ?? 0) - _texts.Count;
        foreach (var cells in _texts)
        {
            line++;
            if (cells.Length < _fields.Count) throw Bad($"missing data for column \"{_fields[cells.Length].Name}\"", line);
            if (cells.Length > _fields.Count) throw Bad("extra data after last expected column", line);
            _rows.Add(Array.ConvertAll(cells, SqlValue.Text));
        }

        foreach (var cells in _binaries)
        {
            var row = new SqlValue[cells.Length];
            for (var i = 0; i < row.Length; i++) row[i] = cells[i] is { } bytes ? BinaryValue.Read(bytes, _types[i]) : SqlValue.Null;
            _rows.Add(row);
        }

        _texts.Clear();
        _binaries.Clear();
    }

    private static VitessException Bad(string message, long line) => new(ErrorCodes.QueryError, message, sqlState: "22P04", hint: $"COPY, line {line}.");
}
