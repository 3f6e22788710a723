using Shale.Sql;

namespace Shale.Vitess.Tests;

public class WriteTests
{
    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Insert_OneRowOfManyFails_NothingIsKept()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (7, 0)");

        var failure = await cluster.FailsAsync("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (7, 7), (9, 9)");

        Assert.Equal("CONSTRAINT_VIOLATION", failure.Code);
        Assert.Equal("23505", failure.SqlState);
        Assert.NotNull(failure.Shard);
        Assert.Equal(["7|0"], await cluster.RowsAsync("SELECT * FROM t"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Statement_FailsInSqliteTransaction_OnlyItselfIsUndone()
    {
        await using var cluster = await Cluster.OpenAsync(4, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v INT)", "INSERT INTO t VALUES (7, 0)");
        var transaction = await cluster.Gate.BeginAsync(null, dialect: SqlDialect.Sqlite);

        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (1, 1), (2, 2)");
        await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (3, 3), (4, 4), (5, 5), (7, 7)"));
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (6, 6)");
        await cluster.Gate.CommitAsync(transaction.TxId);

        Assert.Equal(["1|1", "2|2", "6|6", "7|0"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Statement_FailsInPostgresTransaction_TransactionIsAborted()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (7)");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (1)");
        await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (7)"));

        // Said before anything else that is wrong with a statement, but for its syntax.
        foreach (var (sql, state) in ((string, string)[])[("SELECT 1", "25P02"), ("INSERT INTO t DEFAULT VALUES", "25P02"), ("SELECT * FROM nowhere", "25P02"), ("SELEC 1", "42601")])
        {
            Assert.Equal(state, (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, sql))).SqlState);
        }

        await cluster.Gate.RollbackAsync(transaction.TxId);
        Assert.Equal(["7"], await cluster.RowsAsync("SELECT * FROM t"));
    }

    [Fact]
    [Trait("Rule", "S2.5")]
    public async Task Update_OfTheShardingKey_MovesTheRow()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)");

        var result = await cluster.RunAsync("UPDATE t SET id = id + 100 WHERE v >= 20 RETURNING id");

