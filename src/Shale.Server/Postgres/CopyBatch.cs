using Shale.Postgres.Wire;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Rows of a COPY that have come and have not been inserted. Not thread-safe.</summary>
internal sealed class CopyBatch
{
    private const long MostBytes = 1 << 20;
    private readonly CopyContext _context;
    private readonly IReadOnlyList<Field> _fields;
    private readonly SqlType[] _types;
    private readonly CopyLines? _lines;
    private readonly CopyTuples? _tuples;
    private readonly List<(string?[] Cells, long Line)> _texts = [];
    private readonly List<byte[]?[]> _binaries = [];
    private List<(SqlValue[] Cells, long Line)> _rows = [];
    private long _bytes, _tuplesTaken;

    /// <summary>Nothing has come yet.</summary>
    /// <param name="context">Where it fails.</param>
    /// <param name="fields">The columns.</param>
    /// <param name="format">How rows are written.</param>
    /// <param name="mostBytes">The longest row.</param>
    public CopyBatch(CopyContext context, IReadOnlyList<Field> fields, CopyFormat format, int mostBytes)
    {
        (_context, _fields) = (context, fields);
        _types = [.. fields.Select(field => SqlTypes.Named(field.Type))];
        if (format.IsBinary) _tuples = new CopyTuples(fields.Count, mostBytes);
        else _lines = new CopyLines(context, format, mostBytes);
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

    /// <summary>The rows that have come, and the line at which each ends.</summary>
    public List<(SqlValue[] Cells, long Line)> Take()
    {
        var rows = _rows;
        (_rows, _bytes) = ([], 0);
        return rows;
    }

    private void Add()
    {
        foreach (var (cells, line) in _texts)
        {
            if (cells.Length < _fields.Count) throw WireErrors.BadCopy($"missing data for column \"{_fields[cells.Length].Name}\"", _context.At(line));
            if (cells.Length > _fields.Count) throw WireErrors.BadCopy("extra data after last expected column", _context.At(line));
            _rows.Add((Array.ConvertAll(cells, SqlValue.Text), line));
        }

        foreach (var cells in _binaries)
        {
            var row = new SqlValue[cells.Length];
            for (var i = 0; i < row.Length; i++) row[i] = cells[i] is { } bytes ? BinaryValue.Read(bytes, _types[i]) : SqlValue.Null;
            _rows.Add((row, ++_tuplesTaken));
        }

        _texts.Clear();
        _binaries.Clear();
    }

    /// <summary>Where an INSERT of some of the rows has failed: the first value that is none of its column's, the first that is missing, else one of the rows.</summary>
    public string ContextOf(VitessException failure, IReadOnlyList<(SqlValue[] Cells, long Line)> rows)
    {
        var missing = failure.SqlState == "23502" ? _fields.ToList().FindIndex(field => field.Name == failure.Subject?.Column) : -1;
        foreach (var (cells, line) in rows)
        {
            if (CopyContext.FirstUnfit(cells, _types) is >= 0 and var unfit) return _context.AtColumn(line, _fields[unfit].Name, _tuples is null ? cells[unfit].ToString() : null);
            if (missing >= 0 && cells[missing].IsNull) return _context.At(line);
        }

        return _context.Between(rows[0].Line, rows[^1].Line);
    }
}
