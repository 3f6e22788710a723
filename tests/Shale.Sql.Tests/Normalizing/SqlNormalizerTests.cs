namespace Shale.Sql.Tests.Normalizing;

public class SqlNormalizerTests
{
    [Theory]
    [Trait("Rule", "S3.1")]
    [InlineData("SELECT * FROM t WHERE id = 5", "SELECT * FROM t WHERE id = $1", "5")]
    [InlineData("SELECT * FROM t WHERE id=5AND name<>'x' ;", null, "")]
    [InlineData("SELECT * FROM t WHERE id=5 AND t.name<>'x' ;", "SELECT * FROM t WHERE id=$1 AND t.name<>$2", "5|x")]
    [InlineData("SELECT * FROM t WHERE name='it''s'AND a.b.c>=-7", "SELECT * FROM t WHERE name=$1 AND a.b.c>=$2", "it's|-7")]
    [InlineData("SELECT * FROM t WHERE id IN (1, 2,'x' ,-3, NULL) ORDER BY 1", "SELECT * FROM t WHERE id IN ($1, $2,$3 ,$4, NULL) ORDER BY 1", "1|2|x|-3")]
    [InlineData("SELECT * FROM t WHERE id NOT IN (1) OR NOT (a = 2 AND (b = 3))", "SELECT * FROM t WHERE id NOT IN ($1) OR NOT (a = $2 AND (b = $3))", "1|2|3")]
    [InlineData("SELECT * FROM t WHERE a BETWEEN 1 AND 10 AND b NOT BETWEEN -5 AND -2", "SELECT * FROM t WHERE a BETWEEN $1 AND $2 AND b NOT BETWEEN $3 AND $4", "1|10|-5|-2")]
    [InlineData("SELECT * FROM a JOIN b ON a.x = b.x AND b.k = 'z' LEFT JOIN c ON c.y = 3, d WHERE a.i = 4", "SELECT * FROM a JOIN b ON a.x = b.x AND b.k = $1 LEFT JOIN c ON c.y = $2, d WHERE a.i = $3", "z|3|4")]
    [InlineData("INSERT INTO t (a, b) VALUES (1, 'x'), (-2, f(3)) RETURNING a = 5", "INSERT INTO t (a, b) VALUES ($1, $2), ($3, f(3)) RETURNING a = 5", "1|x|-2")]
    [InlineData("INSERT INTO t VALUES (1, DEFAULT, DATE '2024-01-01', 2 + 3, '4'::int, true)", "INSERT INTO t VALUES ($1, DEFAULT, DATE '2024-01-01', 2 + 3, '4'::int, true)", "1")]
    [InlineData("INSERT INTO t VALUES (1) ON CONFLICT (a) WHERE b = 2 DO UPDATE SET c = 3, d = 4 WHERE t.e = 5", "INSERT INTO t VALUES ($1) ON CONFLICT (a) WHERE b = 2 DO UPDATE SET c = $2, d = $3 WHERE t.e = $4", "1|3|4|5")]
    [InlineData("UPDATE t SET a = 1, b = b + 2, (c, d) = (3, 4), e = 'x' FROM u WHERE u.i = 5 RETURNING 6", "UPDATE t SET a = $1, b = b + $2, (c, d) = (3, 4), e = $3 FROM u WHERE u.i = $4 RETURNING 6", "1|2|x|5")]
    [InlineData("UPDATE t SET a = a + -7, b = \"b\" - 8 WHERE i = 9", "UPDATE t SET a = a + $1, b = \"b\" - $2 WHERE i = $3", "-7|8|9")]
    [InlineData("UPDATE t SET a = a - -7, b = b -8", "UPDATE t SET a = a - $1, b = b -$2", "-7|8")]
    [InlineData("UPDATE t SET a = a + 7 * 2, b = b + c + 8, d = a + 1.5, e = a + '9', f = a + 2147483648, g = t.a + 3, h = f(a) + 4, i = a + 5::int8, j = - 6 WHERE a + 5 > b AND c = 9", "UPDATE t SET a = a + 7 * 2, b = b + c + 8, d = a + 1.5, e = a + '9', f = a + 2147483648, g = t.a + 3, h = f(a) + 4, i = a + 5::int8, j = - 6 WHERE a + 5 > b AND c = $1", "9")]
    [InlineData("DELETE FROM t WHERE a = 1 AND b > 2", "DELETE FROM t WHERE a = $1 AND b > $2", "1|2")]
    [InlineData("WITH x AS (SELECT a FROM t WHERE b = 1) SELECT * FROM x WHERE a = 2", "WITH x AS (SELECT a FROM t WHERE b = $1) SELECT * FROM x WHERE a = $2", "1|2")]
    [InlineData("SELECT * FROM (SELECT a FROM t WHERE b = 1) s WHERE EXISTS (SELECT 1 FROM u WHERE u.c = 2 AND u.d = 'y')", "SELECT * FROM (SELECT a FROM t WHERE b = $1) s WHERE EXISTS (SELECT 1 FROM u WHERE u.c = $2 AND u.d = $3)", "1|2|y")]
    [InlineData("SELECT a FROM t WHERE b = 1 UNION SELECT 2 FROM t WHERE c = 3", "SELECT a FROM t WHERE b = $1 UNION SELECT 2 FROM t WHERE c = $2", "1|3")]
    public void TryNormalize_Postgres_TakesOutWhatIsComparedOrAssigned(string sql, string? expected, string values) =>
        Check(sql, SqlDialect.Postgres, expected, values);

