using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Where a COPY has failed, in PostgreSQL's words: <c>COPY t, line 3, column a: "x"</c>.</summary>
/// <param name="Table">The table's name, without a schema.</param>
public readonly record struct CopyContext(string Table)
{
    private const string Line = ", line ";
    private const int MostBytes = 100;

    /// <summary>A line.</summary>
    public string At(long line) => string.Create(CultureInfo.InvariantCulture, $"COPY {Table}{Line}{line}");

    /// <summary>One of several lines, where it is not known which.</summary>
    public string Between(long first, long last) => first == last ? At(first) : string.Create(CultureInfo.InvariantCulture, $"COPY {Table}, lines {first} to {last}");

    /// <summary>A row, as the client has written it.</summary>
    public string AtRow(long line, ReadOnlySpan<byte> row) => $"{At(line)}: \"{Short(row)}\"";

    /// <summary>A value of a row.</summary>
    /// <param name="line">The line.</param>
    /// <param name="column">The column.</param>
    /// <param name="value">The value as the client has written it; null where it was not text.</param>
    public string AtColumn(long line, string column, string? value) => $"{At(line)}, column {column}" + (value is null ? "" : $": \"{Short(Encoding.UTF8.GetBytes(value))}\"");

    /// <summary>The line that a server means; null where it means none.</summary>
    /// <param name="context">What it says of where it was; null for nothing.</param>
    public static long? LineOf(string? context) =>
        context is not null && Digits(context) is var digits && long.TryParse(context[digits], NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > 0 ? line : null;

    /// <summary>What a server says, with the line that it is for the client; it must name one.</summary>
    public static string WithLine(string context, long line) => Digits(context) is var digits ? string.Concat(context[..digits.Start], line.ToString(CultureInfo.InvariantCulture), context[digits.End..]) : context;

    /// <summary>The first cell that is no value of its type; -1 if all are.</summary>
    public static int FirstUnfit(ReadOnlySpan<SqlValue> cells, IReadOnlyList<SqlType> types)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            try
            {
                ParameterConversion.Convert(cells[i], types[i], SqlDialect.Postgres);
            }
            catch (VitessException)
            {
                return i;
            }
        }

        return -1;
    }

    private static Range Digits(string context)
    {
        var at = context.IndexOf(Line, StringComparison.Ordinal);
        if (at < 0) return default;
        var end = at += Line.Length;
        while (end < context.Length && char.IsAsciiDigit(context[end])) end++;
        return at..end;
    }

    // As much of it as PostgreSQL shows, in whole letters.
    private static string Short(ReadOnlySpan<byte> text)
    {
        if (text.Length <= MostBytes) return Encoding.UTF8.GetString(text);
        var length = MostBytes;
        while (length > 0 && (text[length] & 0xc0) == 0x80) length--;
        return Encoding.UTF8.GetString(text[..length]) + "...";
    }
}
