namespace Shale.Sql.Tests.NamesAndTypes;

public sealed class BinderTests
{
    private static readonly SchemaFixture Pg = SchemaFixture.Postgres;
    private static readonly SchemaFixture Lite = SchemaFixture.Sqlite;

    private static string Outputs(Shale.Sql.Binding binding) => string.Join(", ", binding.Outputs.Select(output => output.Name + ":" + output.Type.Name));

    private static ColumnRef Column(Shale.Sql.Binding binding, string name) => SqlTree.All<ColumnRef>(binding.Statement).Last(column => column.Column.Name == name);

    [Theory]
    [InlineData("SELECT * FROM users", "id:int4, name:varchar, email:text, age:int2, score:float8, joined:date, active:bool")]
    [InlineData("SELECT u.id, o.* FROM users u JOIN orders o ON o.user_id = u.id", "id:int4, id:int8, user_id:int4, total:numeric, note:text")]
    [InlineData("SELECT count(*), max(age), id + 1, lower(name), 'x', name AS n FROM users GROUP BY id", "count:int8, max:int2, ?column?:int4, lower:text, ?column?:text, n:varchar")]
    [InlineData("SELECT sum(age), sum(id), sum(total), avg(id) FROM users JOIN orders USING (id)", "sum:int8, sum:numeric, sum:numeric, avg:numeric")]
    [InlineData("SELECT * FROM users JOIN orders USING (id)", "id:int8, name:varchar, email:text, age:int2, score:float8, joined:date, active:bool, user_id:int4, total:numeric, note:text")]
    [InlineData("SELECT joined + 1, joined - joined, joined + INTERVAL '1 day', now() - joined FROM users", "?column?:date, ?column?:int4, ?column?:timestamp, ?column?:interval")]
    [InlineData("WITH x(a, b) AS (SELECT id, name FROM users) SELECT b, a FROM x", "b:varchar, a:int4")]
    [InlineData("WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n", "i:int4")]
    [InlineData("SELECT id FROM users UNION SELECT total FROM orders", "id:numeric")]
    [InlineData("SELECT NULL UNION SELECT age FROM users", "?column?:int2")]
    [InlineData("SELECT * FROM generate_series(1, 3) AS g(n)", "n:int4")]
    [InlineData("VALUES (1, 'a'), (2.5, NULL)", "column1:numeric, column2:text")]
    [InlineData("INSERT INTO users (id, name) VALUES (1, 'a') RETURNING id, name || 'x'", "id:int4, ?column?:text")]
    [InlineData("UPDATE users SET age = 1 RETURNING *", "id:int4, name:varchar, email:text, age:int2, score:float8, joined:date, active:bool")]
    public void Bind_Postgres_NamesAndTypesTheOutputs(string sql, string expected) => Assert.Equal(expected, Outputs(Pg.Bind(sql)));

    [Theory]
    [InlineData("SELECT id, Name, age + 1, count(*) FROM users", "id:int8, Name:text, age + 1:int8, count(*):int8")]
    [InlineData("SELECT *, rowid FROM users", "id:int8, Name:text, age:int8, x:unknown, id:int8")]
    [InlineData("SELECT users.NAME AS n, \"nothing\" FROM users", "n:text, \"nothing\":text")]
    [InlineData("SELECT value FROM json_each('[1]')", "value:unknown")]
    public void Bind_Sqlite_NamesAndTypesTheOutputs(string sql, string expected) => Assert.Equal(expected, Outputs(Lite.Bind(sql)));

