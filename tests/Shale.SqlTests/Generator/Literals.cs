using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>A value as a literal and as what a parameter carries.</summary>
public sealed record TestValue(string Text, SqlValue Value);

/// <summary>
/// Draws values from small pools, so that they meet each other, with a few extremes. While a statement is made each value is a mark in its text; at the end some marks become
/// parameters, the others literals.
/// </summary>
public sealed class Literals(Random random, SqlDialect dialect)
{
    private const char Open = '\u0002';
    private const char Close = '\u0003';
    private static readonly string[] Words = ["a", "B", "b", "", "apple", "Apple", "zebra", "ä", "o'clock", "10", "9", "%", "x_y"];
    private static readonly string[] Uuids = ["00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a13", "0b8f1f6e-1111-4222-8333-444455556666", "ffffffff-ffff-ffff-ffff-ffffffffffff", "12345678-1234-1234-1234-1234567890AB",
        "12345678-1234-1234-1234-1234567890ab", "77777777-7777-4777-8777-777777777777"];
    private static readonly string[] Dates = ["2024-01-01", "2024-02-29", "1999-12-31", "2024-01-02", "0001-01-01", "9999-12-31", "2023-06-15", "2023-06-16", "1970-01-01"];
    private static readonly string[] Times = ["00:00:00", "12:34:56", "23:59:59.999999", "12:34:56.5"];
    private static readonly string[] Zones = ["+00", "Z", "+02:00", "-08"];
    private static readonly string[] Numerics = ["0", "1.5", "1.50", "-2.25", "12", "12345.675", "-0.001", "3", "99.9", "-7"];
    private static readonly string[] Blobs = ["", "00", "61", "FF00", "0061", "7A", "C3A4", "6162"];
    private readonly List<TestValue> _values = [];

    /// <summary>A value that a column may be compared with or given, as a mark; keys are never NULL.</summary>
    public string Next(TestColumn column, bool key) => Mark(!key && column.Nullable && random.Next(5) == 0 ? Null : Draw(column));

    /// <summary>A value that no constraint of the column itself refuses.</summary>
    public TestValue Plain(TestColumn column)
    {
        if (column.Nullable && random.Next(5) == 0) return Null;
        return column.Checked ? Number(random.Next(-3, 20)) : column.Huge && random.Next(2) == 0 ? HugeNumber() : Of(column.Kind);
    }

    /// <summary>A value of a kind that says its own type, never a parameter.</summary>
    public string Constant(ColumnKind kind)
    {
        var text = Of(kind).Text;
        return dialect == SqlDialect.Postgres && kind is not (ColumnKind.Int or ColumnKind.Bool or ColumnKind.Text) ? $"CAST({text} AS {TestTable.TypeOf(kind, dialect)})" : text;
    }

    /// <summary>Gives the statement its values, some as parameters of one style, and forgets them.</summary>
    public GeneratedStatement Finish(string text, bool ordered, bool isWrite)
    {
        var values = _values.ToArray();
        _values.Clear();
        var style = random.Next(3) != 0 ? ParameterStyle.None : dialect == SqlDialect.Postgres
            ? Pick(ParameterStyle.Dollar, ParameterStyle.Dollar, ParameterStyle.Dollar, ParameterStyle.Question, ParameterStyle.Colon)
            : Pick(ParameterStyle.Question, ParameterStyle.Numbered, ParameterStyle.Colon, ParameterStyle.At, ParameterStyle.Dollar);
        var bound = new List<SqlValue>();
        var names = new List<string>();
        var seen = new Dictionary<int, string>();
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != Open)
            {
                result.Append(text[i]);
                continue;
            }

            var end = text.IndexOf(Close, i);
            var index = int.Parse(text.AsSpan(i + 1, end - i - 1), CultureInfo.InvariantCulture);
            i = end;
            if (!seen.TryGetValue(index, out var shown) || (style == ParameterStyle.Question && shown == "?"))
            {
                seen[index] = shown = style == ParameterStyle.None || random.Next(4) == 0 ? values[index].Text : Parameter(style, values[index].Value, bound, names);
            }

