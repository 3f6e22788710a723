namespace Shale.Sql.Tests.NamesAndTypes;

public sealed class TimeTravelBindingTests
{
    private static readonly SchemaFixture Pg = SchemaFixture.Postgres;
    private static readonly SchemaFixture Lite = SchemaFixture.Sqlite;

    [Fact]
    [Trait("Rule", "S5.3")]
    public void Bind_OneTableAtTwoPoints_AreTwoRelations()
    {
        foreach (var schema in (SchemaFixture[])[Pg, Lite])
        {
            var binding = schema.Bind("SELECT a.id, b.id, c.id FROM users AS OF LSN 5 AS a JOIN users AS OF '2024-01-01' AS b ON a.id = b.id JOIN users c ON c.id = a.id");

            var relations = binding.Blocks[0].Relations;
            Assert.Equal(["LSN 5", "TIMESTAMP '2024-01-01'", null], relations.Select(relation => relation.Time?.Start is { } point ? SqlPrinter.Print(point, binding.Dialect) : null));
            Assert.Equal(3, relations.Distinct().Count());
            Assert.Same(relations[0].Table, relations[1].Table);
            Assert.Equal(relations, SqlTree.All<ColumnRef>(binding.Statement).Take(3).Select(column => binding.ColumnOf(column)!.Relation));
        }
    }

    [Fact]
    public void Bind_SameNameTwice_NeedsAliasesAsInThePresent()
    {
        Assert.Equal("42712", Pg.Fails("SELECT 1 FROM users AS OF LSN 5, users AS OF LSN 6").SqlState);
        Assert.Equal("42702", Lite.Fails("SELECT id FROM users AS OF LSN 5, users AS OF LSN 6").SqlState);
    }

    [Theory]
    [InlineData("BETWEEN '2024-01-01' AND '2024-02-01'")]
    [InlineData("FROM LSN 1 TO LSN 2")]
    [InlineData("CONTAINED IN (VERSION 1, VERSION CURRENT)")]
    [InlineData("ALL")]
    public void Bind_Period_HasColumnsOfItsOwnThatStarsDoNotShow(string period)
    {
        foreach (var (schema, time) in new[] { (Pg, "timestamptz"), (Lite, "text") })
        {
            var star = schema.Bind("SELECT * FROM users").Outputs.Count;
            var binding = schema.Bind($"SELECT *, u.*, _dosql_version, u._dosql_valid_from AS v, _dosql_valid_to FROM users FOR SYSTEM_TIME {period} u WHERE u._dosql_version > 1 ORDER BY _dosql_valid_to");

            Assert.Equal((2 * star) + 3, binding.Outputs.Count);
            Assert.Equal([("_dosql_version", "int8"), ("v", time), ("_dosql_valid_to", time)], binding.Outputs.Skip(2 * star).Select(output => (output.Name, output.Type.Name)));
            Assert.All(binding.Outputs.Skip(2 * star), output => Assert.Null(output.Origin!.Column));
            Assert.Equal(3, binding.Blocks[0].Relations[0].HiddenColumns);
        }
    }

    [Fact]
    public void Bind_PeriodColumns_AreThereInPeriodsOnly()
    {
        foreach (var schema in (SchemaFixture[])[Pg, Lite])
        {
            Assert.Equal("42703", schema.Fails("SELECT _dosql_version FROM users AS OF LSN 5").SqlState);
            Assert.Equal("42703", schema.Fails("SELECT users._dosql_version FROM users").SqlState);
            Assert.Equal("42702", schema.Fails("SELECT _dosql_version FROM users FOR SYSTEM_TIME ALL a, users FOR SYSTEM_TIME ALL b").SqlState);
            Assert.Equal("_dosql_version", schema.Bind("WITH h AS (SELECT *, _dosql_version FROM users FOR SYSTEM_TIME ALL) SELECT h._dosql_version FROM h").Outputs[0].Name);
            var natural = schema.Bind("SELECT a.id FROM users FOR SYSTEM_TIME ALL a NATURAL JOIN users FOR SYSTEM_TIME ALL b");
            Assert.DoesNotContain("_dosql_version", natural.JoinColumnsOf(SqlTree.All<Join>(natural.Statement)[0]));
        }
    }

