using Npgsql;
using Shale.Contracts;
using Shale.Postgres;
using Shale.Vitess;

namespace Shale.Engine.Specification.Postgres;

/// <summary>Reads that come in one round of a shared thread: those of the same text go to the server together, and each is answered as it would have been alone.</summary>
public sealed class SharedReadTests : ShardSpecification, IAsyncLifetime
{
    private const string Process = "SELECT pg_backend_pid(), $1::int";
    private const string Quotient = "SELECT 60 / $1::int, pg_backend_pid()";
    private const string Sleep = "SELECT pg_sleep($1::int)::text || $1";

    private bool _wentTogether;

    private VTTablet Tablet { get; set; } = null!;

    public Task InitializeAsync() => StartAsync(TimeSpan.Zero);

    public Task DisposeAsync() => Tablet.DisposeAsync().AsTask();

    [Fact]
    [Trait("Rule", "S5.5")]
    public async Task Reads_OfOneRound_GoOverOneConnectionInTheirOrder()
    {
        var answers = await Task.WhenAll(Round(Process, 1, 2, 3, 4, 5));
        Assert.Equal([1, 2, 3, 4, 5], answers.Select(answer => answer.Rows[0][1].AsInteger()));
        Assert.Single(answers.Select(answer => answer.Rows[0][0].AsInteger()).Distinct());
        Assert.True(_wentTogether);

        // Nothing came behind it in its round: it is on its way before the round ends.
        await OnSharedThread(() => Ask(Process, [SqlValue.Integer(6)], default));
        Assert.False(_wentTogether);
        Assert.Equal(7, (await Round(Process, 7)[0]).Rows[0][1].AsInteger());
        Assert.False(_wentTogether);
    }

    [Fact]
    public async Task Reads_MoreThanGoTogether_AreAllAnswered()
    {
        int[] numbers = [.. Enumerable.Range(1, 100)];
        var answers = await Task.WhenAll(Round(Process, numbers));
        Assert.Equal(numbers, answers.Select(answer => (int)answer.Rows[0][1].AsInteger()));
        Assert.Single(answers.Take(32).Select(answer => answer.Rows[0][0].AsInteger()).Distinct());
    }

    [Fact]
    public async Task Reads_OfOtherTextsTypesAndForms_AreEachAnswered()
    {
        var answers = new List<Task<ShardResult>>();
        await OnSharedThread(() =>
        {
            SharedThread.HasMore = true;
            answers.Add(Ask(Process, [SqlValue.Integer(1)], default));
            answers.Add(Ask(Quotient, [SqlValue.Integer(30)], default));
            answers.Add(Ask(Process, [SqlValue.Text("3")], default));
            answers.Add(Ask(Process, [SqlValue.Integer(4)], default, RowEncoding.Text));
            answers.Add(Ask(Process, [SqlValue.Integer(5_000_000_000)], default));
            answers.Add(Ask(Process, [SqlValue.Text("\ud800")], default));
            answers.Add(Ask(Process, [], default));
            answers.Add(Ask(Process, [SqlValue.Text("8")], default));
            return Task.CompletedTask;
        });
        Assert.NotNull((await answers[3]).Rows.Encoded);
        Assert.Equal([1, 3, 4, 8], new[] { 0, 2, 3, 7 }.Select(i => answers[i].Result.Rows[0][1].AsInteger()));
        Assert.Equal(2, (await answers[1]).Rows[0][0].AsInteger());
        await FailsAsync(ErrorCodes.TypeError, "22003", () => answers[4]);
        await FailsAsync(ErrorCodes.TypeError, "22021", () => answers[5]);
        await FailsAsync(ErrorCodes.QueryError, "08P01", () => answers[6]);
    }

