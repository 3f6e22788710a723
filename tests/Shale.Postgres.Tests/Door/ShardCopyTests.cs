using Npgsql;
using NpgsqlTypes;
using Shale.Contracts;
using Shale.Engines;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>COPY into shards on PostgreSQL, which get the rows as the client has written them.</summary>
public sealed class ShardCopyTests : IClassFixture<ShardCopyTests.Fixture>
{
    private readonly DoorCluster _cluster;

    public ShardCopyTests(Fixture fixture) => _cluster = fixture.Cluster!;

    [PostgresTheory]
    [InlineData("COPY t FROM STDIN", "1\tAda\t1.50\t2024-01-31 12:00:00\n2\t\\N\t\\N\t\\N\n3\ta\\tb\\\\c\\n\\x41\\101\t0\t\\N\n\\.\n9\tbehind the end\n", "1|Ada|1.5\n2||\n3|a\tb\\c\nAA|0")]
    [InlineData("COPY t (name, id) FROM STDIN WITH (FORMAT csv, HEADER, FREEZE on)", "name,id\n\"a,\"\"b\"\"\nc\",1\n\"\",2\r\n,3\n", "1|a,\"b\"\nc|\n2||\n3||")]
    [InlineData("COPY public.t(id, name) FROM STDIN DELIMITER '|' NULL 'nil'", "1|nil\n2|x\\|y\r\n\\x33|z\r\n", "1||\n2|x|y|\n3|z|")]
    [InlineData("COPY t(name, id) FROM STDIN CSV QUOTE '''' ESCAPE '!' DELIMITER AS ';'", "'it!'s';1\nplain;'2'", "1|it's|\n2|plain|")]
    [InlineData("COPY t(name, id) FROM STDIN", "a\\\nb\t1\n\\\tc\t2\nlast\\\\\t3", "1|a\nb|\n2|\tc|\n3|last\\|")]
    [InlineData("COPY t(id) FROM STDIN", "", "")]
    public async Task From_TextAndCsv_AreTheRows(string copy, string data, string expected)
    {
        await ClearAsync();
        var (code, output, errors) = await CopyAsync(copy, data);
        Assert.True(code == 0, errors);
        Assert.StartsWith("COPY ", output, StringComparison.Ordinal);
        Assert.Equal(expected, await Tool.PsqlAsync(_cluster.Port, "SELECT id, name, trim_scale(price) FROM t ORDER BY id"));
    }

    [PostgresTheory]
    [InlineData("", "1\ta\t1\t\\N\nx\tb\t1\t\\N\n", "22P02", "line 8002, column id: \"x\"")]
    [InlineData("", "1\ta\t1\t\\N\n2\tb\n", "22P04", "line 8002: \"2\tb\"")]
    [InlineData("", "1\ta\t1\t\\N\n2\tb\t1\t\\N\tmore\n3\tc\t1\t\\N\n", "22P04", "line 8002: \"2\tb\t1\t\\N\tmore\"")]
    [InlineData("", "1\ta\tx\t\\N\n", "22P02", "line 8001, column price: \"x\"")]
    [InlineData("", "\\N\ta\t1\t\\N\n", "23502", "line 8001: \"\\N\ta\t1\t\\N\"")]
    [InlineData("", "101\ta\t1\t\\N\n", "23505", "line 8001")]
    [InlineData("(FORMAT csv, DELIMITER E'\\t', NULL '\\N')", "1\t\"two\nlines\"\t1\t\\N\n2\ta\t1\t2024-13-01\n", "22008", "line 8003, column at: \"2024-13-01\"")]
    public async Task From_ABadRowInTheMiddle_LeavesNothingOnAnyShard(string options, string tail, string sqlState, string context)
    {
        await ClearAsync();
        var letters = new string('x', 200);
        var data = string.Concat(Enumerable.Range(100, 8000).Select(id => $"{id}\t{letters}\t1\t\\N\n")) + tail;
        var (_, _, errors) = await CopyAsync("COPY t FROM STDIN " + options, data);
        Assert.Contains(sqlState, errors, StringComparison.Ordinal);
        Assert.Contains($"CONTEXT:  COPY t, {context}\n", errors, StringComparison.Ordinal);
        foreach (var tablet in _cluster.Cluster.Tablets) Assert.Equal(0, (await tablet.QueryAsync("SELECT count(*) FROM t")).Rows[0][0].AsInteger());
    }

