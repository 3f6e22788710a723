using Shale.Sql;

namespace Shale.Vitess.Tests.Gate;

/// <summary>Which queries read one row by its key and nothing else, so that they go to a server together with others.</summary>
public sealed class OneRowTests
{
    private static readonly Tables Schema = new("CREATE TABLE t (id int PRIMARY KEY, a int, b text UNIQUE)", "CREATE TABLE u (x int, y int, n numeric, PRIMARY KEY (x, y))");

    [Theory]
    [InlineData("SELECT * FROM t WHERE id = $1", true)]
    [InlineData("SELECT a + 1, b || 'x', a::text AS c FROM t AS s WHERE s.id = 7 AND a > 0", true)]
    [InlineData("SELECT CASE WHEN a IS NULL THEN 0 ELSE a END FROM t WHERE b = $1", true)]
    [InlineData("SELECT n FROM u WHERE x = $1 AND y = $2", true)]
    [InlineData("SELECT n FROM u WHERE x = $1", false)]
    [InlineData("SELECT * FROM t WHERE id > $1", false)]
    [InlineData("SELECT * FROM t WHERE id = $1 OR a = 1", false)]
    [InlineData("SELECT now(), a FROM t WHERE id = $1", false)]
    [InlineData("SELECT CURRENT_TIMESTAMP FROM t WHERE id = $1", false)]
    [InlineData("SELECT pg_sleep(a) FROM t WHERE id = $1", false)]
    [InlineData("SELECT a FROM t WHERE id = $1 AND random() < 0.5", false)]
    [InlineData("SELECT count(*) FROM t WHERE id = $1", false)]
    [InlineData("SELECT a ^ 100 FROM t WHERE id = $1", false)]
    [InlineData("SELECT a FROM t WHERE id = $1 AND b LIKE '%x%'", false)]
    [InlineData("SELECT (SELECT max(n) FROM u) FROM t WHERE id = $1", false)]
    [InlineData("SELECT a FROM t WHERE id = $1 AND EXISTS (SELECT 1 FROM u)", false)]
    [InlineData("SELECT t.a FROM t JOIN u ON u.x = t.a WHERE t.id = $1", false)]
    [InlineData("SELECT a FROM (SELECT * FROM t) s WHERE id = $1", false)]
    [InlineData("WITH s AS (SELECT 1) SELECT a FROM t WHERE id = $1", false)]
    [InlineData("SELECT a FROM t WHERE id = $1 UNION SELECT 1", false)]
    [InlineData("SELECT TIMESTAMP 'now' FROM t WHERE id = $1", false)]
    public void Query_ByItsText_ReadsOneRowOrNot(string sql, bool reads)
    {
        var select = (SelectStatement)SqlParser.Parse(sql, SqlDialect.Postgres);
        Assert.Equal(reads, OneRow.IsReadBy(select, Binder.Bind(select, SqlDialect.Postgres, Schema, sql)));
    }

    private sealed class Tables(params string[] definitions) : ISchemaSource
    {
        private readonly TableSchema[] _tables = [.. definitions.Select(sql => TableSchemas.From((CreateTableStatement)SqlParser.Parse(sql, SqlDialect.Postgres), SqlDialect.Postgres))];

        public TableSchema? Find(ObjectName name) => Array.Find(_tables, table => table.Name == name.Name.Name);
    }
}
