using Shale.Postgres.Relay;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Engine;

/// <summary>What the relay's connections do with statements that are out of the ordinary: as those on Npgsql do, and the connection is of use afterwards.</summary>
public sealed class RelayConnectionTests
{
    [PostgresFact]
    public async Task Command_ThatMayLeaveSettings_GivesItsRowsAndItsFailure()
    {
        await using var engine = await SharedServer.EngineAsync();
        await using (var writer = await engine.OpenAsync(EngineAccess.Write, default))
        {
            await writer.ExecuteAsync("CREATE PROCEDURE twice(INOUT n int) LANGUAGE plpgsql AS 'BEGIN n := n * 2; END'", [], default);
        }

        await using var reader = await engine.OpenAsync(EngineAccess.Read, default);
        Assert.IsType<RelayConnection>(reader);
        Assert.Equal(42, (await reader.ExecuteAsync("CALL twice(21)", [], default)).Rows[0][0].AsInteger());
        Assert.Equal(["42"], await StreamAsync(reader, "CALL twice(21)"));
        Assert.Equal("P0001", await FailureAsync(reader, "DO 'BEGIN RAISE EXCEPTION ''no''; END'"));
        Assert.Equal("P0001", (await Assert.ThrowsAsync<VitessException>(() => StreamAsync(reader, "DO 'BEGIN RAISE EXCEPTION ''no''; END'"))).SqlState);
        Assert.Equal(["1"], await StreamAsync(reader, "SELECT 1"));
    }

    [PostgresFact]
    public async Task Rows_WithoutColumns_AreCounted()
    {
        await using var engine = await SharedServer.EngineAsync();
        await using var reader = await engine.OpenAsync(EngineAccess.Read, default);
        await using var writer = await engine.OpenAsync(EngineAccess.Write, default);
        foreach (var connection in new[] { writer, reader })
        {
            var result = await connection.ExecuteAsync("SELECT FROM generate_series(1, 3)", [], default);
            Assert.Equal((3, 0), (result.Rows.RowCount, result.Rows.Fields.Count));
            Assert.Equal(3, (await connection.QueryAsync("SELECT FROM generate_series(1, 3)", [], RowEncoding.Text, default)).Rows.RowCount);
        }
    }

    [PostgresFact]
    public async Task Refusal_OfAStatement_DoesNotHarmTheConnectionNorOthers()
    {
        await using var engine = await SharedServer.EngineAsync();
        await using var first = await engine.OpenAsync(EngineAccess.Read, default);
        Assert.Equal("0A000", await FailureAsync(first, "SET work_mem = '1MB'"));
        Assert.Equal("22021", await FailureAsync(first, "SELECT 'a\0b'"));
        Assert.True(first.IsUsable);
        Assert.Equal("57014", (await Assert.ThrowsAsync<VitessException>(async () => await first.ExecuteAsync("SELECT 1", [], new CancellationToken(true)))).SqlState);
        Assert.Equal("22021", (await Assert.ThrowsAsync<VitessException>(async () => await first.ExecuteAsync("SELECT $1::text", [SqlValue.Text("\ud800")], default))).SqlState);
        Assert.Equal(7, (await first.ExecuteAsync("SELECT 7", [], default)).Rows[0][0].AsInteger());
        await using var fresh = await engine.OpenAsync(EngineAccess.Read, default);
        Assert.Equal("57014", (await Assert.ThrowsAsync<VitessException>(async () => await fresh.ExecuteAsync("SELECT 1", [], new CancellationToken(true)))).SqlState);
        Assert.True(fresh.IsUsable && first.IsUsable);
    }

    [PostgresFact]
    public async Task Stream_GivenUpInATransactionThatWasCancelled_LeavesTheTransactionAborted()
    {
        await using var engine = await SharedServer.EngineAsync();
        await using var connection = await engine.OpenAsync(EngineAccess.Read, default);
        await connection.BeginAsync(Contracts.IsolationLevel.ReadCommitted, readOnly: true, default);
        using var cancel = new CancellationTokenSource();
        await using (var rows = connection.StreamAsync("SELECT g FROM generate_series(1, 50000000) g", [], 1000, cancel.Token).GetAsyncEnumerator())
        {
            Assert.True(await rows.MoveNextAsync());
            await cancel.CancelAsync();
        }

        Assert.Equal("25P02", (await Assert.ThrowsAsync<VitessException>(async () => await connection.CommitAsync(default))).SqlState);
        Assert.Equal(1, (await connection.ExecuteAsync("SELECT 1", [], default)).Rows[0][0].AsInteger());
    }

    [Fact]
    public async Task Cancellation_OfAStatementThatHasEnded_DoesNotMeetTheNext()
    {
        using var ended = new CancellationTokenSource();
        await using var cluster = await DoorCluster.StartAsync();
        var address = ServerAddress.Of(new Npgsql.NpgsqlConnectionStringBuilder($"Host=127.0.0.1;Port={cluster.Port};Username=u;Database=main;SSL Mode=Disable"))!;
        var sessions = new ServerSession(address);
        var session = await sessions.OpenAsync(default);
        await using var link = session.Link;
        var running = new RunningQuery(sessions, session);
        running.Begin(ended.Token);
        await running.EndAsync();
        running.Begin(default);
        running.Cancel(ended.Token);
        Assert.Equal(ValueTask.CompletedTask.AsTask(), running.EndAsync().AsTask());
    }

    [PostgresFact]
    public async Task Floats_AsTextOfAServerThatRoundsThem_AreWhole()
    {
        await using var engine = await SharedServer.EngineAsync();
        await using (var writer = await engine.OpenAsync(EngineAccess.Write, default))
        {
            await writer.ExecuteAsync("DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET extra_float_digits = 0'', current_database()); END'", [], default);
        }

        await using var reader = await engine.OpenAsync(EngineAccess.Read, default);
        Assert.Equal(0.1 + 0.2, (await reader.QueryAsync("SELECT 0.1::float8 + 0.2::float8", [], RowEncoding.Text, default)).Rows[0][0].AsReal());
    }

    private static async Task<string?> FailureAsync(IEngineConnection connection, string sql) => (await Assert.ThrowsAsync<VitessException>(async () => await connection.ExecuteAsync(sql, [], default))).SqlState;

    private static async Task<List<string>> StreamAsync(IEngineConnection connection, string sql)
    {
        var cells = new List<string>();
        await foreach (var rows in connection.StreamAsync(sql, [], 1000, default))
        {
            for (var i = 0; i < rows.RowCount; i++) cells.AddRange(rows[i].ToArray().Select(value => value.ToString()));
        }

        return cells;
    }
}
