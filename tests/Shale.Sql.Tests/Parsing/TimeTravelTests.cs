using Shale.Sql.Tests.Oracles;

namespace Shale.Sql.Tests.Parsing;

public class TimeTravelTests
{
    /// <summary>What can stand behind <c>FROM t AS of</c>, and what begins points.</summary>
    private static readonly string[] Behind =
    [
        .. FuzzTests.Pieces, "SYSTEM", "TIME", "BOOKMARK", "now()", "left('a', 1)", "SKIP LOCKED", "TABLESAMPLE system (1)", "INDEXED BY", "NOT INDEXED", "WINDOW", "HAVING", "TO", "DATA",
        "ON CONFLICT", "SET (a, b) = (1, 2)", "CROSS JOIN", "INNER", "RIGHT", "INTERSECT", "WITH NO DATA", "NOWAIT", "UPDATE", "SHARE", "KEY", "(a, b)", "('x')", "system_time",
    ];

    private static readonly string[] Heads = ["SELECT 1 FROM t AS of", "SELECT 1 FROM u JOIN t AS of", "UPDATE t AS of", "DELETE FROM t AS of", "INSERT INTO t AS of"];

    private static readonly string[] BehindWords = ["", "(SELECT 1) z", "(SELECT 1) z ON true", "JOIN (u) ON true", "(a)", "(1)", "'x'", "(a, b) = (1, 2)", "a = 1", "x", "u ON true", "w AS ()", "VALUES (1)"];

    private static IEnumerable<string> AliasesCalledOf =>
    [
        .. from first in Behind from second in Behind select $"SELECT 1 FROM t AS of {first} {second}",
        .. from head in Heads from word in Enum.GetNames<Lexing.Keyword>() from behind in BehindWords select $"{head} {word} {behind}",
    ];

    [Theory]
    [InlineData("FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01 12:00:00'", null)]
    [InlineData("for system_time as of '2024-01-01'", "FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01'")]
    [InlineData("AS OF '2024-01-01'", "FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01'")]
    [InlineData("AS OF LSN 12345", "FOR SYSTEM_TIME AS OF LSN 12345")]
    [InlineData("AS OF lsn :p", "FOR SYSTEM_TIME AS OF LSN :p")]
    [InlineData("AS OF :p", "FOR SYSTEM_TIME AS OF TIMESTAMP :p")]
    [InlineData("AS OF SNAPSHOT 'main@5'", "FOR SYSTEM_TIME AS OF SNAPSHOT 'main@5'")]
    [InlineData("AS OF BOOKMARK 'b'", "FOR SYSTEM_TIME AS OF BOOKMARK 'b'")]
    [InlineData("AS OF BRANCH 'feature-x'", "FOR SYSTEM_TIME AS OF BRANCH 'feature-x'")]
    [InlineData("AS OF BRANCH 'x' AT '2024-01-01'", "FOR SYSTEM_TIME AS OF BRANCH 'x' AT TIMESTAMP '2024-01-01'")]
    [InlineData("AS OF BRANCH :b AT VERSION :v", "FOR SYSTEM_TIME AS OF BRANCH :b AT VERSION :v")]
    [InlineData("AS OF VERSION 5", "FOR SYSTEM_TIME AS OF VERSION 5")]
    [InlineData("AS OF VERSION CURRENT", "FOR SYSTEM_TIME AS OF VERSION CURRENT - 0")]
    [InlineData("AS OF VERSION CURRENT - :n", "FOR SYSTEM_TIME AS OF VERSION CURRENT - :n")]
    [InlineData("AS OF CURRENT_TIMESTAMP", "FOR SYSTEM_TIME AS OF TIMESTAMP (current_timestamp)")]
    [InlineData("FOR SYSTEM_TIME AS OF (lower('2024-01-01'))", "FOR SYSTEM_TIME AS OF TIMESTAMP (lower('2024-01-01'))")]
    [InlineData("FOR SYSTEM_TIME BETWEEN '2024-01-01' AND LSN 5", "FOR SYSTEM_TIME BETWEEN TIMESTAMP '2024-01-01' AND LSN 5")]
    [InlineData("FOR SYSTEM_TIME FROM VERSION 1 TO VERSION CURRENT - 1", null)]
    [InlineData("FOR SYSTEM_TIME CONTAINED IN (LSN 1, SNAPSHOT 's')", null)]
    [InlineData("FOR SYSTEM_TIME ALL", null)]
    public void Parse_EveryForm_InEveryPlace_IsTheSameTree(string clause, string? canonical)
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var bare = SqlParser.Parse($"SELECT * FROM t {clause}", dialect);
            Assert.Equal($"SELECT * FROM t {canonical ?? clause}", SqlPrinter.Print(bare, dialect));
            var named = SqlParser.Parse($"SELECT * FROM t {clause} AS x WHERE x.a = 1", dialect);
            foreach (var place in (string[])["t {0} x", "t AS x {0}", "t x {0}", "t {1} x"])
            {
                var text = $"SELECT * FROM {place.Replace("{0}", clause, StringComparison.Ordinal).Replace("{1}", canonical ?? clause, StringComparison.Ordinal)} WHERE x.a = 1";
                Assert.Equal(named, SqlParser.Parse(text, dialect));
            }

