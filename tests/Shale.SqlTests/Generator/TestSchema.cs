using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>The tables that statements are made over: a fixed family, or one drawn at random.</summary>
public sealed class TestSchema
{
    private TestSchema(TestTable[] tables, params TestTable[] views)
    {
        Tables = tables;
        Views = views;
        Sources = [.. tables, .. views];
    }

    /// <summary>The tables; several have an integer column, one is meant as a reference table, one has no key.</summary>
    public TestTable[] Tables { get; }

    /// <summary>Views over the tables.</summary>
    public TestTable[] Views { get; }

    /// <summary>What can be read: tables and views.</summary>
    public TestTable[] Sources { get; }

    /// <summary>Two tables that can be co-located, one with a text key, a reference table, one without a key.</summary>
    public static TestSchema Fixed { get; } = new(
    [
        new("people", ["id"], [new("id", ColumnKind.Int, false), new("age", ColumnKind.Int), new("name", ColumnKind.Text), new("score", ColumnKind.Real), new("color", ColumnKind.Int)]),
        new("orders", ["person", "id"],
            [new("person", ColumnKind.Int, false), new("id", ColumnKind.Int, false), new("amount", ColumnKind.Int), new("note", ColumnKind.Text), new("big", ColumnKind.Int, Huge: true)]),
        new("words", ["w"], [new("w", ColumnKind.Text, false), new("n", ColumnKind.Int), new("v", ColumnKind.Real)]),
        new("colors", ["id"], [new("id", ColumnKind.Int, false), new("label", ColumnKind.Text)]),
        new("loose", [], [new("a", ColumnKind.Int), new("b", ColumnKind.Text)]),
    ]);

    /// <summary>
    /// Draws a family: <c>root</c> and <c>leaf</c> with a key column of one kind, so that they can be co-located, <c>other</c> with a key of any kind, <c>refs</c>, meant as a
    /// reference table, and <c>bare</c> without a key.
    /// </summary>
    public static TestSchema Draw(Random random, SqlDialect dialect)
    {
        var draw = new Drawing(random, dialect);
        var shared = draw.KeyKind();
        TestTable[] tables = [draw.Table("root", [("id", shared)]), draw.Table("leaf", [("id", shared), ("no", draw.KeyKind())]), draw.Table("other", draw.Key(shared)),
            draw.Table("refs", [("id", random.Next(2) == 0 ? shared : draw.KeyKind())]), draw.Table("bare", [])];
        return new TestSchema(tables, Filtered(tables[random.Next(3)]), Counted(tables[random.Next(5)]));
    }

    private static TestTable Filtered(TestTable table) => new("part", [], table.Columns)
    {
        Query = $"SELECT * FROM {table.Name} WHERE {table.Name[0]}num < 12",
    };

    private static TestTable Counted(TestTable table) => new("sums", [], [new("snum", ColumnKind.Int), new("n", ColumnKind.Int)])
    {
        Query = $"SELECT {table.Name[0]}num AS snum, COUNT(*) AS n FROM {table.Name} GROUP BY {table.Name[0]}num",
    };

    private sealed class Drawing(Random random, SqlDialect dialect)
    {
        private readonly bool _postgres = dialect == SqlDialect.Postgres;

        // NOCASE and floating-point keys cannot shard: such a table stays whole on the first shard.
        public ColumnKind KeyKind() => _postgres
            ? Pick(ColumnKind.Int, ColumnKind.Int, ColumnKind.Text, ColumnKind.Uuid, ColumnKind.Date, ColumnKind.TimestampTz, ColumnKind.Timestamp, ColumnKind.Numeric, ColumnKind.Bool)
            : Pick(ColumnKind.Int, ColumnKind.Int, ColumnKind.Int, ColumnKind.Text, ColumnKind.Text, ColumnKind.Blob, ColumnKind.NoCase, ColumnKind.Numeric, ColumnKind.Date);

        public (string, ColumnKind)[] Key(ColumnKind shared) => random.Next(3) switch
        {
            0 => [("k", KeyKind())],
            1 => [("k", KeyKind()), ("id", shared)],
            _ => [("k", shared)],
        };

        public TestTable Table(string name, (string Name, ColumnKind Kind)[] key)
        {
            var columns = key.Select(each => KeyColumn(each.Name, each.Kind)).ToList();
            columns.Add(ValueColumn($"{name[0]}num", ColumnKind.Int));
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var kind = ValueKind();
                columns.Add(ValueColumn($"{(random.Next(3) == 0 ? "" : name[..1])}{kind.ToString().ToLowerInvariant()}{i}", kind));
            }

            // The sharding column is the first of the key wherever there is a UNIQUE, which has to hold it.
            string[] unique = key.Length > 0 && random.Next(5) == 0 ? [key[0].Name, columns[key.Length].Name] : [];
            if (unique.Length > 0) columns[key.Length] = columns[key.Length] with { Unique = true };
            return new TestTable(name, [.. key.Select(each => each.Name)], [.. columns]) { Unique = unique };
        }

        private TestColumn KeyColumn(string name, ColumnKind kind) => kind == ColumnKind.Int && random.Next(4) == 0
            ? new(name, kind, false, Huge: true) { Type = "BIGINT" } : new(name, kind, false) { Type = TypeOf(kind) };

        private TestColumn ValueColumn(string name, ColumnKind kind)
        {
            var column = new TestColumn(name, kind, random.Next(5) != 0, kind == ColumnKind.Int && !name.EndsWith("num", StringComparison.Ordinal) && random.Next(3) == 0) { Type = TypeOf(kind) };
            if (column.Huge) return column with { Type = "BIGINT" };
            if (random.Next(4) == 0) column = column with { Default = Default(column) };
            return kind == ColumnKind.Int && random.Next(5) == 0 ? column with { Checked = true, Default = null } : column;
        }

        // One that is no constant is filled in by the gate.
        private string Default(TestColumn column) => (column.Kind, random.Next(2)) switch
        {
            (ColumnKind.Int, 0) => "(3 + 4)",
            (ColumnKind.Text, 0) => "(lower('AB'))",
            _ => new Literals(random, dialect).Plain(column).Text,
        };

        private string? TypeOf(ColumnKind kind) => kind switch
        {
            ColumnKind.Int when !_postgres => Pick("INTEGER", "BIGINT", "INT"),
            ColumnKind.Int => Pick("BIGINT", "BIGINT", "INTEGER"),
            ColumnKind.Numeric => Pick("NUMERIC", "NUMERIC(12, 3)"),
            ColumnKind.Text when _postgres => Pick("TEXT", "TEXT", "VARCHAR(40)"),
            _ => null,
        };

        private ColumnKind ValueKind() => _postgres
            ? Pick(ColumnKind.Int, ColumnKind.Text, ColumnKind.Text, ColumnKind.Real, ColumnKind.Bool, ColumnKind.Numeric, ColumnKind.Date, ColumnKind.Timestamp, ColumnKind.TimestampTz,
                ColumnKind.Uuid, ColumnKind.Blob)
            : Pick(ColumnKind.Int, ColumnKind.Text, ColumnKind.Text, ColumnKind.Real, ColumnKind.Bool, ColumnKind.Numeric, ColumnKind.Date, ColumnKind.Blob, ColumnKind.NoCase,
                ColumnKind.NoCase);

        private T Pick<T>(params T[] items) => items[random.Next(items.Length)];
    }
}