    [Fact]
    public void Bind_PeriodGroupedByKey_OtherColumnsNeedAnAggregate()
    {
        Assert.Equal(3, Pg.Bind("SELECT id, name, age FROM users AS OF LSN 5 GROUP BY id").Outputs.Count);
        Assert.Equal("42803", Pg.Fails("SELECT id, name FROM users FOR SYSTEM_TIME ALL GROUP BY id").SqlState);
        Assert.Equal("42803", Pg.Fails("SELECT id, _dosql_version FROM users FOR SYSTEM_TIME ALL GROUP BY id").SqlState);
        Assert.Equal(2, Pg.Bind("SELECT id, max(_dosql_version) FROM users FOR SYSTEM_TIME ALL GROUP BY id").Outputs.Count);
    }

    [Fact]
    public void Bind_RowId_IsThereAtAPointNotInAPeriod()
    {
        Assert.Single(Lite.Bind("SELECT rowid FROM users AS OF LSN 5").Outputs);
        Assert.Equal("42703", Lite.Fails("SELECT rowid FROM users FOR SYSTEM_TIME ALL").SqlState);
    }

    [Fact]
    public void Bind_ParametersAsPoints_HaveTheTypeOfTheirPoint()
    {
        var binding = Pg.Bind("SELECT 1 FROM users AS OF $1 a, users AS OF LSN $2 b, users AS OF SNAPSHOT $3 c, users AS OF BRANCH $4 AT VERSION $5 d, users AS OF VERSION CURRENT - $6 e, users AS OF BOOKMARK $7 f");

        Assert.Equal(["timestamptz", "int8", "text", "text", "int8", "int8", "text"], binding.ParameterTypes.Select(type => type.Name));
    }

    [Theory]
    [InlineData("SELECT 1 FROM users AS OF 'yesterday'", "is no timestamp", 27)]
    [InlineData("SELECT 1 FROM users FOR SYSTEM_TIME BETWEEN '2024-01-01' AND '2024-02-30'", "\"2024-02-30\" is no timestamp", 62)]
    [InlineData("SELECT 1 FROM users AS OF SNAPSHOT 'main@'", "neither a snapshot's name nor branch@version", 27)]
    [InlineData("SELECT 1 FROM users AS OF BRANCH ''", "a branch has a name", 27)]
    [InlineData("SELECT 1 FROM users AS OF BRANCH 'x' AT '24-01-01'", "is no timestamp", 41)]
    [InlineData("SELECT 1 FROM users AS OF LSN 99999999999999999999", "a whole number of 64 bits", 27)]
    [InlineData("SELECT 1 FROM users AS OF TIMESTAMP lower(name)", "cannot be computed from columns", 43)]
    [InlineData("SELECT 1 FROM users AS OF TIMESTAMP (SELECT '2024-01-01')", "cannot be computed from queries", 38)]
    [InlineData("SELECT 1 FROM users AS OF max('2024-01-01') OVER ()", "cannot be computed from aggregates", 27)]
    [InlineData("SELECT (SELECT 1 FROM orders AS OF TIMESTAMP (users.name)) FROM users", "cannot be computed from columns", 47)]
    [InlineData("WITH c AS (SELECT 1) SELECT * FROM c AS OF LSN 5", "\"c\" is a common table, which has no history", 38)]
    public void Bind_WhatCanBeNoPoint_InvalidSyntaxWithPlaceAndHint(string sql, string message, int position)
    {
        foreach (var schema in (SchemaFixture[])[Pg, Lite])
        {
            var failure = schema.Fails(sql);
            Assert.Equal("TT_INVALID_SYNTAX", failure.Code);
            Assert.Contains(message, failure.Message, StringComparison.Ordinal);
            Assert.Equal(position, failure.Position);
            Assert.NotEmpty(failure.Hint!);
        }
    }

