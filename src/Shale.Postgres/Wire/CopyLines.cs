using System.Text;
using Shale.Vitess;

namespace Shale.Postgres.Wire;

/// <summary>Cuts what a client sends for COPY in text or CSV into rows, however it is cut into messages. Not thread-safe.</summary>
/// <param name="context">Where it fails.</param>
/// <param name="format">Text or CSV.</param>
/// <param name="mostBytes">The longest row.</param>
internal sealed class CopyLines(CopyContext context, CopyFormat format, int mostBytes)
{
    private byte[] _rest = new byte[64 * 1024];
    private int _length, _seen;
    private long _line;
    private bool _quoted, _ended, _escaped, _header = format.HasHeader;

    /// <summary>Takes bytes, and adds the rows that are whole, with the line at which each ends. Errors: as <see cref="End"/>; RESOURCE_EXHAUSTED (54000) for a row that is too long.</summary>
    public void Push(ReadOnlySpan<byte> bytes, List<(string?[] Cells, long Line)> rows)
    {
        if (_ended) return;
        if (_length + bytes.Length > _rest.Length) Array.Resize(ref _rest, Math.Max(_length + bytes.Length, _rest.Length * 2));
        bytes.CopyTo(_rest.AsSpan(_length));
        _length += bytes.Length;
        var start = 0;
        for (; _seen < _length; _seen++)
        {
            if (!IsEnd(_rest[_seen])) continue;
            Take(_rest.AsSpan(start, _seen - start), rows);
            start = _seen + 1;
            if (_ended) return;
        }

        _rest.AsSpan(start, _length - start).CopyTo(_rest);
        (_length, _seen) = (_length - start, _seen - start);
        if (_length > mostBytes) throw WireErrors.TooLong(_length, mostBytes);
    }

    /// <summary>The last line needs no end. Errors: QUERY_ERROR (22P04) for what is no row.</summary>
    public void End(List<(string?[] Cells, long Line)> rows)
    {
        if (_quoted) throw WireErrors.BadCopy("unterminated CSV quoted field", context.AtRow(_line + 1 + _rest.AsSpan(0, _length).Count((byte)'\n'), _rest.AsSpan(0, _length)));
        if (!_ended && _length > 0) Take(_rest.AsSpan(0, _length), rows);
    }

    private bool IsEnd(byte one)
    {
        if (format.IsCsv)
        {
            // A quote that is doubled, or escaped, closes and opens again.
            if (_escaped) _escaped = false;
            else if (_quoted && format.Escape != format.Quote && one == format.Escape) _escaped = true;
            else if (one == format.Quote) _quoted = !_quoted;
            return one == '\n' && !_quoted;
        }

        if (_escaped) _escaped = false;
        else if (one == '\\') _escaped = true;
        else return one == '\n';
        return false;
    }

    private void Take(ReadOnlySpan<byte> bytes, List<(string?[] Cells, long Line)> rows)
    {
        _line += format.IsCsv ? 1 + bytes.Count((byte)'\n') : 1;
        if (bytes is [.. var whole, (byte)'\r']) bytes = whole;
        if (bytes is [(byte)'\\', (byte)'.'])
        {
            _ended = true;
            return;
        }

        if (_header)
        {
            _header = false;
            return;
        }

        rows.Add((Cells(bytes), _line));
    }

    /// <summary>The cells of a row.</summary>
    /// <param name="row">Without its end.</param>
    public string?[] Cells(ReadOnlySpan<byte> row)
    {
        var text = MessageBody.Text(row);
        return format.IsCsv ? Csv(text) : Plain(text);
    }

    private string?[] Plain(string text)
    {
        var cells = new List<string?>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\\')
            {
                i++;
                continue;
            }

            if (i < text.Length && text[i] != format.Delimiter) continue;
            var cell = text[start..i];
            cells.Add(cell == format.Null ? null : cell.Contains('\\', StringComparison.Ordinal) ? Unescaped(cell) : cell);
            start = i + 1;
        }

        if (start <= text.Length && cells.Count == 0) cells.Add(Unescaped(text));
        return [.. cells];
    }

    private static string Unescaped(string cell)
    {
        var bytes = new List<byte>(cell.Length);
        var utf8 = Encoding.UTF8.GetBytes(cell);
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] != '\\' || i + 1 == utf8.Length)
            {
                bytes.Add(utf8[i]);
                continue;
            }

            var next = (char)utf8[++i];
            if (next is >= '0' and <= '7') bytes.Add(Number(utf8, ref i, 8, 3, 0));
            else if (next == 'x' && i + 1 < utf8.Length && char.IsAsciiHexDigit((char)utf8[i + 1])) bytes.Add(Number(utf8, ref i, 16, 2, 1));
            else bytes.Add(next switch { 'b' => (byte)'\b', 'f' => (byte)'\f', 'n' => (byte)'\n', 'r' => (byte)'\r', 't' => (byte)'\t', 'v' => (byte)'\v', _ => utf8[i] });
        }

        return MessageBody.Text(bytes.ToArray());
    }

    // At a digit, or skipping so many; ends at the last digit.
    private static byte Number(byte[] utf8, ref int at, int radix, int most, int skip)
    {
        var value = 0;
        at += skip;
        for (var digits = 0; digits < most && at < utf8.Length && char.IsAsciiHexDigit((char)utf8[at]) && Convert.ToInt32(((char)utf8[at]).ToString(), 16) is var digit && digit < radix; digits++, at++) value = (value * radix) + digit;
        at--;
        return (byte)value;
    }

    private string?[] Csv(string text)
    {
        var cells = new List<string?>();
        var cell = new StringBuilder();
        bool quoted = false, wasQuoted = false;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == format.Delimiter && !quoted))
            {
                var value = cell.ToString();
                var isNull = value == format.Null && (wasQuoted ? Says(format.ForceNull, cells.Count) : !Says(format.ForceNotNull, cells.Count));
                cells.Add(isNull ? null : value);
                cell.Clear();
                wasQuoted = false;
            }
            else if (quoted && text[i] == format.Escape && i + 1 < text.Length && (text[i + 1] == format.Quote || text[i + 1] == format.Escape))
            {
                cell.Append(text[++i]);
            }
            else if (text[i] == format.Quote)
            {
                quoted = !quoted;
                wasQuoted = true;
            }
            else
            {
                cell.Append(text[i]);
            }
        }

        return [.. cells];
    }

    private static bool Says(bool[]? columns, int column) => columns is not null && column < columns.Length && columns[column];
}