    [PostgresFact]
    public async Task From_ManyRows_AreShardedAndCountedInTheTransaction()
    {
        await ClearAsync();
        var data = string.Concat(Enumerable.Range(1, 60_000).Select(id => $"{id}\tn{id}\t{id}.25\t2024-01-31 12:00:00\n"));
        var (code, output, errors) = await Tool.RunAsync("psql", ["-X", "-A", "-t", "-h", "127.0.0.1", "-p", _cluster.Port.ToString(), "-U", "app", "-d", "main", "-c", "BEGIN", "-c", "COPY t FROM STDIN", "-c", "SELECT count(*) FROM t", "-c", "ROLLBACK", "-c", "SELECT count(*) FROM t"], data);
        Assert.True(code == 0, errors);
        Assert.Equal("BEGIN\nCOPY 60000\n60000\nROLLBACK\n0\n", output);
        (_, output, _) = await CopyAsync("COPY t FROM STDIN", data);
        Assert.Equal("COPY 60000\n", output);
        Assert.Equal("60000|1800045000.00", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*), sum(price) FROM t"));
        foreach (var tablet in _cluster.Cluster.Tablets) Assert.InRange((await tablet.QueryAsync("SELECT count(*) FROM t")).Rows[0][0].AsInteger(), 25_000, 35_000);
        Assert.Equal("1", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*) FROM t WHERE id = 31337"));
    }

    [PostgresFact]
    public async Task Binary_ByNpgsql_GoesInAndComesOut()
    {
        await ClearAsync();
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={_cluster.Port};Username=app;Database=main");
        await using var connection = await source.OpenConnectionAsync();
        await using (var import = await connection.BeginBinaryImportAsync("COPY t (name, id, price) FROM STDIN (FORMAT BINARY)"))
        {
            for (var id = 1; id <= 40_000; id++)
            {
                await import.StartRowAsync();
                if (id % 10 == 0) await import.WriteNullAsync();
                else await import.WriteAsync("n" + id, NpgsqlDbType.Text);
                await import.WriteAsync(id, NpgsqlDbType.Integer);
                await import.WriteAsync(id + 0.25m, NpgsqlDbType.Numeric);
            }

            Assert.Equal(40_000UL, await import.CompleteAsync());
        }

        Assert.Equal("40000|36000|800030000.00", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*), count(name), sum(price) FROM t"));
        Assert.Equal("n31337", await Tool.PsqlAsync(_cluster.Port, "SELECT name FROM t WHERE id = 31337"));

        // One that is given up leaves nothing.
        await using (var import = await connection.BeginBinaryImportAsync("COPY t (id) FROM STDIN (FORMAT BINARY)"))
        {
            await import.StartRowAsync();
            await import.WriteAsync(50_000, NpgsqlDbType.Integer);
        }

        Assert.Equal("40000", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*) FROM t"));
    }

