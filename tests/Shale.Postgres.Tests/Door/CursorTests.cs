using System.Globalization;
using Npgsql;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Cursors by SQL: psql prints the same of them here and of PostgreSQL.</summary>
public sealed class CursorTests
{
    private const string Made = """
        CREATE TABLE t (id int PRIMARY KEY, v text);
        INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 20) g;

        """;

    private const string Forward = """
        BEGIN;
        DECLARE c NO SCROLL CURSOR FOR SELECT id, v FROM t ORDER BY id;
        FETCH c;
        FETCH 2 FROM c;
        MOVE 3 IN c;
        FETCH NEXT c;
        FETCH FORWARD 2 c;
        FETCH RELATIVE 2 FROM c;
        FETCH ABSOLUTE 12 FROM c;
        MOVE FORWARD 0 c;
        INSERT INTO t VALUES (21, 'new');
        DECLARE d CURSOR FOR SELECT count(*) FROM t;
        FETCH ALL FROM d;
        FETCH 3 FROM c;
        SAVEPOINT s;
        DECLARE e CURSOR FOR VALUES (1), (2);
        FETCH e;
        ROLLBACK TO s;
        FETCH FORWARD ALL FROM c;
        FETCH c;
        SELECT name, is_holdable, is_binary, rtrim(statement, ';') FROM pg_cursors ORDER BY name;
        CLOSE c;
        CLOSE c;
        ROLLBACK;
        FETCH d;

        """;

    private const string Scroll = """
        BEGIN;
        DECLARE s SCROLL CURSOR FOR SELECT id FROM t WHERE id <= 7 ORDER BY id DESC;
        FETCH LAST s;
        FETCH PRIOR s;
        FETCH BACKWARD 2 FROM s;
        FETCH FIRST s;
        FETCH 0 s;
        FETCH ABSOLUTE 3 s;
        FETCH ABSOLUTE -2 s;
        FETCH RELATIVE -3 s;
        FETCH RELATIVE 0 s;
        FETCH BACKWARD ALL s;
        FETCH FORWARD 3 s;
        FETCH -1 s;
        MOVE LAST s;
        MOVE BACKWARD ALL s;
        FETCH ALL s;
        FETCH NEXT s;
        FETCH PRIOR s;
        FETCH ABSOLUTE 0 s;
        FETCH 2 s;
        FETCH ABSOLUTE 20 s;
        MOVE RELATIVE -1 s;
        FETCH 0 s;
        MOVE 0 s;
        COMMIT;

        """;

    private const string Hold = """
        DECLARE h CURSOR WITH HOLD FOR SELECT id FROM t WHERE id < 5 ORDER BY id;
        FETCH 2 h;
        BEGIN;
        DECLARE g SCROLL CURSOR WITH HOLD FOR SELECT v FROM t WHERE id IN (3, 4) ORDER BY v;
        FETCH g;
        DELETE FROM t WHERE id < 6;
        COMMIT;
        FETCH ALL h;
        FETCH PRIOR g;
        FETCH NEXT g;
        FETCH ALL g;
        SELECT name, is_holdable FROM pg_cursors c ORDER BY 1;
        BEGIN;
        DECLARE gone CURSOR WITH HOLD FOR SELECT 1;
        ROLLBACK;
        FETCH gone;
        CLOSE ALL;
        FETCH h;

        """;

    private const string Errors = """
        DECLARE c CURSOR FOR SELECT 1;
        BEGIN;
        DECLARE c CURSOR FOR SELECT 1;
        DECLARE c CURSOR FOR SELECT 2;
        ROLLBACK;
        BEGIN;
        DECLARE c NO SCROLL CURSOR FOR SELECT id FROM t ORDER BY id;
        FETCH 2 c;
        FETCH PRIOR c;
        FETCH c;
        ROLLBACK;
        BEGIN;
        DECLARE c NO SCROLL CURSOR FOR SELECT id FROM t ORDER BY id;
        FETCH 2 c;
        FETCH ABSOLUTE 1 c;
        ROLLBACK;
        BEGIN;
        DECLARE c SCROLL NO SCROLL CURSOR FOR SELECT 1;
        ROLLBACK;
        BEGIN;
        DECLARE c CURSOR FOR SELECT nothing FROM t;
        ROLLBACK;
        DECLARE c CURSOR WITH HOLD FOR SELECT id FROM t FOR UPDATE;
        FETCH nothing;
        MOVE nothing;
        CLOSE nothing;
        BEGIN;
        DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id;
        FETCH c;
        SAVEPOINT a;
        SELECT 1 / 0;
        ROLLBACK TO a;
        FETCH c;
        END;

        """;

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public async Task Cursors_OfScripts_DoAsThoseOfPostgresDo()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var script in new[] { Forward, Scroll, Hold, Errors }) await twins.RequireSameAsync(Made + script + "DROP TABLE t;");
    }

    [Theory]
    [OnSqlite(3)]
    [OnPostgres(3)]
    public async Task Cursor_OfManyRows_StreamsAndKeepsThemOnDiskWhileOthersRun(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await door.RunAsync("CREATE TABLE big (id int PRIMARY KEY, v text)", "INSERT INTO big SELECT g, repeat('x', 1000) FROM generate_series(1, 20000) g");
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={door.Port};Database=main;Username=app;Pooling=false");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync("DECLARE forward NO SCROLL CURSOR FOR SELECT id, v FROM big WHERE id > $1 ORDER BY id", 10);
        Assert.Equal([11, 12], await IdsAsync("FETCH 2 FROM forward"));
        await RunAsync("UPDATE big SET v = '' WHERE id = 1");
        Assert.Equal([13], await IdsAsync("FETCH forward"));
        Assert.Equal(Enumerable.Range(14, 19_987), await IdsAsync("FETCH ALL forward"));
        await RunAsync("DECLARE back SCROLL CURSOR FOR SELECT id, v FROM big ORDER BY id");
        Assert.Equal([20_000], await IdsAsync("FETCH LAST FROM back"));
        Assert.Equal([7], await IdsAsync("FETCH ABSOLUTE 7 FROM back"));
        Assert.Equal(Enumerable.Range(1, 20_000).Reverse(), await IdsAsync("MOVE ALL IN back; FETCH BACKWARD ALL FROM back"));

        Task RunAsync(string sql, params object[] values) => Command(sql, values).ExecuteNonQueryAsync();

        async Task<List<int>> IdsAsync(string sql)
        {
            await using var reader = await Command(sql, []).ExecuteReaderAsync();
            var ids = new List<int>();
            while (await reader.ReadAsync()) ids.Add(Convert.ToInt32(reader[0], CultureInfo.InvariantCulture));
            return ids;
        }

        NpgsqlCommand Command(string sql, object[] values)
        {
            var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            return command;
        }
    }

    [Theory]
    [OnSqlite(3)]
    [OnPostgres(3)]
    public async Task Psql_WithFetchCount_ReadsThroughACursor(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await door.RunAsync("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT g FROM generate_series(1, 250) g");
        Assert.Equal(string.Join('\n', Enumerable.Range(1, 250)), await Tool.PsqlAsync(door.Port, "\\set FETCH_COUNT 100\nSELECT id FROM t ORDER BY id;"));
        Assert.Contains("0A000", await Tool.PsqlAsync(door.Port, "DELETE FROM t WHERE CURRENT OF c;"), StringComparison.Ordinal);
    }
}