    [Theory]
    [InlineData("SELECT nme FROM users", "42703", "name")]
    [InlineData("SELECT users.nme FROM users", "42703", "name")]
    [InlineData("SELECT * FROM usrs", "42P01", null)]
    [InlineData("SELECT x.id FROM users", "42P01", null)]
    [InlineData("SELECT id FROM users, orders", "42702", null)]
    [InlineData("SELECT 1 FROM users, users", "42712", null)]
    [InlineData("SELECT name, count(*) FROM users", "42803", null)]
    [InlineData("SELECT name FROM users GROUP BY age", "42803", null)]
    [InlineData("SELECT id FROM users WHERE count(*) > 1", "42803", null)]
    [InlineData("SELECT nosuch(id) FROM users", "42883", null)]
    [InlineData("SELECT id FROM users WHERE name = 5", "42883", null)]
    [InlineData("SELECT id FROM users WHERE id", "42804", null)]
    [InlineData("SELECT id UNION SELECT 1 FROM users", "42703", null)]
    [InlineData("SELECT id FROM users UNION SELECT name FROM users", "42804", null)]
    [InlineData("INSERT INTO users (id, nme) VALUES (1, 2)", "42703", "name")]
    [InlineData("INSERT INTO users (id) VALUES (true)", "42804", null)]
    [InlineData("SELECT id FROM users ORDER BY 2", "42P10", null)]
    [InlineData("SELECT row_number() FROM users", "42809", null)]
    public void Bind_PostgresMistake_SaysWhich(string sql, string state, string? hint)
    {
        var error = Pg.Fails(sql);
        Assert.Equal(state, error.SqlState);
        if (hint is not null) Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ColumnOf_NameOfAnOuterBlock_SaysThatBlock()
    {
        var binding = Pg.Bind("SELECT id FROM users u WHERE EXISTS (SELECT 1 FROM orders WHERE user_id = u.age)");
        var found = binding.ColumnOf(Column(binding, "age"))!;
        Assert.Equal("u", found.Relation.Alias);
        Assert.Equal("age", found.Column!.Name);
        Assert.Null(found.Block.Parent);
        Assert.Equal(2, binding.Blocks.Count);
        Assert.Same(found.Block, binding.Blocks[1].Parent);
    }

    [Fact]
    public void Outputs_ColumnThroughSubqueryAndCommonTable_KeepsItsOrigin()
    {
        var binding = Pg.Bind("WITH x AS (SELECT name AS n FROM users) SELECT s.m FROM (SELECT n AS m FROM x) s");
        Assert.Equal("name", binding.Outputs[0].Origin!.Column!.Name);
        Assert.Null(Pg.Bind("SELECT s.m FROM (SELECT upper(name) AS m FROM users) s").Outputs[0].Origin);
    }

    [Fact]
    public void OutputAliasOf_OrderByName_IsTheItemInBothDialects()
    {
        foreach (var fixture in new[] { Pg, Lite })
        {
            var binding = fixture.Bind("SELECT age + 1 AS z FROM users ORDER BY z");
            var name = Column(binding, "z");
            Assert.Null(binding.ColumnOf(name));
            Assert.Equal(0, binding.OutputIndexOf(name));
            Assert.Equal("z", binding.OutputAliasOf(name)!.Alias!.Name);
        }
    }

    [Fact]
    public void Bind_SqliteAliasInWhere_IsFoundAfterColumns()
    {
        var binding = Lite.Bind("SELECT age + 1 AS z FROM users WHERE z > 3 AND age > 1");
        Assert.NotNull(binding.OutputAliasOf(Column(binding, "z")));
        Assert.Equal("42703", Pg.Fails("SELECT age + 1 AS z FROM users WHERE z > 3").SqlState);
    }

    [Fact]
    public void Bind_SqliteQuirks_AreReported()
    {
        var binding = Lite.Bind("SELECT \"who\" FROM users WHERE _rowid_ = 5");
        Assert.True(binding.IsDqsString(Column(binding, "who")));
        Assert.True(binding.IsRowId(Column(binding, "_rowid_"), out var relation));
        Assert.Equal("users", relation.Alias);
        Assert.Equal("NOCASE", Lite.Bind("SELECT name FROM users").Outputs[0].Collation);
    }

    [Fact]
    public void Bind_Returning_SeesTheTablesOfFromInDialectPostgresOnly()
    {
        const string Update = "UPDATE users SET age = 1 FROM orders o WHERE o.user_id = users.id RETURNING id";
        Assert.Equal("users", Lite.Bind(Update).Outputs[0].Origin!.Relation.Alias);
        Assert.Equal("42702", Pg.Fails(Update).SqlState);
    }

    [Fact]
    public void MergedColumnsOf_FullJoinUsing_GivesBothSides()
    {
        var binding = Pg.Bind("SELECT id FROM users FULL JOIN orders USING (id)");
        var name = Column(binding, "id");
        Assert.Null(binding.ColumnOf(name));
        Assert.Equal(["users", "orders"], binding.MergedColumnsOf(name)!.Select(side => side.Relation.Alias));
        Assert.Equal(["id"], binding.JoinColumnsOf(SqlTree.All<Join>(binding.Statement)[0]));
        var left = Pg.Bind("SELECT id FROM users RIGHT JOIN orders USING (id)");
        Assert.Equal("orders", left.ColumnOf(Column(left, "id"))!.Relation.Alias);
    }

    [Fact]
    public void IsExcluded_UpsertSet_IsTheTargetsColumn()
    {
        var binding = Pg.Bind("INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = excluded.name || users.name");
        var excluded = SqlTree.All<ColumnRef>(binding.Statement).Single(column => column.Table?.Name == "excluded");
        Assert.True(binding.IsExcluded(excluded, out var index));
        Assert.Equal(1, index);
        Assert.Null(binding.ColumnOf(excluded));
    }

    [Fact]
    public void Expand_QualifiedStar_GivesTheRelationsColumnsInOrder()
    {
        var binding = Pg.Bind("SELECT o.* FROM users u, orders o");
        var columns = binding.Expand(SqlTree.All<Star>(binding.Statement)[0]);
        Assert.Equal([0, 1, 2, 3], columns.Select(column => column.Index));
        Assert.All(columns, column => Assert.Equal("o", column.Relation.Alias));
    }

    [Theory]
    [InlineData("SELECT id FROM users WHERE id = $1 AND name LIKE $2 AND joined > $3", "int4 text date")]
    [InlineData("SELECT $1 + 1, $2, length($3), $4::uuid LIMIT $5", "int4 text text uuid int8")]
    [InlineData("INSERT INTO users (id, name, joined) VALUES ($1, $2, $3)", "int4 varchar date")]
    [InlineData("UPDATE users SET score = $1, age = $2 WHERE active = $3", "float8 int2 bool")]
    [InlineData("SELECT id FROM users WHERE id IN ($1, $2) OR age BETWEEN $3 AND $4", "int4 int4 int2 int2")]
    [InlineData("SELECT coalesce($1, id), CASE WHEN $2 THEN $3 ELSE score END FROM users", "int4 bool float8")]
    [InlineData("SELECT id FROM users WHERE joined > now() - $1 * INTERVAL '1 day' AND id = ANY ($2)", "float8 int4[]")]
    [InlineData("SELECT 1 WHERE $1 = $2", "text text")]
    public void ParameterTypes_Postgres_ComeFromWhatStandsBeside(string sql, string expected) =>
        Assert.Equal(expected, string.Join(' ', Pg.Bind(sql).ParameterTypes.Select(type => type.Name)));

    [Fact]
    public void ParameterTypes_OnlyWrittenToAColumn_CarryItsLength()
    {
        Assert.Equal(20, Pg.Bind("INSERT INTO users (name) VALUES ($1)").ParameterTypes[0].Modifier);
        Assert.Null(Pg.Bind("UPDATE users SET name = $1 WHERE email = $1").ParameterTypes[0].Modifier);
    }

    [Fact]
    public void Bind_NodesOfEqualText_AreToldApart()
    {
        var binding = Pg.Bind("SELECT id FROM users WHERE id IN (SELECT id FROM orders)");
        var names = SqlTree.All<ColumnRef>(binding.Statement).Where(column => column.Column.Name == "id").ToList();
        Assert.Equal(["users", "users", "orders"], names.Select(name => binding.ColumnOf(name)!.Relation.Alias));
    }

    [Theory]
    [InlineData("SELECT random() FROM users", SqlDialect.Postgres, Volatility.Volatile)]
    [InlineData("SELECT now()", SqlDialect.Postgres, Volatility.Stable)]
    [InlineData("SELECT lower(name) || abs(id)::text FROM users", SqlDialect.Postgres, Volatility.Immutable)]
    [InlineData("SELECT nosuchfunction(1)", SqlDialect.Postgres, Volatility.Volatile)]
    [InlineData("SELECT datetime('now')", SqlDialect.Sqlite, Volatility.Stable)]
    [InlineData("SELECT date(x) FROM users", SqlDialect.Sqlite, Volatility.Immutable)]
    [InlineData("SELECT shale_add_int4(1, 2)", SqlDialect.Sqlite, Volatility.Immutable)]
    [InlineData("SELECT shale_random()", SqlDialect.Sqlite, Volatility.Volatile)]
    [InlineData("SELECT last_insert_rowid()", SqlDialect.Sqlite, Volatility.Volatile)]
    public void VolatilityOf_Statement_IsThatOfItsMostVolatileCall(string sql, SqlDialect dialect, Volatility expected) =>
        Assert.Equal(expected, FunctionCatalog.VolatilityOf(SqlParser.Parse(sql, dialect), dialect));

    [Fact]
    public void IsAggregate_OurAggregates_AreAllKnownToDialectSqlite()
    {
        foreach (var aggregate in Shale.Engines.PostgresFunctions.Aggregates)
            Assert.True(FunctionCatalog.IsAggregate(new FunctionCall(new ObjectName(null, new Identifier(aggregate.Name)), []), SqlDialect.Sqlite), aggregate.Name);
        foreach (var scalar in Shale.Engines.PostgresFunctions.All)
        {
            var call = new FunctionCall(new ObjectName(null, new Identifier(scalar.Name)), []);
            Assert.False(FunctionCatalog.IsAggregate(call, SqlDialect.Sqlite), scalar.Name);
            Assert.Equal(scalar.Deterministic, FunctionCatalog.VolatilityOf(call, SqlDialect.Sqlite) == Volatility.Immutable);
        }
    }
}