            result.Append(shown);
        }

        return new GeneratedStatement(result.ToString(), ordered, isWrite) { Values = [.. bound], Names = names.Count > 0 ? [.. names] : null };
    }

    private static string Parameter(ParameterStyle style, SqlValue value, List<SqlValue> bound, List<string> names)
    {
        bound.Add(value);
        var number = bound.Count.ToString(CultureInfo.InvariantCulture);
        switch (style)
        {
            case ParameterStyle.Question:
                return "?";
            case ParameterStyle.Numbered:
                return "?" + number;
            case ParameterStyle.Dollar:
                return "$" + number;
            default:
                names.Add("p" + number);
                return (style == ParameterStyle.Colon ? ":p" : "@p") + number;
        }
    }

    private string Mark(TestValue value)
    {
        _values.Add(value);
        return $"{Open}{(_values.Count - 1).ToString(CultureInfo.InvariantCulture)}{Close}";
    }

    private TestValue Draw(TestColumn column)
    {
        if (column.Huge && random.Next(2) == 0) return HugeNumber();
        var value = Of(column.Kind);

        // A value of another type than the column's, which dialect sqlite converts before it compares or stores.
        if (dialect != SqlDialect.Sqlite || random.Next(12) != 0) return value;
        return column.Kind switch
        {
            ColumnKind.Int => random.Next(6) switch
            {
                0 => Quoted(Pick("abc", "7.5", " 8 ", "1e1")),
                1 => Float(Pick(7.5, -0.5, 9007199254740992.0, 1e19)),
                2 or 3 => Quoted(value.Text),
                _ => Float(value.Value.AsInteger()),
            },
            ColumnKind.Text => random.Next(3) == 0 ? Float(9.5) : Number(random.Next(8, 12)),
            ColumnKind.Blob => Quoted("a"),
            _ => value,
        };
    }

    private TestValue Of(ColumnKind kind) => kind switch
    {
        ColumnKind.Int => Number(random.Next(-3, 30)),
        ColumnKind.Real => Float(Pick(0.5, -2.25, 1e10, 3.0, 0.125, -0.75)),
        ColumnKind.Bool => random.Next(2) == 0 ? new TestValue("TRUE", SqlValue.Boolean(true)) : new TestValue("FALSE", SqlValue.Boolean(false)),
        ColumnKind.Numeric => Decimal(Pick(Numerics)),
        ColumnKind.Date => Quoted(Pick(Dates)),
        ColumnKind.Timestamp => Quoted($"{Pick(Dates)} {Pick(Times)}"),
        ColumnKind.TimestampTz => Quoted($"{Pick(Dates[..4])} {Pick(Times)}{Pick(Zones)}"),
        ColumnKind.Uuid => Quoted(Pick(Uuids)),
        ColumnKind.Blob => Bytes(Pick(Blobs)),
        _ => Quoted(Pick(Words)),
    };

    private TestValue HugeNumber() => Number(Pick(9007199254740993, -9223372036854775807, 0, 4611686018427387904, 7, long.MaxValue));

    private TestValue Bytes(string hex) => new(dialect == SqlDialect.Postgres ? $"'\\x{hex}'" : $"X'{hex}'", SqlValue.Blob(Convert.FromHexString(hex)));

    // A parameter carries a numeric as text in dialect postgres, where only that is exact.
    private TestValue Decimal(string text) => dialect == SqlDialect.Postgres
        ? new TestValue(text, SqlValue.Text(text))
        : new TestValue(text, text.Contains('.', StringComparison.Ordinal) ? SqlValue.Real(double.Parse(text, CultureInfo.InvariantCulture)) : Number(long.Parse(text, CultureInfo.InvariantCulture)).Value);

    private static TestValue Null => new("NULL", SqlValue.Null);

    private static TestValue Number(long value) => new(value.ToString(CultureInfo.InvariantCulture), SqlValue.Integer(value));

    private static TestValue Float(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return new TestValue(text.Contains('.', StringComparison.Ordinal) || text.Contains('E', StringComparison.Ordinal) ? text : text + ".0", SqlValue.Real(value));
    }

    private static TestValue Quoted(string text) => new($"'{text.Replace("'", "''", StringComparison.Ordinal)}'", SqlValue.Text(text));

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];

    private enum ParameterStyle
    {
        None,
        Question,
        Numbered,
        Dollar,
        Colon,
        At,
    }
}