    [Fact]
    public void Bind_PostgresExpression_MustBeATimestamp()
    {
        Assert.Empty(Pg.Bind("SELECT FROM users AS OF now() - INTERVAL '1 hour' a, users AS OF DATE '2024-01-01' b, users AS OF localtimestamp c").Outputs);
        foreach (var wrong in (string[])["INTERVAL '1 hour'", "now() - now()", "TIMESTAMP (1 + 1)", "CAST(5 AS int8)"])
            Assert.Contains("a point in time is a timestamp, not", Pg.Fails($"SELECT 1 FROM users AS OF {wrong}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_PointsOfTransactionsAndRestores_AreCheckedToo()
    {
        foreach (var sql in (string[])["RESTORE KEYSPACE main TO 'yesterday'", "BEGIN AS OF 'yesterday'", "SET TRANSACTION AS OF 'yesterday'"])
        {
            Assert.Equal("TT_INVALID_SYNTAX", Pg.Fails(sql).Code);
            Assert.Equal("TT_INVALID_SYNTAX", Lite.Fails(sql).Code);
            Assert.Empty(Pg.Bind(sql.Replace("yesterday", "2024-01-01", StringComparison.Ordinal)).Outputs);
        }

        Assert.Equal("int8", Pg.Bind("RESTORE DATABASE TO LSN $1").ParameterTypes.Single().Name);
    }

    [Fact]
    public void Bind_Call_TypesParametersAndKnowsNoColumns()
    {
        Assert.Equal(["text", "int4"], Pg.Bind("CALL dosql_snapshot($1, 1 + $2)").ParameterTypes.Select(type => type.Name));
        Assert.Equal("42703", Pg.Fails("CALL dosql_snapshot(name)").SqlState);
        Assert.Equal("42703", Lite.Fails("CALL dosql_snapshot(name)").SqlState);
    }

    [Fact]
    public void Bind_LocksOfThePast_Refused()
    {
        Assert.Equal("0A000", Pg.Fails("SELECT * FROM users AS OF LSN 5 FOR UPDATE").SqlState);
        Assert.Equal("0A000", Pg.Fails("SELECT * FROM users AS OF LSN 5 u, orders FOR SHARE OF u").SqlState);
        Assert.NotEmpty(Pg.Bind("SELECT * FROM users AS OF LSN 5 u, orders FOR UPDATE OF orders").Outputs);
    }

    [Fact]
    public void Bind_SqliteFunctionAsTable_HasNoHistory() =>
        Assert.Contains("is a function, which has no history", Lite.Fails("SELECT * FROM json_each AS OF LSN 5").Message, StringComparison.Ordinal);

    [Fact]
    public void Resolve_Points_AreWhatTheySay()
    {
        (string, TimePoint)[] cases =
        [
            ("'2024-01-01 12:00+02'", TimePoint.OfTimestamp("2024-01-01 10:00")),
            ("LSN 12345", TimePoint.OfLsn(12345)),
            ("LSN :p", TimePoint.OfLsn(7)),
            ("SNAPSHOT 'main@5'", TimePoint.OfBranch("main", TimePoint.OfVersion(5))),
            ("BOOKMARK 'b'", TimePoint.OfBookmark("b")),
            ("BRANCH 'x' AT VERSION :p", TimePoint.OfBranch("x", TimePoint.OfVersion(7))),
            ("VERSION 5", TimePoint.OfVersion(5)),
            ("VERSION CURRENT - 5", TimePoint.OfOffset(RelativeUnit.Version, -5)),
            ("VERSION CURRENT", TimePoint.OfOffset(RelativeUnit.Version, 0)),
        ];
        foreach (var (text, expected) in cases)
        {
            Assert.Equal(expected, TimePoints.Resolve(Point(text), _ => SqlValue.Integer(7)));
            Assert.Equal(!text.Contains(':', StringComparison.Ordinal) || text[0] == '\'', TimePoints.IsConstant(Point(text)));
        }

        Assert.Equal(TimePoint.OfTimestamp("2024-01-01"), TimePoints.Resolve(Point("TIMESTAMP lower('X')"), _ => SqlValue.Text("2024-01-01 00:00:00+00")));
    }

    [Fact]
    public void Resolve_ValuesOfTheWrongKind_InvalidSyntaxAtThePoint()
    {
        foreach (var (text, value) in new[] { ("LSN :p", SqlValue.Text("5")), ("LSN :p", SqlValue.Null), ("SNAPSHOT :p", SqlValue.Integer(5)), ("TIMESTAMP :p", SqlValue.Integer(5)), ("LSN :p", SqlValue.Integer(-1)), ("VERSION CURRENT - :p", SqlValue.Integer(long.MinValue)) })
        {
            var failure = Assert.Throws<VitessException>(() => TimePoints.Resolve(Point(text), _ => value));
            Assert.Equal(("TT_INVALID_SYNTAX", 39), (failure.Code, failure.Position));
        }

        Assert.Equal("TT_FUTURE_POINT", Assert.Throws<VitessException>(() => TimePoints.Resolve(Point("VERSION CURRENT - :p"), _ => SqlValue.Integer(-1))).Code);
    }

    [Theory]
    [InlineData("2024-01-31 12:00", "TIMESTAMP '2024-01-31 12:00:00Z'")]
    [InlineData("'2024-01-31'", "TIMESTAMP '2024-01-31 00:00:00Z'")]
    [InlineData("SNAPSHOT 'main@5'", "BRANCH 'main' AT VERSION 5")]
    [InlineData("LSN 7", "LSN 7")]
    [InlineData("BRANCH 'x' AT LSN 7", "BRANCH 'x' AT LSN 7")]
    [InlineData("yesterday", null)]
    [InlineData("now()", null)]
    [InlineData("$1", null)]
    [InlineData("LSN 7; DROP TABLE t", null)]
    [InlineData("", null)]
    public void Read_TextOfAPoint_IsThePointOrRefused(string text, string? point)
    {
        if (point is null) Assert.Equal("TT_INVALID_SYNTAX", Assert.Throws<VitessException>(() => TimePoints.Read(text)).Code);
        else Assert.Equal(point, TimePoints.Read(text).ToString());
    }

    [Fact]
    public void Translate_PointsAndPeriods_StayBehindTheirTables()
    {
        var statement = SqlParser.Parse(
            "SELECT u.*, u._dosql_version FROM users FOR SYSTEM_TIME FROM '2024-01-01' TO $1 u JOIN orders o AS OF now() - INTERVAL '1 hour' ON o.user_id = u.id", SqlDialect.Postgres);
        var translated = SqlPrinter.Print(PostgresToSqlite.Translate(statement, Binder.Bind(statement, SqlDialect.Postgres, Pg)).Statement, SqlDialect.Sqlite);

        Assert.Contains("users FOR SYSTEM_TIME FROM TIMESTAMP '2024-01-01' TO TIMESTAMP ?1 AS u", translated, StringComparison.Ordinal);
        Assert.Contains("orders FOR SYSTEM_TIME AS OF TIMESTAMP (", translated, StringComparison.Ordinal);
        Assert.Contains("u._dosql_version", translated, StringComparison.Ordinal);
        Assert.DoesNotContain("*", translated, StringComparison.Ordinal);
        Assert.DoesNotContain("now()", translated, StringComparison.Ordinal);
    }

    private static SystemTimePoint Point(string text) =>
        SqlTree.All<SystemTimePoint>(SqlParser.Parse($"SELECT * FROM t FOR SYSTEM_TIME AS OF {text}", SqlDialect.Sqlite))[0];
}