    [PostgresFact]
    public async Task Tables_OfEveryKind_GetTheirRows()
    {
        await _cluster.RunAsync(
            "CREATE TABLE counted (id bigserial PRIMARY KEY, v text)", "CREATE TABLE looked (id int PRIMARY KEY, v text UNIQUE)", "CREATE TABLE \"Two Keys\" (a text, \"B\" int, v int DEFAULT 7, PRIMARY KEY (a, \"B\")) WITH (shard_key = 'a, \"B\"')",
            "CREATE TABLE pinned (v text)");
        Assert.Equal("COPY 3", await OutputAsync("COPY counted (v) FROM STDIN", "a\nb\nc\n"));
        Assert.Equal("3|3", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*), count(DISTINCT id) FROM counted"));
        Assert.Equal("COPY 2", await OutputAsync("COPY counted FROM STDIN", "1001\ta\n1002\tb\n"));
        Assert.Equal("b", await Tool.PsqlAsync(_cluster.Port, "SELECT v FROM counted WHERE id = 1002"));
        Assert.Equal("COPY 2", await OutputAsync("COPY looked FROM STDIN", "1\tx\n2\ty\n"));
        Assert.Equal("2", await Tool.PsqlAsync(_cluster.Port, "SELECT id FROM looked WHERE v = 'y'"));
        Assert.Contains("23505", await OutputAsync("COPY looked FROM STDIN", "3\tx\n"), StringComparison.Ordinal);
        Assert.Equal("COPY 3", await OutputAsync("COPY \"Two Keys\" (\"B\", a) FROM STDIN", "1\tx\n2\t\\x79\n3\tz\\\\\n"));
        Assert.Equal("7|7|7", await Tool.PsqlAsync(_cluster.Port, "SELECT (SELECT v FROM \"Two Keys\" WHERE a = 'x' AND \"B\" = 1), (SELECT v FROM \"Two Keys\" WHERE a = 'y' AND \"B\" = 2), (SELECT v FROM \"Two Keys\" WHERE a = E'z\\\\' AND \"B\" = 3)"));
        Assert.Equal("COPY 2", await OutputAsync("COPY pinned FROM STDIN", "a\nb\n"));
        Assert.Equal("a\nb", await Tool.PsqlAsync(_cluster.Port, "SELECT v FROM pinned ORDER BY v"));
    }

    [PostgresFact]
    public async Task From_ThatWaitsForAnotherTransaction_IsStoppedInTime()
    {
        await ClearAsync();
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={_cluster.Port};Username=app;Database=main");
        await using var holder = await source.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("INSERT INTO t (id) VALUES (77)", holder)) await insert.ExecuteNonQueryAsync();
        var (_, output, errors) = await Tool.RunAsync("psql",
            ["-X", "-h", "127.0.0.1", "-p", _cluster.Port.ToString(), "-U", "app", "-d", "main", "-v", "VERBOSITY=verbose", "-c", "SET statement_timeout = 300", "-c", "COPY t (id) FROM STDIN", "-c", "SELECT 'goes on'"], "76\n77\n78\n");
        Assert.Contains("57014", errors, StringComparison.Ordinal);
        Assert.Contains("goes on", output, StringComparison.Ordinal);
        await transaction.CommitAsync();
        Assert.Equal("77", await Tool.PsqlAsync(_cluster.Port, "SELECT id FROM t"));
    }

    private async Task<string> OutputAsync(string copy, string data)
    {
        var (_, output, errors) = await CopyAsync(copy, data);
        return (output + errors).TrimEnd('\n');
    }

    private Task ClearAsync() => _cluster.RunAsync("TRUNCATE t");

    private Task<(int Code, string Output, string Errors)> CopyAsync(string copy, string data) =>
        Tool.RunAsync("psql", ["-X", "-h", "127.0.0.1", "-p", _cluster.Port.ToString(), "-U", "app", "-d", "main", "-v", "VERBOSITY=verbose", "-c", copy], data);

    /// <summary>Two shards on a private server, and the table.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal DoorCluster? Cluster { get; private set; }

        public async Task InitializeAsync()
        {
            if (PrivateServer.Missing is not null) return;
            Cluster = await DoorCluster.StartAsync(shards: options => options with
            {
                Shards = 2, Engine = StorageEngineType.Postgres, Engines = [new PostgresSource(new PostgresSourceOptions { Server = new PrivateServerOptions { Durable = false } })],
            });
            await Cluster.RunAsync("CREATE TABLE t (id int PRIMARY KEY, name text, price numeric(10, 2), at timestamp)");
        }

        public async Task DisposeAsync()
        {
            if (Cluster is not null) await Cluster.DisposeAsync();
        }
    }
}