    [Theory]
    [Trait("Rule", "S3.1")]
    [InlineData("SELECT 1, a = 2, (SELECT b FROM u WHERE c = 3) FROM t")]
    [InlineData("SELECT a FROM t GROUP BY (SELECT b FROM u WHERE c = 3) HAVING count(*) > 4 ORDER BY a = 5 LIMIT 6 OFFSET 7")]
    [InlineData("SELECT a FROM t WHERE a + 1 > 5 AND lower(b) = 'x' AND f(c, 1) = 2 AND 3 = d AND 1 = 1 AND -e = 5")]
    [InlineData("SELECT a FROM t WHERE b = 'x'::date AND c = DATE '2024-01-01' AND d = 5 + 1 AND e = 'x' COLLATE \"C\" AND f = 1.5")]
    [InlineData("SELECT a FROM t WHERE j -> 'k' = '1' AND j ->> 0 = 'x' AND j #>> '{a}' = 'z' AND b LIKE 'x%' AND c IS NULL AND d = TRUE AND e IS DISTINCT FROM 5")]
    [InlineData("SELECT a FROM t WHERE CASE WHEN b = 1 THEN 2 ELSE 3 END = 4")]
    [InlineData("SELECT a FROM t WHERE (b, c) = (1, 2) AND (b, c) IN ((1, 2)) AND d = ANY (ARRAY[1, 2]) AND e[1] = 5")]
    [InlineData("SELECT count(*) FILTER (WHERE a = 1) FROM t WHERE b = 99999999999999999999")]
    [InlineData("VALUES (1, 2)")]
    [InlineData("SELECT * FROM (VALUES (1, 2)) v")]
    [InlineData("SELECT EXTRACT(year FROM a), substring(b FROM 2 FOR 3) FROM t")]
    public void TryNormalize_LiteralElsewhere_Stays(string sql) => Check(sql, SqlDialect.Postgres, sql, "");

    [Theory]
    [Trait("Rule", "S3.1")]
    [InlineData("SELECT * FROM t WHERE a = 1.5 AND b = x'00ff' AND c == 2 AND \"d\" = 'x' AND [e] != 0x10", "SELECT * FROM t WHERE a = ?1 AND b = ?2 AND c == ?3 AND \"d\" = ?4 AND [e] != 0x10", "1.5|x'00FF'|2|x")]
    [InlineData("REPLACE INTO t VALUES (1, -2.5)", "REPLACE INTO t VALUES (?1, ?2)", "1|-2.5")]
    [InlineData("SELECT * FROM t WHERE a = 1 LIMIT 5, 10", "SELECT * FROM t WHERE a = ?1 LIMIT 5, 10", "1")]
    [InlineData("SELECT a FROM t WHERE a = -9223372036854775808 AND b = 9223372036854775808", "SELECT a FROM t WHERE a = ?1 AND b = 9223372036854775808", "-9223372036854775808")]
    [InlineData("SELECT a FROM t WHERE a = 1e999 AND b = 'x' COLLATE nocase AND c GLOB 'x*' AND d = 5 = 1", "SELECT a FROM t WHERE a = 1e999 AND b = 'x' COLLATE nocase AND c GLOB 'x*' AND d = 5 = 1", "")]
    public void TryNormalize_Sqlite_TakesOutWhatIsComparedOrAssigned(string sql, string expected, string values) =>
        Check(sql, SqlDialect.Sqlite, expected, values);

