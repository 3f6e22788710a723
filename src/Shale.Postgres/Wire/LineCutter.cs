using System.Buffers.Text;
using System.Text;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Postgres.Wire;

/// <summary>Rows of the text and CSV formats.</summary>
internal sealed class LineCutter : CopyCutter
{
    private readonly CopyFormat _format;
    private readonly CopyLines _lines;
    private readonly IReadOnlyList<Field> _columns;
    private readonly bool[] _isInteger;
    private readonly byte[] _null;

    // Where the search for the end of the row goes on, from the first byte that is left.
    private int _seen;
    private bool _quoted, _plain = true, _header;

    /// <summary>For one COPY.</summary>
    public LineCutter(CopyContext context, IReadOnlyList<Field> columns, IReadOnlyList<int> keys, CopyFormat format, int mostBytes)
        : base(context, columns, keys, mostBytes)
    {
        (_columns, _format, _header, _lines) = (columns, format, format.HasHeader, new CopyLines(context, format, mostBytes));
        _isInteger = [.. keys.Select(key => SqlTypes.Named(columns[key].Type).Kind is SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8)];
        _null = Encoding.UTF8.GetBytes(format.Null);
        Options = $"FORMAT {(format.IsCsv ? "csv" : "text")}, DELIMITER {Literal(format.Delimiter.ToString())}, NULL {Literal(format.Null)}"
            + (format.IsCsv ? $", QUOTE {Literal(format.Quote.ToString())}, ESCAPE {Literal(format.Escape.ToString())}" : "");
    }

    /// <inheritdoc/>
    public override bool HasLinesInRows => _format.IsCsv;

    private byte Skipping => _format.IsCsv ? (byte)_format.Escape : (byte)'\\';

    /// <inheritdoc/>
    public override string Options { get; }

    /// <inheritdoc/>
    protected override int Cut(ReadOnlySpan<byte> bytes)
    {
        var start = 0;
        while (!HasEnded && TryFindEnd(bytes))
        {
            Row(bytes[start.._seen], _plain);
            start = ++_seen;
            _plain = true;
        }

        _seen -= start;
        return HasEnded ? bytes.Length : start;
    }

    /// <inheritdoc/>
    protected override void End(ReadOnlySpan<byte> rest)
    {
        if (_quoted) throw Unterminated(rest);

        // A backslash that nothing follows stands for nothing.
        if (!_format.IsCsv && IsEscaped(rest, rest.Length)) rest = rest[..^1];
        if (rest.Length > 0) Row(rest, _plain);
    }

    /// <summary>Moves to the end of the row; false, where it does not come, to where the search goes on.</summary>
    private bool TryFindEnd(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var rest = bytes[_seen..];
            var next = _format.IsCsv ? rest.IndexOfAny((byte)'\n', (byte)_format.Quote, (byte)_format.Escape) : rest.IndexOfAny((byte)'\n', (byte)'\\');
            if (next < 0)
            {
                _seen = bytes.Length;
                return false;
            }

            _seen += next;
            var one = bytes[_seen];
            if (one == '\n' && !_quoted) return true;
            _plain = false;
            if (one == Skipping && (!_format.IsCsv || (_quoted && _format.Escape != _format.Quote)))
            {
                if (_seen + 1 == bytes.Length) return false;
                _seen += 2;
                continue;
            }

            // A quote that is doubled closes and opens again.
            if (_format.IsCsv && one == _format.Quote) _quoted = !_quoted;
            _seen++;
        }
    }

    private void Row(ReadOnlySpan<byte> row, bool isPlain)
    {
        Line += isPlain || !_format.IsCsv ? 1 : 1 + row.Count((byte)'\n');
        if (row is [.. var whole, (byte)'\r'] && (_format.IsCsv || !IsEscaped(row, row.Length - 1))) row = whole;
        if (row is [(byte)'\\', (byte)'.'])
        {
            HasEnded = true;
            return;
        }

        if (_header)
        {
            _header = false;
            return;
        }

        if (isPlain) PlainKeys(row);
        else OtherKeys(row);
        Add(row, "\n"u8);
    }

    private void PlainKeys(ReadOnlySpan<byte> row)
    {
        for (var i = 0; i < Keys.Count; i++)
        {
            var cell = row;
            for (var column = 0; column < Keys[i]; column++)
            {
                var end = cell.IndexOf((byte)_format.Delimiter);
                if (end < 0) throw Missing(column + 1, row);
                cell = cell[(end + 1)..];
            }

            if (cell.IndexOf((byte)_format.Delimiter) is >= 0 and var length) cell = cell[..length];
            if (cell.SequenceEqual(_null)) AddKey(SqlValue.Null);
            else if (_isInteger[i] && Utf8Parser.TryParse(cell, out long number, out var read) && read == cell.Length) AddKey(SqlValue.Integer(number));
            else AddKey(SqlValue.Text(MessageBody.Text(cell)));
        }
    }

    private void OtherKeys(ReadOnlySpan<byte> row)
    {
        if (Keys.Count == 0) return;
        var cells = _lines.Cells(row);
        foreach (var key in Keys)
        {
            if (key >= cells.Length) throw Missing(cells.Length, row);
            AddKey(SqlValue.Text(cells[key]));
        }
    }

    // Whether the byte there has an odd number of backslashes before it.
    private static bool IsEscaped(ReadOnlySpan<byte> row, int at)
    {
        var before = row[..at];
        return ((before.Length - before.TrimEnd((byte)'\\').Length) & 1) != 0;
    }

    private VitessException Missing(int column, ReadOnlySpan<byte> row) => Bad($"missing data for column \"{_columns[column].Name}\"", row);

    private VitessException Unterminated(ReadOnlySpan<byte> row)
    {
        Line += 1 + row.Count((byte)'\n');
        return Bad("unterminated CSV quoted field", row);
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
