using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification.Postgres;

/// <summary>Writing connections on our own codec: what they send together, and what becomes of it where a part fails.</summary>
public sealed class RelayWriterTests : EngineSpecification
{
    protected override IStorageEngine Create() => TestPostgres.EngineAsync().Result;

    [Fact]
    public async Task Begin_GoesWithTheFirstStatement_AndATransactionWithoutOneCostsTheServerNothing()
    {
        await RunAsync(Writer, "CREATE TABLE t(a int)");
        var watcher = await OpenAsync(EngineAccess.Write);
        var process = await OneAsync(Writer, "SELECT pg_backend_pid()");
        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        Assert.Equal("idle", await StateAsync());
        await Writer.CheckDeferredAsync(default);
        await Writer.CommitAsync(default);
        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        await Writer.RollbackAsync(default);
        Assert.Equal("idle|SELECT pg_backend_pid()", await StateAsync("state || '|' || query"));

        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        await FailsAsync("TYPE_ERROR", "22021", () => ExecuteAsync(Writer, "INSERT INTO t VALUES (length($1))", SqlValue.Text("\ud800")));
        await RunAsync(Writer, "INSERT INTO t VALUES (1)");
        Assert.Equal("idle in transaction", await StateAsync());
        await Writer.RollbackAsync(default);
        Assert.Equal(SqlValue.Integer(0), await OneAsync(watcher, "SELECT count(*) FROM t"));

        async Task<string> StateAsync(string what = "state") => (await OneAsync(watcher, $"SELECT {what} FROM pg_stat_activity WHERE pid = $1", process)).AsText();
    }

    [Theory]
    [InlineData(false, 10)]
    [InlineData(true, 10)]
    [InlineData(false, 5_000)]
    [InlineData(true, 5_000)]
    public async Task Rows_ThatGoTogether_AreAllOrNothing(bool inTransaction, int count)
    {
        const string Insert = "INSERT INTO t VALUES ($1, repeat('x', $2), $3) RETURNING a, b";
        await RunAsync(Writer, "CREATE TABLE t(a int PRIMARY KEY, b text, c text)");
        var rows = Enumerable.Range(0, count).Select(i => (IReadOnlyList<SqlValue>)[SqlValue.Integer(i), SqlValue.Integer(1_000), SqlValue.Text("some text of a row")]).ToList();
        if (inTransaction) await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        var result = await Writer.ExecuteManyAsync(Insert, rows, default);
        Assert.Equal((count, count), (result.Affected, result.Rows.RowCount));
        Assert.Equal((count - 1L, 1_000), (result.Rows[count - 1][0].AsInteger(), result.Rows[count - 1][1].AsText().Length));
        if (inTransaction) await Writer.RollbackAsync(default);
        else await RunAsync(Writer, "DELETE FROM t");

        foreach (var wrong in (IReadOnlyList<SqlValue>[])[[SqlValue.Integer(0), SqlValue.Integer(1), SqlValue.Null], [SqlValue.Integer(-1), SqlValue.Integer(1), SqlValue.Text("\ud800")]])
        {
            if (inTransaction) await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
            var failure = await Assert.ThrowsAsync<VitessException>(async () => await Writer.ExecuteManyAsync(Insert, [.. rows, wrong], default));
            Assert.Contains(failure.SqlState, new[] { "23505", "22021" });
            Assert.Equal(inTransaction, Writer.InTransaction);
            await Writer.RollbackAsync(default);
            Assert.Equal(SqlValue.Integer(0), await OneAsync(Writer, "SELECT count(*) FROM t"));
        }
    }

    [Fact]
    public async Task Copy_WithATriggerThatWarnsOfEachRow_KeepsNobodyWaiting()
    {
        await RunAsync(Writer, "CREATE TABLE t(a int, b text)", "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING '% %', NEW.a, repeat('w', 300); RETURN NEW; END $$",
            "CREATE TRIGGER warns BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION warn()");
        var lines = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i}\t{new string('x', 100)}\n"));
        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        await Writer.CopyAsync("COPY t FROM STDIN", new ShardRows(System.Text.Encoding.UTF8.GetBytes(lines), 20_000), default);
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await Writer.CopyAsync("COPY t FROM STDIN", new ShardRows("1\ta\nx\tb\n"u8.ToArray(), 2), default));
        Assert.Equal(("22P02", 1L), (failure.SqlState, failure.Row));
        await Writer.RollbackAsync(default);
        Assert.Equal(SqlValue.Integer(0), await OneAsync(Writer, "SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task CheckDeferred_FindsConstraintsThatOthersHaveMadeSince()
    {
        await RunAsync(Writer, "CREATE TABLE p(a int PRIMARY KEY)", "CREATE TABLE t(a int)");
        await CheckAsync();
        await RunAsync(await OpenAsync(EngineAccess.Write), "DELETE FROM t", "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p DEFERRABLE INITIALLY DEFERRED");
        await FailsAsync("CONSTRAINT_VIOLATION", "23503", CheckAsync);
        await Writer.RollbackAsync(default);
        await RunAsync(Writer, "ALTER TABLE t DROP CONSTRAINT t_a_fkey");
        await CheckAsync();
        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        await RunAsync(Writer, "DELETE FROM t", "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p DEFERRABLE INITIALLY DEFERRED", "INSERT INTO t VALUES (1)");
        await FailsAsync("CONSTRAINT_VIOLATION", "23503", () => Writer.CheckDeferredAsync(default).AsTask());
        await Writer.RollbackAsync(default);

        async Task CheckAsync()
        {
            await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
            await RunAsync(Writer, "INSERT INTO t VALUES (1)");
            await Writer.CheckDeferredAsync(default);
            await Writer.CommitAsync(default);
        }
    }
}