    [Theory]
    [Trait("Rule", "S1.5")]
    [InlineData("SELECT * FROM t WHERE a = $2 AND b = 7 AND c = $1 AND d = $2", SqlDialect.Postgres, "SELECT * FROM t WHERE a = $1 AND b = $2 AND c = $3 AND d = $1", "#2|7|#1")]
    [InlineData("SELECT * FROM t WHERE a=? AND b=? AND c ? 'x' LIMIT ?", SqlDialect.Postgres, "SELECT * FROM t WHERE a=$1 AND b=$2 AND c ? 'x' LIMIT $3", "#1|#2|#3")]
    [InlineData("SELECT ?1 FROM t WHERE a = 5 AND b = ?1", SqlDialect.Postgres, "SELECT $1 FROM t WHERE a = $2 AND b = $1", "#1|5")]
    [InlineData("SELECT * FROM t WHERE a = :x AND b = :y AND c = :x AND d[1:n] = 5 AND e = @z", SqlDialect.Postgres, "SELECT * FROM t WHERE a = $1 AND b = $2 AND c = $1 AND d[1:n] = 5 AND e = $3", "#1|#2|#3")]
    [InlineData("SELECT * FROM t WHERE a = ? AND b = 5 AND c = ?", SqlDialect.Sqlite, "SELECT * FROM t WHERE a = ?1 AND b = ?2 AND c = ?3", "#1|5|#2")]
    [InlineData("SELECT * FROM t WHERE a=:a AND b=@a AND c=$a AND d=:a", SqlDialect.Sqlite, "SELECT * FROM t WHERE a=?1 AND b=?2 AND c=?3 AND d=?1", "#1|#2|#3")]
    [InlineData("SELECT * FROM t WHERE a = $1 AND b = ?", SqlDialect.Postgres, null, "")]
    public void TryNormalize_OwnParameters_RenumberedOnce(string sql, SqlDialect dialect, string? expected, string values) =>
        Check(sql, dialect, expected, values);