        Assert.Equal(2, result.Affected);
        Assert.Equal(["1|10", "102|20", "103|30"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
        Assert.Equal(["20"], await cluster.RowsAsync("SELECT v FROM t WHERE id = 102"));
    }

    [Fact]
    [Trait("Rule", "S2.5")]
    public async Task Update_OfAReferencedShardingKey_IsRefusedAsOneDatabaseWould()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync(
            "CREATE TABLE parent (id BIGINT PRIMARY KEY)",
            "CREATE TABLE child (pid BIGINT REFERENCES parent (id) ON DELETE CASCADE, n INT, PRIMARY KEY (pid, n)) WITH (shard_key = 'pid')",
            "INSERT INTO parent VALUES (1), (2)", "INSERT INTO child VALUES (1, 1)");

        var failure = await cluster.FailsAsync("UPDATE parent SET id = id + 1000");
        Assert.Equal("23503", failure.SqlState);
        Assert.Equal(["1|1"], await cluster.RowsAsync("SELECT * FROM child"));
        Assert.Equal(1, (await cluster.RunAsync("UPDATE parent SET id = 2000 WHERE id = 2")).Affected);
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task Serial_OverShards_NumbersEachRowOnce()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAsync("CREATE TABLE t (id SERIAL PRIMARY KEY, v TEXT)");

        var first = await cluster.RunAsync("INSERT INTO t (v) VALUES ('a'), ('b'), ('c')");
        var second = await cluster.RunAsync("INSERT INTO t (v) VALUES ('d') RETURNING id");

        Assert.Equal(3, first.LastInsertId);
        Assert.Equal(4, second.LastInsertId);
        Assert.Equal(["4"], Cluster.Rows(second.Rows));
        Assert.Equal(["1|a", "2|b", "3|c", "4|d"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task IntegerPrimaryKey_InDialectSqlite_NumbersItselfAndPassesHigherIds()
    {
        await using var cluster = await Cluster.OpenAsync(4, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t (v) VALUES ('a')", "INSERT INTO t VALUES (50, 'b')");

        var result = await cluster.RunAsync("INSERT INTO t VALUES (NULL, 'c')");

        Assert.True(result.LastInsertId > 50);
    }

    [Fact]
    public async Task ReferenceTable_Written_IsTheSameOnEveryShard()
    {
        await using var cluster = await Cluster.OpenAsync(3);
        await cluster.RunAllAsync("CREATE TABLE r (id INT PRIMARY KEY, v DOUBLE PRECISION DEFAULT random()) WITH (reference = true)", "INSERT INTO r (id) VALUES (1), (2)");

        var seen = new HashSet<string>();
        foreach (var health in await cluster.Gate.HealthAsync())
        {
            var rows = await cluster.Gate.ExecuteAsync(new GateRequest("SELECT id, v FROM r ORDER BY id", []) { Target = "main:" + health.Id });
            seen.Add(string.Join(';', Cluster.Rows(rows.Rows)));
        }

        Assert.Single(seen);
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task UniqueKey_WithoutTheShardingColumn_HoldsOverAllShards()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        var made = await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, email TEXT UNIQUE)");
        Assert.Contains("lookup vindex \"t_email_key\"", Assert.Single(made.Notices), StringComparison.Ordinal);
        await cluster.RunAsync("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, NULL), (4, NULL)");

        for (var id = 5; id < 13; id++)
        {
            var failure = await cluster.FailsAsync($"INSERT INTO t VALUES ({id}, 'a')");
            Assert.Equal(("23505", "duplicate key value violates unique constraint \"t_email_key\""), (failure.SqlState, failure.Message));
        }

        Assert.Equal(["4"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S2.3")]
    public async Task PinnedTable_GetsAPrimaryKey_IsShardedAndItsRowsMove()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        var made = await cluster.RunAsync("CREATE TABLE t (id BIGINT, v INT)");
        Assert.NotEmpty(made.Notices);
        await cluster.RunAsync("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)");

        await cluster.RunAsync("ALTER TABLE t ADD PRIMARY KEY (id)");

        Assert.Single((await cluster.RunAsync("SELECT * FROM t WHERE id = 3")).Shards);
        Assert.Equal(["3|3"], await cluster.RowsAsync("SELECT * FROM t WHERE id = 3"));
        Assert.Equal(["5"], await cluster.RowsAsync("SELECT COUNT(*) FROM t"));
    }

    [Fact]
    public async Task Definitions_InATransaction_RollBackWithIt()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (1)");
        Assert.Equal(["1"], Cluster.Rows((await cluster.InAsync(transaction.TxId, "SELECT * FROM t")).Rows));
        await cluster.Gate.RollbackAsync(transaction.TxId);

        var failure = await cluster.FailsAsync("SELECT * FROM t");
        Assert.Equal("42P01", failure.SqlState);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
    }

    [Fact]
    [Trait("Rule", "S2.7")]
    public async Task Views_AreExpandedByTheGate()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 10), (2, 20)",
            "CREATE VIEW big (i) AS SELECT id FROM t WHERE v > 15", "CREATE VIEW bigger AS SELECT i + 1 AS j FROM big");

        Assert.Equal(["2"], await cluster.RowsAsync("SELECT i FROM big"));
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT b.j FROM bigger b"));
    }

    [Fact]
    [Trait("Rule", "S4.5")]
    public async Task Batch_StopsAtTheFirstFailure_AndIsAtomicOnRequest()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        GateRequest[] statements = [new("INSERT INTO t VALUES (1)", []), new("INSERT INTO t VALUES (1)", []), new("INSERT INTO t VALUES (2)", [])];

        var atomic = await cluster.Gate.BatchAsync(new GateBatchRequest(statements) { Atomic = true });
        Assert.Equal(1, atomic.FailedAt);
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT COUNT(*) FROM t"));

        var result = await cluster.Gate.BatchAsync(new GateBatchRequest(statements));
        Assert.Equal(1, result.FailedAt);
        Assert.Single(result.Results);
        Assert.Equal("23505", result.Error!.SqlState);
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM t"));
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Transactions_OverShards_CommitAndRollBack()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 10), (2, 20)");
        var transaction = await cluster.Gate.BeginAsync(null);
        Assert.Equal(4, transaction.Shards.Count);
        await cluster.InAsync(transaction.TxId, "UPDATE t SET v = v - 5 WHERE id = $1", SqlValue.Integer(1));
        await cluster.InAsync(transaction.TxId, "UPDATE t SET v = v + 5 WHERE id = $1", SqlValue.Integer(2));
        Assert.Equal(["1|10", "2|20"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
        Assert.Equal(["1|5", "2|25"], Cluster.Rows((await cluster.InAsync(transaction.TxId, "SELECT * FROM t ORDER BY id")).Rows));
        await cluster.Gate.CommitAsync(transaction.TxId);

        Assert.Equal(["1|5", "2|25"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "SELECT 1"));
        Assert.Equal("TRANSACTION_NOT_FOUND", failure.Code);
    }

    [Fact]
    public async Task Savepoints_ReachShardsThatComeLater()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (1)");
        await cluster.InAsync(transaction.TxId, "SAVEPOINT here");
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (2), (3), (4), (5)");
        await cluster.InAsync(transaction.TxId, "ROLLBACK TO SAVEPOINT here");
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (6)");
        await cluster.Gate.CommitAsync(transaction.TxId);

        Assert.Equal(["1", "6"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
    }

    [Fact]
    [Trait("Rule", "S3.6")]
    public async Task Now_HasOneValueInATransaction()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, at TIMESTAMPTZ DEFAULT now())");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (1, now()), (2, now()), (3, now())");
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (4, current_timestamp)");
        await cluster.Gate.CommitAsync(transaction.TxId);