            Assert.Equal(2, SqlTree.All<SystemTime>(SqlParser.Parse($"SELECT * FROM t {clause} AS of JOIN u AS of {clause} ON true, v", dialect)).Count);
        }
    }

    [Theory]
    [InlineData("AS OF TIMESTAMP '2024-01-01' AT TIME ZONE 'Europe/Berlin'", "TIMESTAMP (timestamp '2024-01-01' AT TIME ZONE 'Europe/Berlin')")]
    [InlineData("AS OF now() - INTERVAL '1 hour'", "TIMESTAMP (now() - interval '1 hour')")]
    [InlineData("AS OF DATE '2024-01-01' + 1", "TIMESTAMP (date '2024-01-01' + 1)")]
    [InlineData("AS OF TIMESTAMP WITH TIME ZONE '2024-01-01'", "TIMESTAMP (timestamp with time zone '2024-01-01')")]
    [InlineData("AS OF TIMESTAMP $1::timestamptz", "TIMESTAMP (CAST($1 AS timestamptz))")]
    public void Parse_PostgresExpressions_KeepTheirTypes(string clause, string expected)
    {
        var tree = SqlParser.Parse($"SELECT * FROM t {clause}", SqlDialect.Postgres);
        var printed = SqlPrinter.Print(tree, SqlDialect.Postgres);

        Assert.Equal($"SELECT * FROM t FOR SYSTEM_TIME AS OF {expected}", printed, ignoreCase: true);
        Assert.Equal(tree, SqlParser.Parse(printed, SqlDialect.Postgres));
    }

    [PgQueryFact]
    public void Postgres_TableCalledOf_WhatPostgresAcceptsIsNoPoint() => RequireAlias(SqlDialect.Postgres, sql => PgQuery.Check(sql) is null);

    [SqliteFact]
    public void Sqlite_TableCalledOf_WhatSqliteAcceptsIsNoPoint() => RequireAlias(SqlDialect.Sqlite, SqlitePrepare.AcceptsWhole);

    [Theory]
    [InlineData("SELECT * FROM t AS OF 5", "this alone is no point in time", 23, "AS OF LSN 12345 or AS OF VERSION 5")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME AS OF -5", "this alone is no point in time", 39, "AS OF LSN 12345 or AS OF VERSION 5")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME AS OF", "a point in time is missing", 38, "AS OF TIMESTAMP '2024-01-31 12:00:00'")]
    [InlineData("SELECT * FROM t AS OF TIMESTAMP", "a point in time is missing", 32, "AS OF TIMESTAMP '2024-01-31 12:00:00'")]
    [InlineData("SELECT * FROM t AS OF TIMESTAMP 1706704245", "this alone is no point in time", 33, "'2024-01-31 12:00:00'")]
    [InlineData("SELECT * FROM t AS OF TIMESTAMP NULL", "this alone is no point in time", 33, "'2024-01-31 12:00:00'")]
    [InlineData("SELECT * FROM t AS OF LSN 'x'", "takes a whole number", 27, "AS OF LSN 12345.")]
    [InlineData("SELECT * FROM t AS OF LSN 1.5", "takes a whole number", 27, "AS OF LSN 12345.")]
    [InlineData("SELECT * FROM t AS OF LSN -1", "takes a whole number", 27, "AS OF LSN 12345.")]
    [InlineData("SELECT * FROM t AS OF LSN", "takes a whole number", 26, "AS OF LSN 12345.")]
    [InlineData("SELECT * FROM t AS OF VERSION 'x'", "takes a whole number", 31, "AS OF VERSION 5.")]
    [InlineData("SELECT * FROM t AS OF VERSION CURRENT - 'x'", "takes a whole number", 41, "AS OF VERSION CURRENT - 5.")]
    [InlineData("SELECT * FROM t AS OF VERSION CURRENT + 1", "in the future", 39, "AS OF VERSION CURRENT - 5.")]
    [InlineData("SELECT * FROM t AS OF SNAPSHOT 5", "takes a string", 32, "AS OF SNAPSHOT 'before-import'")]
    [InlineData("SELECT * FROM t AS OF SNAPSHOT main", "takes a string", 32, "AS OF SNAPSHOT 'before-import'")]
    [InlineData("SELECT * FROM t AS OF BRANCH main", "takes a string", 30, "AS OF BRANCH 'feature-x'")]
    [InlineData("SELECT * FROM t AS OF BOOKMARK 1", "takes a string", 32, "AS OF BOOKMARK '")]
    [InlineData("SELECT * FROM t AS OF BRANCH 'a' AT BRANCH 'b'", "a branch names a point by itself", 37, "BRANCH 'feature-x' AT LSN 12345")]
    [InlineData("SELECT * FROM t AS OF BRANCH 'a' AT SNAPSHOT 'b'", "a snapshot names a point by itself", 37, "BRANCH 'feature-x' AT LSN 12345")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME SINCE '2024-01-01'", "FOR SYSTEM_TIME asks for AS OF", 33, "FOR SYSTEM_TIME BETWEEN '2024-01-01' AND '2024-02-01'")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME FROM BRANCH 'x' TO LSN 5", "a branch is no end of a period", 38, "USE main/feature-x")]
    [InlineData("SELECT * FROM t AS OF LSN 5 AS OF LSN 6", "a point in time stands once", 29, "in front of WHERE")]
    [InlineData("SELECT * FROM t AS OF LSN 5 x FOR SYSTEM_TIME ALL", "a point in time stands once", 31, "in front of WHERE")]
    [InlineData("SELECT * FROM (SELECT 1) AS OF LSN 5", "a point in time stands once", 26, "in front of WHERE")]
    [InlineData("SELECT * FROM (SELECT 1) x FOR SYSTEM_TIME AS OF LSN 5", "a point in time stands once", 28, "in front of WHERE")]
    [InlineData("SELECT * FROM json_each('1') AS OF '2024-01-01'", "a point in time stands once", 30, "in front of WHERE")]
    [InlineData("SELECT * FROM (t JOIN u ON true) AS OF LSN 5", "a point in time stands once", 34, "in front of WHERE")]
    [InlineData("SELECT * FROM t WHERE a = 1 FOR SYSTEM_TIME AS OF LSN 5", "a point in time stands once", 29, "in front of WHERE")]
    [InlineData("SELECT * FROM t JOIN u ON t.a = u.a AS OF LSN 5", "a point in time stands once", 37, "in front of WHERE")]
    [InlineData("SELECT * FROM t GROUP BY a HAVING a = 1 AS OF :p", "a point in time stands once", 41, "in front of WHERE")]
    [InlineData("SELECT * FROM t AS OF SYSTEM TIME '2024-01-01'", "AS OF SYSTEM TIME is the point of a whole transaction", 23, "BEGIN AS OF SYSTEM TIME")]
    [InlineData("RESTORE KEYSPACE main TO BRANCH 'x'", "a branch is restored to a point of its own past", 26, "RESTORE KEYSPACE main TO TIMESTAMP")]
    [InlineData("RESTORE KEYSPACE main TO 5", "this alone is no point in time", 26, "'2024-01-31 12:00:00'")]
    public void Parse_NoPoint_SaysWhatAndShowsAnExample(string sql, string message, int position, string hint)
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var failure = Assert.Throws<VitessException>(() => SqlParser.Parse(sql, dialect));
            Assert.Equal("TT_INVALID_SYNTAX", failure.Code);
            Assert.Equal("42601", failure.SqlState);
            Assert.Contains(message, failure.Message, StringComparison.Ordinal);
            Assert.Contains(hint, failure.Hint, StringComparison.Ordinal);
            Assert.Equal(position, failure.Position);
        }
    }

    [Theory]
    [InlineData("UPDATE t FOR SYSTEM_TIME AS OF LSN 5 SET a = 1", 10)]
    [InlineData("UPDATE t AS OF '2024-01-01' SET a = 1", 10)]
    [InlineData("UPDATE t AS x AS OF LSN 5 SET a = 1", 15)]
    [InlineData("DELETE FROM t AS OF LSN 5", 15)]
    [InlineData("DELETE FROM t AS x FOR SYSTEM_TIME ALL", 20)]
    [InlineData("INSERT INTO t AS OF LSN 5 VALUES (1)", 15)]
    [InlineData("INSERT INTO t FOR SYSTEM_TIME AS OF LSN 5 (a) VALUES (1)", 15)]
    [InlineData("WITH x AS (SELECT 1) DELETE FROM t AS OF :p", 36)]
    public void Parse_WriteToThePast_NotSupportedWithAHint(string sql, int position)
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var failure = Assert.Throws<VitessException>(() => SqlParser.Parse(sql, dialect));
            Assert.Equal(("QUERY_ERROR", "0A000"), (failure.Code, failure.SqlState));
            Assert.Contains("the past cannot be written", failure.Message, StringComparison.Ordinal);
            Assert.Contains("INSERT INTO t SELECT * FROM t AS OF", failure.Hint, StringComparison.Ordinal);
            Assert.Equal(position, failure.Position);
        }
    }

    [Theory]
    [InlineData("BEGIN READ WRITE AS OF LSN 5", 18)]
    [InlineData("SET TRANSACTION READ WRITE, AS OF LSN 5", 29)]
    public void Parse_WritingTransactionInThePast_Refused(string sql, int position)
    {
        var failure = Assert.Throws<VitessException>(() => SqlParser.Parse(sql, SqlDialect.Postgres));
        Assert.Equal("TT_INVALID_SYNTAX", failure.Code);
        Assert.Contains("only reads", failure.Message, StringComparison.Ordinal);
        Assert.Equal(position, failure.Position);
    }

    [Fact]
    public void Parse_SqliteTableInParentheses_KeepsItsPointUnderTheOuterAlias() => Assert.Equal(
        SqlParser.Parse("SELECT x.a FROM t AS OF LSN 5 AS x", SqlDialect.Sqlite), SqlParser.Parse("SELECT x.a FROM (t AS OF LSN 5 y) AS x", SqlDialect.Sqlite));

    [Fact]
    public void Parse_UpdateOfATableCalledOf_SetIsNoFunction()
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
            Assert.Equal("of", Assert.IsType<UpdateStatement>(SqlParser.Parse("UPDATE t AS of SET (a, b) = (1, 2)", dialect)).Table.Alias!.Name);
    }

    [Fact]
    public void Parse_Transactions_HaveAPoint()
    {
        var point = new SystemTimePoint(PointKind.Timestamp, new Literal(LiteralKind.String, "2024-01-01"));
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            Assert.Equal(point, Assert.IsType<BeginStatement>(SqlParser.Parse("BEGIN AS OF SYSTEM TIME '2024-01-01'", dialect)).AsOf);
            Assert.Equal(point, Assert.IsType<SetStatement>(SqlParser.Parse("SET TRANSACTION READ ONLY, AS OF TIMESTAMP '2024-01-01'", dialect)).AsOf);
            Assert.Null(Assert.IsType<BeginStatement>(SqlParser.Parse("BEGIN", dialect)).AsOf);
        }
    }

    [Fact]
    public void Parse_Restore_NamesWhatAndWhere()
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var restore = Assert.IsType<RestoreStatement>(SqlParser.Parse("RESTORE KEYSPACE main TO BOOKMARK 'b';", dialect));
            Assert.Equal(("main", PointKind.Bookmark), (restore.Name!.Name, restore.Point.Kind));
            Assert.False(restore.IsDatabase);
            Assert.Null(Assert.IsType<RestoreStatement>(SqlParser.Parse("RESTORE DATABASE TO LSN 5", dialect)).Name);
            Assert.Equal("42601", Assert.Throws<VitessException>(() => SqlParser.Parse("RESTORE TABLE t TO LSN 5", dialect)).SqlState);
            Assert.Equal("42601", Assert.Throws<VitessException>(() => SqlParser.Parse("RESTORE KEYSPACE TO LSN 5", dialect)).SqlState);
        }
    }

    [Fact]
    public void Parse_Backup_NamesWhatAndWhere()
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var backup = Assert.IsType<BackupStatement>(SqlParser.Parse("BACKUP KEYSPACE Main TO '/var/it''s';", dialect));
            Assert.Equal("/var/it's", backup.Directory);
            Assert.Equal(backup, SqlParser.Parse(SqlPrinter.Print(backup, dialect), dialect) as BackupStatement, (left, right) => (left!.Keyspace.Name, left.Directory) == (right!.Keyspace.Name, right.Directory));
            Assert.Equal("42601", Assert.Throws<VitessException>(() => SqlParser.Parse("BACKUP main TO '/x'", dialect)).SqlState);
            Assert.Equal("42601", Assert.Throws<VitessException>(() => SqlParser.Parse("BACKUP KEYSPACE main TO x", dialect)).SqlState);
        }
    }

    [Fact]
    public void Parse_AlterKeyspace_NamesTheEngine()
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var set = Assert.IsType<SetEngineStatement>(SqlParser.Parse("alter keyspace \"Main\" set engine POSTGRES;", dialect));
            Assert.Equal(("Main", "postgres"), (set.Keyspace.Name, set.Engine.ToLowerInvariant()));
            Assert.Equal(set, SqlParser.Parse(SqlPrinter.Print(set, dialect), dialect) as SetEngineStatement, (left, right) => (left!.Keyspace.Name, left.Engine) == (right!.Keyspace.Name, right.Engine));
            Assert.Equal("42601", Assert.Throws<VitessException>(() => SqlParser.Parse("ALTER KEYSPACE main SET ENGINE", dialect)).SqlState);
            Assert.Equal("42601", Assert.Throws<VitessException>(() => SqlParser.Parse("ALTER KEYSPACE main ENGINE sqlite", dialect)).SqlState);
        }
    }

    [Fact]
    public void Parse_Call_HasProcedureAndArguments()
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var call = Assert.IsType<CallStatement>(SqlParser.Parse("CALL Dosql_Branch('x', 1 + $1)", dialect)).Call;
            Assert.Equal("dosql_branch", call.Name.Name.Name);
            Assert.Equal(2, call.Args.Count);
            foreach (var wrong in (string[])["CALL", "CALL p", "CALL p(", "CALL p() OVER ()", "CALL 5()", "CALL (p())"])
                Assert.Equal("42601", Assert.Throws<VitessException>(() => SqlParser.Parse(wrong, dialect)).SqlState);
        }
    }

    private static void RequireAlias(SqlDialect dialect, Func<string, bool> accepts)
    {
        var failures = new List<string>();
        var accepted = 0;
        foreach (var sql in AliasesCalledOf)
        {
            if (sql.Contains('\0') || !accepts(sql)) continue;
            accepted++;
            try
            {
                if (SqlTree.Any(SqlParser.Parse(sql, dialect), node => node is SystemTime)) failures.Add("read as a point: " + sql);
            }
            catch (VitessException e)
            {
                if (e.Code.StartsWith("TT_", StringComparison.Ordinal) || e.Message.Contains("the past", StringComparison.Ordinal) || !Deviations.IsKnown(sql, e)) failures.Add($"{e.Message}: {sql}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(30)));
        Assert.True(accepted > 50, $"{accepted} accepted");
    }
}
