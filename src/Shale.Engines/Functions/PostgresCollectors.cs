using System.Text;
using Shale.Sql;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>
/// Aggregates whose rows come in an order: string_agg, json_agg, json_object_agg. Arguments: how to order (a letter for each key: a ascending,
/// d descending, capitals for NULLs first; u in front for distinct values), the values, the keys.
/// </summary>
internal static class PostgresCollectors
{
    private static readonly (string Name, int Width, Func<List<SqlValue[]>, SqlValue> Finish, int SortBy)[] Kinds =
    [
        ("shale_string_agg", 2, Join, 0),
        ("shale_array_agg", 2, rows => rows.Count == 0 ? SqlValue.Null : SqlValue.Text(PgArrays.Format(rows.Select(row => row[0].IsNull ? null : row[0].AsText()))), 1),
        ("shale_json_agg", 1, rows => Array(rows, jsonb: false), 0),
        ("shale_jsonb_agg", 1, rows => Array(rows, jsonb: true), 0),
        ("shale_json_object_agg", 2, rows => Object(rows, jsonb: false), 0),
        ("shale_jsonb_object_agg", 2, rows => Object(rows, jsonb: true), 0),
    ];

    /// <summary>Each of them; what collects the rows of one shard; and each over what shards have collected.</summary>
    public static IReadOnlyList<SqliteAggregate> All { get; } =
    [
        .. Kinds.Select(kind => new SqliteAggregate(kind.Name, -1, true, () => new Collector(kind.Width, kind.Finish, kind.SortBy))),
        new("shale_collect", -1, true, () => new Collection()),
        .. Kinds.Select(kind => new SqliteAggregate(kind.Name + "_merge", 1, true, () => new Collector(kind.Width, kind.Finish, kind.SortBy, merges: true))),
    ];

    private static SqlValue Join(List<SqlValue[]> rows)
    {
        StringBuilder? builder = null;
        foreach (var row in rows)
        {
            if (row[0].IsNull) continue;
            if (builder is null) builder = new StringBuilder();
            else if (!row[1].IsNull) builder.Append(row[1].AsText());
            builder.Append(row[0].AsText());
        }

        return SqlValue.Text(builder?.ToString());
    }

    private static SqlValue Array(List<SqlValue[]> rows, bool jsonb)
    {
        if (rows.Count == 0) return SqlValue.Null;
        var text = "[" + string.Join(", ", rows.Select(row => row[0].AsText())) + "]";
        return SqlValue.Text(jsonb ? PgJson.Parse(text).ToJsonb() : text);
    }

    private static SqlValue Object(List<SqlValue[]> rows, bool jsonb)
    {
        if (rows.Count == 0) return SqlValue.Null;
        var builder = new StringBuilder("{");
        foreach (var row in rows)
        {
            if (row[0].IsNull) throw SqlErrors.Data("field name must not be null", "22004");
            builder.Append(builder.Length > 1 ? ", " : " ");
            PgJson.Quote(builder, row[0].AsText());
            builder.Append(" : ").Append(row[1].AsText());
        }

        var text = builder.Append(" }").ToString();
        return SqlValue.Text(jsonb ? PgJson.Parse(text).ToJsonb() : text);
    }

    private sealed class Collection : AggregateState
    {
        private readonly List<SqlValue[]> _rows = [];
        private string _spec = "";

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            _spec = args[0].AsText();
            _rows.Add(args[1..].ToArray());
        }

        public override SqlValue Result() => CollectedRows.Write(_spec, _rows);
    }

    private sealed class Collector(int width, Func<List<SqlValue[]>, SqlValue> finish, int sortBy, bool merges = false) : AggregateState
    {
        private readonly List<SqlValue[]> _rows = [];
        private string _spec = "";

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            if (merges)
            {
                if (!args[0].IsNull) _spec = CollectedRows.Read(args[0], _rows);
                return;
            }

            _spec = args[0].AsText();
            _rows.Add(args[1..].ToArray());
        }

        public override void Inverse(ReadOnlySpan<SqlValue> args) => _rows.RemoveAt(0);

        public override SqlValue Result()
        {
            var rows = _rows;
            var distinct = _spec.StartsWith('u');
            var keys = distinct ? _spec[1..] : _spec;
            if (distinct) rows = Distinct(rows);
            if (keys.Length > 0) rows = [.. rows.Order(Comparer<SqlValue[]>.Create((a, b) => Compare(a, b, keys)))];
            return finish(rows);
        }

        private List<SqlValue[]> Distinct(List<SqlValue[]> rows)
        {
            var seen = new HashSet<SqlValue>();
            var unique = rows.Where(row => seen.Add(row[sortBy])).ToList();
            unique.Sort((a, b) => CompareKey(a[sortBy], b[sortBy], 'a'));
            return unique;
        }

        private int Compare(SqlValue[] a, SqlValue[] b, string keys)
        {
            for (var i = 0; i < keys.Length; i++)
                if (CompareKey(a[width + i], b[width + i], keys[i]) is var order && order != 0) return order;
            return 0;
        }

        private static int CompareKey(SqlValue a, SqlValue b, char key)
        {
            var nullsFirst = char.IsAsciiLetterUpper(key);
            if (a.IsNull || b.IsNull) return a.IsNull && b.IsNull ? 0 : a.IsNull == nullsFirst ? -1 : 1;
            var order = PostgresMath.Compare(a, b);
            return key is 'd' or 'D' ? -order : order;
        }
    }
}
