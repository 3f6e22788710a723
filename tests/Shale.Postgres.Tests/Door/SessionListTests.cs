using Npgsql;
using Shale.Contracts;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What the catalog shows of the sessions of a door: by the numbers that it gives they are cancelled and ended, and nobody else.</summary>
public sealed class SessionListTests
{
    private const string Locks = "SELECT locktype || ' ' || classid || ' ' || objid || ' ' || objsubid || ' ' || mode || ' ' || granted || ' ' || (database = (SELECT oid FROM pg_database WHERE datname = current_database())) FROM pg_locks WHERE locktype = 'advisory' ORDER BY granted DESC, classid, objid, mode";

    [PostgresFact]
    public async Task Sessions_AsTheCatalogListsThem_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        DoorCluster?[] all = [null, .. twins.Doors];
        var seen = new List<string>();
        foreach (var door in all)
        {
            await using var one = await twins.ConnectAsync(door);
            await using var idle = await twins.ConnectAsync(door);
            await using var failed = await twins.ConnectAsync(door);
            await AskAsync(idle, "SET application_name = 'an idle one'");
            await AskAsync(failed, "BEGIN");
            await Assert.ThrowsAsync<PostgresException>(() => AskAsync(failed, "SELECT 1/0"));
            const string List = "SELECT string_agg(concat_ws(' ', state, application_name, query, pid = pg_backend_pid(), xact_start IS NULL, query_start >= backend_start, state_change >= query_start, datname, client_port IS NULL), E'\\n' ORDER BY backend_start) FROM pg_stat_activity WHERE backend_type = 'client backend'";
            seen.Add($"{await AskAsync(one, List)}");
        }

        Assert.Contains("idle in transaction (aborted)", seen[0], StringComparison.Ordinal);
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(seen[0], seen[2]);
    }

    [PostgresFact]
    public async Task Sessions_WithALongStatement_ShowItsBeginning()
    {
        await using var twins = await Twins.StartAsync();
        DoorCluster?[] all = [null, .. twins.Doors];
        foreach (var door in all)
        {
            await using var one = await twins.ConnectAsync(door);
            Assert.Equal(1023, await AskAsync(one, $"SELECT length(query) FROM pg_stat_activity WHERE pid = pg_backend_pid() /* {new string('x', 3000)} */"));
        }
    }

    [PostgresFact]
    public async Task Terminate_OfAllOthers_EndsThemAndNotTheCaller()
    {
        await using var twins = await Twins.StartAsync();
        DoorCluster?[] all = [null, .. twins.Doors];
        foreach (var door in all)
        {
            await using var first = await twins.ConnectAsync(door);
            await using var caller = await twins.ConnectAsync(door);
            await using var last = await twins.ConnectAsync(door);
            Assert.Equal(2L, await AskAsync(caller, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"));
            await AskAsync(caller, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            Assert.Equal(1L, await AskAsync(caller, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"));
            await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(first, "SELECT 1"));
            await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(last, "SELECT 1"));
            Assert.Equal("22003", (await Assert.ThrowsAsync<PostgresException>(() => AskAsync(caller, "SELECT pg_terminate_backend(1, -1)"))).SqlState);
            Assert.Equal(DBNull.Value, await AskAsync(caller, "SELECT pg_terminate_backend(1, NULL)"));
            Assert.Equal(false, await AskAsync(caller, "SELECT pg_terminate_backend(2147483647, 1)"));
        }
    }

    [PostgresFact]
    public async Task Locks_HeldAndWaitedFor_AreListedAsInPostgres()
    {
        await using var twins = await Twins.StartAsync();
        DoorCluster?[] all = [null, .. twins.Doors];
        foreach (var door in all)
        {
            await using var one = await twins.ConnectAsync(door);
            await using var other = await twins.ConnectAsync(door);
            await AskAsync(one, "SELECT pg_advisory_lock(5000000000), pg_advisory_lock(-1, 2), pg_advisory_lock_shared(7), pg_advisory_lock(hashtext('migrations'))");
            var waits = AskAsync(other, "SELECT pg_advisory_lock(7)");
            List<string> listed;
            do listed = await ListAsync(one);
            while (listed.Count < 5);
            Assert.Equal(
            [
                "advisory 0 7 1 ShareLock true true", "advisory 0 331260518 1 ExclusiveLock true true", "advisory 1 705032704 1 ExclusiveLock true true", "advisory 4294967295 2 2 ExclusiveLock true true",
                "advisory 0 7 1 ExclusiveLock false true",
            ], listed);
            Assert.Equal(true, await AskAsync(one, "SELECT waitstart > now() - interval '1 hour' AND pid <> pg_backend_pid() FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"));
            await AskAsync(one, "SELECT pg_advisory_unlock_all()");
            await waits;
            await AskAsync(other, "SELECT pg_advisory_unlock(7)");
            Assert.Empty(await ListAsync(one));
        }
    }

    [Fact]
    public async Task Statements_WithoutASession_HaveNoNumberToEndThemBy()
    {
        await using var door = await DoorCluster.StartAsync(new Shards(StorageEngineType.Sqlite, 1));
        var result = await door.Cluster.Gate.ExecuteAsync(new Vitess.GateRequest("SELECT pid, state, query FROM pg_stat_activity", []));
        Assert.Equal(1, result.Rows.RowCount);
        Assert.True(result.Rows[0][0].IsNull);
        Assert.Equal("active", result.Rows[0][1].AsText());
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection)
    {
        var rows = new List<string>();
        await using var command = new NpgsqlCommand(Locks, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