    /// <summary>A point that is written decides which schema counts: it belongs to the plan's key. The statement's own parameters in points are parameters like others.</summary>
    [Theory]
    [Trait("Rule", "S3.1")]
    [InlineData("SELECT * FROM t AS OF LSN 5 WHERE a = 6", "SELECT * FROM t AS OF LSN 5 WHERE a = {1}", "6")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME AS OF '2024-01-01' x JOIN u AS OF VERSION CURRENT - 5 ON x.a = u.a AND u.b = 6 WHERE x.c = 7", "SELECT * FROM t FOR SYSTEM_TIME AS OF '2024-01-01' x JOIN u AS OF VERSION CURRENT - 5 ON x.a = u.a AND u.b = {1} WHERE x.c = {2}", "6|7")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME BETWEEN '2024-01-01' AND '2024-02-01' JOIN u FOR SYSTEM_TIME CONTAINED IN (LSN 1, LSN 2) ON u.b = 6 WHERE a = 7", "SELECT * FROM t FOR SYSTEM_TIME BETWEEN '2024-01-01' AND '2024-02-01' JOIN u FOR SYSTEM_TIME CONTAINED IN (LSN 1, LSN 2) ON u.b = {1} WHERE a = {2}", "6|7")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME FROM '2024-01-01' TO LSN 9 WHERE a IN (SELECT b FROM u AS OF BRANCH 'x' AT VERSION 3 WHERE c = 4)", "SELECT * FROM t FOR SYSTEM_TIME FROM '2024-01-01' TO LSN 9 WHERE a IN (SELECT b FROM u AS OF BRANCH 'x' AT VERSION 3 WHERE c = {1})", "4")]
    [InlineData("UPDATE t SET a = 1 FROM u AS OF LSN 5 WHERE u.b = 2", "UPDATE t SET a = {1} FROM u AS OF LSN 5 WHERE u.b = {2}", "1|2")]
    [InlineData("SELECT * FROM t AS OF LSN ? x, u AS OF ?, v AS OF TIMESTAMP ? WHERE x.a = 5 AND x.b = ?", "SELECT * FROM t AS OF LSN {1} x, u AS OF {2}, v AS OF TIMESTAMP {3} WHERE x.a = {4} AND x.b = {5}", "#1|#2|#3|5|#4")]
    [InlineData("SELECT * FROM t AS OF BRANCH :b, u AS OF VERSION CURRENT - :n, v AS OF SNAPSHOT @s, w AS OF BOOKMARK :b WHERE a = :n", "SELECT * FROM t AS OF BRANCH {1}, u AS OF VERSION CURRENT - {2}, v AS OF SNAPSHOT {3}, w AS OF BOOKMARK {1} WHERE a = {2}", "#1|#2|#3")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME BETWEEN ? AND ? WHERE a = 5", "SELECT * FROM t FOR SYSTEM_TIME BETWEEN {1} AND {2} WHERE a = {3}", "#1|#2|5")]
    public void TryNormalize_PointsInTime_StayInTheText(string sql, string expected, string values)
    {
        Check(sql, SqlDialect.Postgres, expected.Replace("{", "$", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), values);
        Check(sql, SqlDialect.Sqlite, expected.Replace("{", "?", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), values);
    }

    /// <summary>Behind a word that may be a column too, a sign may be an operator: the statement is taken as it is.</summary>
    [Theory]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME BETWEEN LSN ? AND LSN ? WHERE a = 5")]
    [InlineData("SELECT * FROM t AS OF BRANCH ? AT VERSION ? WHERE a = 5")]
    [InlineData("SELECT * FROM t WHERE a = 1 AND version ? 'k'")]
    public void TryNormalize_PostgresSignInDoubt_False(string sql) => Assert.False(new SqlNormalizer().TryNormalize(sql, SqlDialect.Postgres));

    [Fact]
    public void TryNormalize_JsonOperatorBehindAColumnOfThatName_StaysAnOperator() => Check(
        "SELECT version ? 'a' FROM t WHERE branch ? 'k' AND a = 5", SqlDialect.Postgres, "SELECT version ? 'a' FROM t WHERE branch ? 'k' AND a = $1", "5");

    [Theory]
    [InlineData("CREATE TABLE t (a int)")]
    [InlineData("EXPLAIN SELECT * FROM t WHERE a = 1")]
    [InlineData("SET a = 1")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 'open")]
    [InlineData("SELECT * FROM t WHERE (a = 1")]
    [InlineData("SELECT * FROM t WHERE a = 1)")]
    [InlineData("")]
    [InlineData(";")]
    public void TryNormalize_NotForIt_False(string sql) => Assert.False(new SqlNormalizer().TryNormalize(sql, SqlDialect.Postgres));

    [Fact]
    public void NameOf_NamedParameters_GivesTheirNames()
    {
        var normalizer = new SqlNormalizer();
        Assert.True(normalizer.TryNormalize("SELECT * FROM t WHERE a = :one AND b = @two AND c = :one", SqlDialect.Sqlite));
        Assert.Equal(":one", normalizer.NameOf(1));
        Assert.Equal("@two", normalizer.NameOf(2));
        Assert.Equal("", normalizer.NameOf(3));
    }

    [Theory]
    [InlineData("SELECT a + ? FROM t WHERE b = 1", false)]
    [InlineData("SELECT a, (SELECT b FROM u WHERE c = :c) FROM t", false)]
    [InlineData("DELETE FROM t WHERE a = ? RETURNING b > ?", false)]
    [InlineData("SELECT a + ?1 FROM t WHERE b = 1", true)]
    [InlineData("SELECT a FROM t WHERE b = ? GROUP BY c HAVING COUNT(*) > ? LIMIT ?", true)]
    [InlineData("SELECT a FROM (SELECT a FROM t WHERE b = :b) WHERE a > :c", true)]
    public void TryNormalize_ParametersInASelectList_StayAsTheyAreWritten(string sql, bool expected) =>
        Assert.Equal(expected, new SqlNormalizer().TryNormalize(sql, SqlDialect.Sqlite));

    [Fact]
    public void TryNormalize_WholeCorpus_ResultParsesWithAsManyParameters()
    {
        var normalizer = new SqlNormalizer();
        var failures = new List<string>();
        var count = 0;
        foreach (var (sql, dialect) in Corpora.All)
        {
            if (!normalizer.TryNormalize(sql, dialect)) continue;
            count++;
            var text = normalizer.Text.ToString();
            try
            {
                var parsed = SqlParser.ParseWithParameters(text, dialect);
                if (parsed.ParameterCount != normalizer.Parameters.Length) failures.Add($"{parsed.ParameterCount} parameters: {text}");
                if (!SameWithLiterals(SqlParser.Parse(sql, dialect), parsed.Statement, normalizer)) failures.Add($"another tree: {sql}\n -> {text}");
            }
            catch (VitessException e)
            {
                failures.Add($"{e.Message}: {text}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(count > 200);
    }

    [Fact]
    public void TryNormalize_Again_AllocatesNothing()
    {
        var normalizer = new SqlNormalizer();
        const string Sql = "SELECT a, b FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id = 12345 AND o.kind IN (1, 2, 3) AND o.total > ? ORDER BY a";
        for (var i = 0; i < 100; i++) Assert.True(normalizer.TryNormalize(Sql, SqlDialect.Postgres));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var good = true;
        for (var i = 0; i < 100; i++) good &= normalizer.TryNormalize(Sql, SqlDialect.Postgres);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(good);
        Assert.Equal(0, allocated);
    }

    /// <summary>Whether the trees are equal when the literals are put back and the parameters get their old numbers.</summary>
    private static bool SameWithLiterals(Statement original, Statement normalized, SqlNormalizer normalizer)
    {
        var parameters = normalizer.Parameters.ToArray();
        var restored = SqlTree.Rewrite(normalized, node => node is Parameter parameter ? Restore(parameters[parameter.Index - 1]) : null);
        var plain = SqlTree.Rewrite(original, node => node is Parameter parameter ? new Parameter(ParameterStyle.Dollar, parameter.Index) : null);
        return plain.Equals(restored);
    }

    private static Expr Restore(NormalizedParameter parameter)
    {
        if (!parameter.IsLiteral) return new Parameter(ParameterStyle.Dollar, parameter.OriginalIndex);
        var value = parameter.Value;
        return value.Kind switch
        {
            SqlValueKind.Integer when value.AsInteger() < 0 => new Unary("-", new Literal(LiteralKind.Integer, value.ToString()[1..])),
            SqlValueKind.Integer => new Literal(LiteralKind.Integer, value.ToString()),
            SqlValueKind.Real => new Literal(LiteralKind.Number, value.ToString()),
            SqlValueKind.Blob => new Literal(LiteralKind.Blob, Convert.ToHexStringLower(value.AsBlob())),
            _ => new Literal(LiteralKind.String, value.AsText()),
        };
    }

    private static void Check(string sql, SqlDialect dialect, string? expected, string values)
    {
        var normalizer = new SqlNormalizer();
        Assert.Equal(expected is not null, normalizer.TryNormalize(sql, dialect));
        if (expected is null) return;
        Assert.Equal(expected, normalizer.Text.ToString());
        var found = new List<string>();
        foreach (var parameter in normalizer.Parameters) found.Add(parameter.IsLiteral ? parameter.Value.ToString() : $"#{parameter.OriginalIndex}");
        Assert.Equal(values, string.Join('|', found));
    }
}