        Assert.Equal(["1"], await cluster.RowsAsync("SELECT COUNT(DISTINCT at) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task NextVal_InValuesAndAlone_TakesEachNumberOnce()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE SEQUENCE s START 10 INCREMENT 5", "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)");

        Assert.Equal(["10"], await cluster.RowsAsync("SELECT nextval('s')"));
        await cluster.RunAsync("INSERT INTO t VALUES (1, nextval('s')), (2, nextval('s'))");
        await cluster.RunAsync("INSERT INTO t VALUES (nextval('s'), 0)");
        Assert.Equal(["1|15", "2|20", "25|0"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
        var failure = await cluster.FailsAsync("SELECT nextval('s') FROM t");
        Assert.Equal("0A000", failure.SqlState);

        await cluster.RunAllAsync("DROP SEQUENCE s", "CREATE SEQUENCE s");
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT nextval('s')"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Commit_WithADeferredViolationOnOneShard_CommitsOnNone()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE parent (id BIGINT PRIMARY KEY)",
            "CREATE TABLE child (pid BIGINT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED, n INT, PRIMARY KEY (pid, n)) WITH (shard_key = 'pid')");
        var transaction = await cluster.Gate.BeginAsync(null);
        foreach (var id in Enumerable.Range(1, 8)) await cluster.InAsync(transaction.TxId, $"INSERT INTO child VALUES ({id}, 1)");
        foreach (var id in Enumerable.Range(1, 7)) await cluster.InAsync(transaction.TxId, $"INSERT INTO parent VALUES ({id})");

        var failure = await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.CommitAsync(transaction.TxId));
        Assert.Equal("23503", failure.SqlState);
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT COUNT(*) FROM child"));
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT COUNT(*) FROM parent"));
    }

    [Fact]
    [Trait("Rule", "S1.2")]
    public async Task Dialect_DecidesTheMeaning()
    {
        await using var postgres = await Cluster.OpenAsync(2);
        await using var sqlite = await Cluster.OpenAsync(2, SqlDialect.Sqlite);
        foreach (var cluster in (Cluster[])[postgres, sqlite])
        {
            await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, 'B')");
        }

