using System.Globalization;
using System.Text;
using System.Text.Json;
using Shale.Sql;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>
/// Rows as one value, for what SQLite can join only by a function: shale_rows packs, json_each makes rows of it again, shale_cell reads a cell.
/// A row is a text of its cells, each a letter for the storage class, the number of characters, a colon, and the characters.
/// </summary>
internal static class PostgresRows
{
    public static IReadOnlyList<SqliteAggregate> Aggregates { get; } = [new("shale_rows", -1, true, () => new Packer())];

    public static void AddTo(FunctionSet set)
    {
        set.Strict("shale_cell", (row, index) => Cell(row.AsText(), index.AsInteger()));
        set.Add("shale_zip", -1, values => SqlValue.Text(Zip(values)));
    }

    private static void Append(StringBuilder row, SqlValue value)
    {
        var (kind, text) = value.Kind switch
        {
            SqlValueKind.Null => ('n', ""),
            SqlValueKind.Integer or SqlValueKind.Boolean => ('i', value.AsInteger().ToString(CultureInfo.InvariantCulture)),
            SqlValueKind.Real => ('r', value.AsReal().ToString("R", CultureInfo.InvariantCulture)),
            SqlValueKind.Blob => ('b', Convert.ToHexString(value.AsBlob())),
            _ => ('t', value.AsText()),
        };
        row.Append(kind).Append(text.Length).Append(':').Append(text);
    }

    private static SqlValue Cell(string row, long index)
    {
        var at = 0;
        while (true)
        {
            var colon = row.IndexOf(':', at);
            var length = int.Parse(row.AsSpan(at + 1, colon - at - 1), NumberStyles.None, CultureInfo.InvariantCulture);
            if (index-- == 0) return Value(row[at], row.Substring(colon + 1, length));
            at = colon + 1 + length;
        }
    }

    private static SqlValue Value(char kind, string text) => kind switch
    {
        'n' => SqlValue.Null,
        'i' => SqlValue.Integer(long.Parse(text, CultureInfo.InvariantCulture)),
        'r' => SqlValue.Real(double.Parse(text, CultureInfo.InvariantCulture)),
        'b' => SqlValue.Blob(Convert.FromHexString(text)),
        _ => SqlValue.Text(text),
    };

    // Arrays in step: [1,2] and ["a"] are [[1,"a"],[2,null]].
    private static string Zip(ReadOnlySpan<SqlValue> arrays)
    {
        var lists = new List<List<string>>();
        foreach (ref readonly var array in arrays)
        {
            using var document = JsonDocument.Parse(array.IsNull ? "[]" : array.AsText());
            lists.Add([.. document.RootElement.EnumerateArray().Select(item => item.GetRawText())]);
        }

        var rows = Enumerable.Range(0, lists.Max(list => list.Count)).Select(i => "[" + string.Join(",", lists.Select(list => i < list.Count ? list[i] : "null")) + "]");
        return "[" + string.Join(",", rows) + "]";
    }

    private sealed class Packer : AggregateState
    {
        private readonly List<string> _rows = [];

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            var row = new StringBuilder();
            foreach (ref readonly var value in args) Append(row, value);
            _rows.Add(row.ToString());
        }

        public override void Inverse(ReadOnlySpan<SqlValue> args) => _rows.RemoveAt(0);

        public override SqlValue Result()
        {
            var json = new StringBuilder("[");
            foreach (var row in _rows)
            {
                if (json.Length > 1) json.Append(',');
                PgJson.Quote(json, row);
            }

            return SqlValue.Text(json.Append(']').ToString());
        }
    }
}