    [Fact]
    public async Task Read_ThatFails_IsToldAloneAndThoseBehindItAreRunAgain()
    {
        var answers = Round(Quotient, 1, 2, 0, 4, 0, 6);
        Assert.Equal([60, 30, 15, 10], new[] { 0, 1, 3, 5 }.Select(i => answers[i].Result.Rows[0][0].AsInteger()));
        foreach (var failed in new[] { 2, 4 }) await FailsAsync(ErrorCodes.TypeError, "22012", () => answers[failed]);
        await FailsAsync(ErrorCodes.NotFound, "42P01", () => Round("SELECT a FROM nowhere WHERE a = $1", 1, 2)[1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Read_ThatIsCancelled_EndsAndItsMatesAreAnswered(int cancelled)
    {
        using var cancel = new CancellationTokenSource();
        var seconds = new[] { 0, 0, 0 };
        seconds[cancelled] = 600;
        var answers = Round(Sleep, seconds, i => i == cancelled ? cancel.Token : default);
        await UntilAsync("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'");
        await cancel.CancelAsync();
        await FailsAsync(ErrorCodes.Timeout, "57014", () => answers[cancelled]);
        foreach (var mate in Enumerable.Range(0, 3).Where(i => i != cancelled)) Assert.Equal("0", (await answers[mate]).Rows[0][0].AsText());
    }

    [Fact]
    public async Task Read_ThatIsCancelledBehindAnother_EndsAndTheOtherIsAnswered()
    {
        using var cancel = new CancellationTokenSource();
        await Tablet.ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY)");
        await Tablet.ExecuteAsync("INSERT INTO t VALUES (1), (2)");
        const string Read = "SELECT id FROM t WHERE id = $1";
        await Tablet.QueryAsync(Read, SqlValue.Integer(1));
        var tx = await Tablet.BeginAsync(new ShardBeginRequest(Shard, null), default);
        await Tablet.ExecuteAsync(new ShardExecuteRequest(Shard, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE", [], tx), default);
        var answers = Round(Read, [1, 2], i => i == 1 ? cancel.Token : default);
        await UntilAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
        await cancel.CancelAsync();
        await FailsAsync(ErrorCodes.Timeout, "57014", () => answers[1]);
        await Tablet.RollbackAsync(tx, default);
        Assert.Equal(1, (await answers[0]).Rows[0][0].AsInteger());
    }

    [Fact]
    public async Task Read_CancelledBeforeTheRoundEnds_IsNotSent()
    {
        using var cancel = new CancellationTokenSource();
        var answers = Round(Process, [1, 2, 3], i => i == 1 ? cancel.Token : default, cancel.Cancel);
        await FailsAsync(ErrorCodes.Timeout, "57014", () => answers[1]);
        Assert.Equal([1, 3], new[] { 0, 2 }.Select(i => answers[i].Result.Rows[0][1].AsInteger()));
    }

    [Fact]
    public async Task Timeout_OfTheServer_EndsTheOneThatItMet()
    {
        await DisposeAsync();
        await StartAsync(TimeSpan.FromMilliseconds(300));
        var answers = Round(Sleep, 0, 600, 0);
        await FailsAsync(ErrorCodes.Timeout, "57014", () => answers[1]);
        foreach (var mate in new[] { 0, 2 }) Assert.Equal("0", (await answers[mate]).Rows[0][0].AsText());
    }

    [Fact]
    public async Task Connection_ThatDies_IsToldToTheOneWhoseStatementWasRunning()
    {
        const string Terminate = "SELECT CASE WHEN $1::int = 2 THEN pg_terminate_backend(pg_backend_pid())::text ELSE $1::int::text END";
        await PrepareAsync(Terminate, 1);
        var answers = Round(Terminate, 1, 2, 3);
        Assert.Equal(["1", "3"], new[] { 0, 2 }.Select(i => answers[i].Result.Rows[0][0].AsText()));
        var failure = await Assert.ThrowsAsync<VitessException>(() => answers[1]);
        Assert.Equal(("SHARD_ERROR", Shard, true), (failure.Code, failure.Shard, failure.IsTransient));
    }

    [Fact]
    [Trait("Rule", "S3.7")]
    public async Task Statement_OfATableThatSomebodyElseChanged_IsPreparedAgain()
    {
        await Tablet.ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY)");
        await Tablet.ExecuteAsync("INSERT INTO t VALUES (1), (2)");
        const string Read = "SELECT * FROM t WHERE id = $1";
        await PrepareAsync(Read, 1);
        Assert.Equal([1, 2], (await Task.WhenAll(Round(Read, 1, 2))).Select(answer => answer.Rows[0][0].AsInteger()));
        await using (var elsewhere = await new NpgsqlDataSourceBuilder(((PostgresEngine)Tablet.StorageEngine).Options.ConnectionString).Build().OpenConnectionAsync())
        await using (var change = new NpgsqlCommand("ALTER TABLE t ADD COLUMN b text DEFAULT 'x'", elsewhere)) await change.ExecuteNonQueryAsync();
        foreach (var answer in await Task.WhenAll(Round(Read, 1, 2))) Assert.Equal("x", answer.Rows[0][1].AsText());
        foreach (var answer in await Task.WhenAll(Round(Read, 1, 2))) Assert.Equal("x", answer.Rows[0][1].AsText());
    }

    [Fact]
    public async Task Row_ThatIsLong_ComesWholeAndItsStatementGoesAloneFromThenOn()
    {
        const string Long = "SELECT repeat('x', $1::int), pg_backend_pid()";
        await PrepareAsync(Long, 1);
        var answers = await Task.WhenAll(Round(Long, 10, 5_000_000, 20));
        Assert.Equal([10, 5_000_000, 20], answers.Select(answer => answer.Rows[0][0].AsText().Length));
        Assert.Single(answers.Select(answer => answer.Rows[0][1].AsInteger()).Distinct());
        answers = await Task.WhenAll(Round(Long, 10, 20, 30));
        Assert.Equal(3, answers.Select(answer => answer.Rows[0][1].AsInteger()).Distinct().Count());
    }

    [Fact]
    public async Task Snapshot_OfEach_IsItsOwn()
    {
        // While the first sleeps, another connection writes: the second sees it.
        await Tablet.ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY)");
        await Tablet.ExecuteAsync("INSERT INTO t VALUES (1)");
        const string Read = "SELECT (SELECT count(*) FROM t), (SELECT pg_sleep(1) WHERE id = $1)::text FROM t WHERE id = 1";
        await PrepareAsync(Read, 2);
        var answers = Round(Read, 1, 2);
        await UntilAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
        await Tablet.ExecuteAsync("INSERT INTO t VALUES (3)");
        Assert.Equal([1, 2], (await Task.WhenAll(answers)).Select(answer => answer.Rows[0][0].AsInteger()));
    }

    private async Task StartAsync(TimeSpan statementTimeout)
    {
        var engine = new PostgresEngine(new PostgresEngineOptions { ConnectionString = await TestPostgres.DatabaseAsync(), StatementTimeout = statementTimeout });
        Tablet = new VTTablet(new VTTabletOptions { Shard = Shard, Keyspace = "main", Engine = engine });
        foreach (var sql in new[] { Process, Quotient, Sleep }) await PrepareAsync(sql, 1);
    }

    // A connection takes reads together where it has prepared their statement for one alone.
    private async Task PrepareAsync(string sql, int number)
    {
        var value = sql == Sleep ? 0 : number;
        await Tablet.QueryAsync(new ShardQueryRequest(Shard, sql, [SqlValue.Integer(value)]), default);
    }

    private Task<ShardResult>[] Round(string sql, params int[] numbers) => Round(sql, numbers, _ => default);

    // All but the last come while more is to be handed out.
    private Task<ShardResult>[] Round(string sql, int[] numbers, Func<int, CancellationToken> token, Action? beforeTheEnd = null)
    {
        Task<ShardResult>[] answers = [];
        OnSharedThread(() =>
        {
            SharedThread.HasMore = true;
            answers = [.. numbers.Select((number, i) => Ask(sql, [SqlValue.Integer(number)], token(i)))];
            beforeTheEnd?.Invoke();
            return Task.CompletedTask;
        }).Wait();
        return answers;
    }

    private Task OnSharedThread(Func<Task> work)
    {
        Task done = null!;
        var thread = new Thread(() =>
        {
            SharedThread.Begin();
            done = work();
            SharedThread.HasMore = false;
            _wentTogether = SharedThread.EndRound();
        });
        thread.Start();
        thread.Join();
        return done;
    }

    private Task<ShardResult> Ask(string sql, SqlValue[] values, CancellationToken cancellationToken, RowEncoding? encoding = null) =>
        Tablet.QueryAsync(new ShardQueryRequest(Shard, sql, values) { IsOneRow = true, Encoding = encoding }, cancellationToken).AsTask();

    private async Task UntilAsync(string count)
    {
        while ((await Tablet.ExecuteAsync(count)).Rows[0][0].AsInteger() == 0) await Task.Yield();
    }
}