        Assert.Equal(["3", "1", "2"], await postgres.RowsAsync("SELECT id FROM t ORDER BY v"));
        Assert.Equal(["2", "3", "1"], await sqlite.RowsAsync("SELECT id FROM t ORDER BY v"));
        Assert.Empty(await postgres.RowsAsync("SELECT id FROM t WHERE v LIKE 'b'"));
        Assert.Equal(["3"], await sqlite.RowsAsync("SELECT id FROM t WHERE v LIKE 'b'"));
        Assert.Equal(["true"], await postgres.RowsAsync("SELECT 1 < 2"));
        Assert.Equal(["1"], await sqlite.RowsAsync("SELECT 1 < 2"));
        var failure = await Assert.ThrowsAsync<VitessException>(() => postgres.RunAsync("SELECT 1 / 0"));
        Assert.Equal("22012", failure.SqlState);
        Assert.Equal(["NULL"], await sqlite.RowsAsync("SELECT 1 / 0"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Defaults_OfDialectPostgres_AreFilledByTheGate(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync(
            "CREATE TABLE t (id SERIAL PRIMARY KEY, name TEXT DEFAULT 'none', at TIMESTAMPTZ DEFAULT now(), up TEXT DEFAULT upper('x'), uid UUID DEFAULT gen_random_uuid())",
            "INSERT INTO t (name) VALUES ('a'), (DEFAULT)", "INSERT INTO t DEFAULT VALUES", "INSERT INTO t (name) SELECT name || '!' FROM t");

        Assert.Equal(["a|X|true", "a!|X|true", "none|X|true", "none|X|true", "none!|X|true", "none!|X|true"],
            await cluster.RowsAsync("SELECT name, up, at IS NOT NULL FROM t ORDER BY name"));
        Assert.Equal(["6|6"], await cluster.RowsAsync("SELECT COUNT(DISTINCT id), COUNT(DISTINCT uid) FROM t"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task LastInsertId_OfRowsThatNobodyNumbered_IsAbsent(int shards)
    {
        await using var postgres = await Cluster.OpenAsync(shards);
        await postgres.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        Assert.Null((await postgres.RunAsync("INSERT INTO t VALUES (7)")).LastInsertId);

        await using var sqlite = await Cluster.OpenAsync(shards, SqlDialect.Sqlite);
        await sqlite.RunAllAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
        Assert.Equal(1, (await sqlite.RunAsync("INSERT INTO t (v) VALUES ('a')")).LastInsertId);
    }

    [Fact]
    public async Task DropColumn_OfAReferencedTable_NeedsNoRebuild()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE parent (id BIGINT PRIMARY KEY, note TEXT)",
            "CREATE TABLE child (pid BIGINT REFERENCES parent (id), n INT, PRIMARY KEY (pid, n)) WITH (shard_key = 'pid')",
            "INSERT INTO parent VALUES (1, 'a')", "INSERT INTO child VALUES (1, 1)", "ALTER TABLE parent DROP COLUMN note");

        Assert.Equal(["1"], await cluster.RowsAsync("SELECT * FROM parent"));
        Assert.Equal(["1|1"], await cluster.RowsAsync("SELECT * FROM child"));
    }

    [Fact]
    public async Task Returning_OfRowsOnSeveralShards_ComesInTheStatementsOrder()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAsync("CREATE TABLE t (id SERIAL PRIMARY KEY, v TEXT)");

        var result = await cluster.RunAsync("INSERT INTO t (v) VALUES ('a'), ('b'), ('c'), ('d'), ('e'), ('f'), ('g'), ('h') RETURNING id, v");

        Assert.True(result.Shards.Count > 1);
        Assert.Equal(["1|a", "2|b", "3|c", "4|d", "5|e", "6|f", "7|g", "8|h"], Cluster.Rows(result.Rows));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Statement_FailsOnOneOfSeveralShards_TheTransactionLivesOn()
    {
        await using var cluster = await Cluster.OpenAsync(4, SqlDialect.Sqlite);
        await cluster.RunAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v INT)");
        await cluster.RunAsync($"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 400).Select(i => $"({i}, 0)"))}");
        for (var round = 0; round < 20; round++)
        {
            var transaction = await cluster.Gate.BeginAsync(null, dialect: SqlDialect.Sqlite);
            var many = string.Join(", ", Enumerable.Range(400, 300).Select(i => $"({i}, 1)"));
            var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, $"INSERT INTO t VALUES {many}"));
            Assert.Equal("23505", failure.SqlState);
            await cluster.InAsync(transaction.TxId, $"UPDATE t SET v = {round}");
            await cluster.Gate.CommitAsync(transaction.TxId);
        }

        Assert.Equal(["400|19|19"], await cluster.RowsAsync("SELECT COUNT(*), MIN(v), MAX(v) FROM t"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Update_WithASubqueryOverItsOwnTable_SeesTheStateBeforeIt(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, next BIGINT)", "INSERT INTO t VALUES (1, 2), (2, 3), (3, 4), (4, NULL)");

        var result = await cluster.RunAsync("UPDATE t SET next = NULL WHERE EXISTS (SELECT 1 FROM t e WHERE e.id = t.next AND e.next IS NOT NULL)");

        Assert.Equal(2, result.Affected);
        Assert.Equal(["1|NULL", "2|NULL", "3|4", "4|NULL"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Commit_OverShards_TheFirstByItself_ThenTheOthersTogether()
    {
        var hooks = new Hooks();
        await using var cluster = await Cluster.OpenAsync(4, configure: options => options with { WrapTablet = hooks.Around });
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)");
        var others = new TaskCompletionSource();
        var started = 0;
        hooks.Before = (_, what) =>
        {
            if (what != "commit" || Interlocked.Increment(ref started) is not (> 1 and var count)) return Task.CompletedTask;
            if (count == 4) others.SetResult();
            return others.Task.WaitAsync(TimeSpan.FromMinutes(1));
        };

        await cluster.RunAsync("INSERT INTO t SELECT n, 0 FROM generate_series(1, 100) n");

        Assert.Equal(4, started);
        Assert.Equal(["100"], await cluster.RowsAsync("SELECT COUNT(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Commit_OverShards_WhereTheFirstFails_NothingIsKept()
    {
        var hooks = new Hooks();
        await using var cluster = await Cluster.OpenAsync(4, configure: options => options with { WrapTablet = hooks.Around });
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)");
        var started = 0;
        hooks.Before = (_, what) => what == "commit" && Interlocked.Increment(ref started) == 1 ? throw new VitessException(ErrorCodes.ShardError, "no") : Task.CompletedTask;

        await cluster.FailsAsync("INSERT INTO t SELECT n, 0 FROM generate_series(1, 100) n");
        hooks.Before = null;

        Assert.Equal(1, started);
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT COUNT(*) FROM t"));
    }
}
