using System.Globalization;
using Npgsql;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;
using Shale.Server;

namespace Shale.Postgres.Tests.Door;

/// <summary>LISTEN, NOTIFY and what goes with them: of a script psql prints the same as of PostgreSQL, and sessions hear one another.</summary>
public sealed class NotificationTests
{
    [Fact]
    public async Task Waiting_ManyTimesForNothing_IsOneWait()
    {
        var hub = new NotificationHub();
        var session = new SessionNotifications(hub, 1, () => { });
        session.Listen("main", "c");
        session.Commit();
        var waiting = session.WaitAsync();
        Assert.Same(waiting, session.WaitAsync());
        session.Notify("main", "c", "x");
        session.Notify("other", "d", "y");
        session.Commit();
        Assert.True(await waiting);
        Assert.True(await session.WaitAsync());
        session.Close();
    }

    private const string Script = """
        CREATE TABLE t (id int PRIMARY KEY, v text);
        INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'b');
        LISTEN c;
        LISTEN "Big";
        SELECT pg_listening_channels() ORDER BY 1;
        SELECT count(*) FROM pg_listening_channels() l WHERE l <> 'c';
        UNLISTEN c;
        SELECT * FROM pg_listening_channels();
        UNLISTEN *;
        SELECT pg_listening_channels();
        BEGIN;
        LISTEN d;
        SELECT pg_listening_channels();
        ROLLBACK;
        SELECT pg_listening_channels();
        BEGIN;
        LISTEN e;
        SAVEPOINT s;
        LISTEN f;
        ROLLBACK TO s;
        COMMIT;
        SELECT pg_listening_channels();
        NOTIFY nobody;
        NOTIFY nobody, 'words';
        SELECT pg_notify('nobody', v) FROM t ORDER BY id;
        SELECT pg_notify('', 'x');
        SELECT pg_notify(NULL, 'x');
        SELECT pg_notify('nobody', NULL);
        SELECT pg_notify('nobody', repeat('x', 7999));
        SELECT pg_notify('nobody', repeat('x', 8000));
        SELECT pg_notify(repeat('c', 64), 'x');
        SELECT pg_backend_pid() = pg_backend_pid(), pg_backend_pid() > 0, pg_notification_queue_usage();
        DISCARD ALL;
        SELECT pg_listening_channels();
        DROP TABLE t;

        """;

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public async Task Notifications_OfAScript_DoAsThoseOfPostgresDo()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    [PostgresFact]
    public async Task Notify_WhoListens_IsToldAtCommitOnceAndInOrder()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors.Prepend(null))
        {
            await using var listener = await twins.ConnectAsync(door);
            await using var speaker = await twins.ConnectAsync(door);
            var heard = new List<string>();
            listener.Notification += (_, told) => heard.Add($"{told.Channel}:{told.Payload}:{told.PID == speaker.ProcessID}");
            await RunAsync(listener, "LISTEN c; LISTEN d");
            await using (var transaction = await speaker.BeginTransactionAsync())
            {
                await RunAsync(speaker, "NOTIFY c, 'one'; NOTIFY c, 'one'; NOTIFY d");
                await RunAsync(speaker, "SAVEPOINT s; NOTIFY c, 'never'; ROLLBACK TO s; NOTIFY other");
                await using (var command = new NpgsqlCommand("SELECT pg_notify($1, $2)", speaker) { Parameters = { new() { Value = "c" }, new() { Value = "two" } } }) await command.ExecuteNonQueryAsync();
                await RunAsync(listener, "SELECT 1");
                Assert.Empty(heard);
                await transaction.CommitAsync();
            }

            while (heard.Count < 3) await listener.WaitAsync();
            Assert.Equal(["c:one:True", "d::True", "c:two:True"], heard);
            await using (var transaction = await speaker.BeginTransactionAsync())
            {
                await RunAsync(speaker, "NOTIFY c, 'lost'");
                await transaction.RollbackAsync();
            }

            heard.Clear();
            await RunAsync(speaker, "NOTIFY c, 'three'");
            while (heard.Count < 1) await listener.WaitAsync();
            Assert.Equal(["c:three:True"], heard);
            heard.Clear();
            await RunAsync(listener, "BEGIN");
            await RunAsync(speaker, "NOTIFY c, 'four'");
            await RunAsync(listener, "SELECT 1");
            Assert.Empty(heard);
            await RunAsync(listener, "COMMIT");
            while (heard.Count < 1) await listener.WaitAsync();
            Assert.Equal(["c:four:True"], heard);
            Assert.Equal(listener.ProcessID.ToString(CultureInfo.InvariantCulture), Convert.ToString(await new NpgsqlCommand("SELECT pg_backend_pid()", listener).ExecuteScalarAsync(), CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Notify_ToOneself_ComesBeforeTheSessionIsReady()
    {
        await using var door = await DoorCluster.StartAsync();
        using var client = await RawClient.OpenAsync(door.Port);
        await client.SendAsync(RawClient.Query("LISTEN c"), RawClient.Query("NOTIFY c, 'me'"));
        Assert.Equal("C(LISTEN) Z(I)", await client.ReadWordsAsync());
        Assert.Equal("C(NOTIFY) A Z(I)", await client.ReadWordsAsync());
        await client.SendAsync(RawClient.Query("SELECT 1, pg_notify('c', 'x'), g FROM generate_series(2, 3) g"));
        Assert.Equal("T D(1,,2) D(1,,3) C(SELECT 2) A Z(I)", await client.ReadWordsAsync());
        await client.SendAsync(RawClient.Query("SELECT pg_notify('c', 'x') IS NULL"));
        Assert.Equal("E(0A000) Z(I)", await client.ReadWordsAsync());
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
