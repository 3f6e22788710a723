using Npgsql;
using NpgsqlTypes;
using Shale.Contracts;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>COPY, in and out, in each format.</summary>
public abstract class CopyTests(StorageEngineType engine) : DoorSuite(engine), IAsyncLifetime
{
    private DoorCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await StartAsync();
        await _cluster.RunAsync("CREATE TABLE t (id int PRIMARY KEY, name text, price numeric(10, 2), at timestamp)");
    }

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Theory]
    [InlineData("COPY t FROM STDIN", "1\tAda\t1.50\t2024-01-31 12:00:00\n2\t\\N\t\\N\t\\N\n3\ta\\tb\\\\c\\n\\x41\\101\t0\t\\N\n\\.\n", "1|Ada|1.5\n2||\n3|a\tb\\c\nAA|0")]
    [InlineData("COPY t (name, id) FROM STDIN WITH (FORMAT csv, HEADER, FREEZE on)", "name,id\n\"a,\"\"b\"\"\nc\",1\n\"\",2\n,3\n", "1|a,\"b\"\nc|\n2||\n3||")]
    [InlineData("COPY public.t(id, name) FROM STDIN DELIMITER '|' NULL 'nil'", "1|nil\n2|x\\|y\r\n", "1||\n2|x|y|")]
    [InlineData("COPY t(id, name) FROM STDIN CSV QUOTE '''' DELIMITER AS ';'", "1;'it''s'\n2;plain", "1|it's|\n2|plain|")]
    [InlineData("COPY t(id) FROM STDIN", "", "")]
    public async Task From_TextAndCsv_AreTheRows(string copy, string data, string expected)
    {
        var (code, output, errors) = await CopyAsync(copy, data);
        Assert.True(code == 0, errors);
        Assert.StartsWith("COPY ", output, StringComparison.Ordinal);
        Assert.Equal(expected, await Tool.PsqlAsync(_cluster.Port, "SELECT id, name, trim_scale(price) FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("1\ta\t1\t\\N\nx\tb\t1\t\\N\n", "22P02", "line 3002, column id: \"x\"\n")]
    [InlineData("1\ta\t1\t\\N\n2\tb\n", "22P04", "line 3002")]
    [InlineData("1\ta\t1\t\\N\n2\tb\t1\t\\N\tmore\n", "22P04", "line 3002")]
    [InlineData("1\ta\t1\t\\N\n1\tb\t1\t\\N\n", "23505", "line")]
    [InlineData("\\N\ta\t1\t\\N\n", "23502", "line 3001")]
    public async Task From_ABadRowInTheMiddle_LeavesNothingOnAnyShard(string tail, string sqlState, string context)
    {
        var data = string.Concat(Enumerable.Range(100, 3000).Select(id => $"{id}\tn{id}\t1\t\\N\n")) + tail;
        var (_, _, errors) = await CopyAsync("COPY t FROM STDIN", data);
        Assert.Contains(sqlState, errors, StringComparison.Ordinal);
        Assert.Contains("CONTEXT:  COPY t, " + context, errors, StringComparison.Ordinal);
        Assert.Equal("0", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task From_ManyRows_AreShardedAndCountedInTheTransaction()
    {
        var data = string.Concat(Enumerable.Range(1, 20_000).Select(id => $"{id}\tn{id}\t{id}.25\t\\N\n"));
        var (code, output, errors) = await Tool.RunAsync("psql", ["-X", "-A", "-t", "-h", "127.0.0.1", "-p", _cluster.Port.ToString(), "-U", "app", "-d", "main", "-c", "BEGIN", "-c", "COPY t FROM STDIN", "-c", "ROLLBACK", "-c", "SELECT count(*) FROM t"], data);
        Assert.True(code == 0, errors);
        Assert.Equal("BEGIN\nCOPY 20000\nROLLBACK\n0\n", output);
        (_, output, _) = await CopyAsync("COPY t FROM STDIN", data);
        Assert.Equal("COPY 20000\n", output);
        Assert.Equal("20000|200015000.00", (await Tool.PsqlAsync(_cluster.Port, "SELECT count(*), sum(price)::numeric(20,2) FROM t")).Replace("200015000|", "", StringComparison.Ordinal));
        foreach (var tablet in _cluster.Cluster.Tablets) Assert.InRange((await tablet.QueryAsync("SELECT count(*) FROM t")).Rows[0][0].AsInteger(), 5_000, 8_000);
    }

    [Fact]
    public async Task To_TextAndCsv_IsWhatComesIn()
    {
        await _cluster.RunAsync("INSERT INTO t (id, name) VALUES (1, E'a\\tb\\\\c\\n'), (2, NULL), (3, 'x,\"y\"'), (4, '')");
        Assert.Equal("1\ta\\tb\\\\c\\n\n2\t\\N\n3\tx,\"y\"\n4\t", await Tool.PsqlAsync(_cluster.Port, "COPY (SELECT id, name FROM t ORDER BY id) TO STDOUT"));
        Assert.Equal("id,name\n1,\"a\tb\\c\n\"\n2,\n3,\"x,\"\"y\"\"\"\n4,\"\"", await Tool.PsqlAsync(_cluster.Port, "COPY (SELECT id, name FROM t ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER true)"));
        Assert.Equal("3;nil", await Tool.PsqlAsync(_cluster.Port, "COPY (SELECT 3, NULL::text) TO STDOUT DELIMITER ';' NULL 'nil'"));
        Assert.Equal(4, (await Tool.PsqlAsync(_cluster.Port, "COPY t (id) TO STDOUT")).Split('\n').Length);
    }

    [Theory]
    [InlineData("COPY t FROM '/etc/passwd'", "0A000")]
    [InlineData("COPY t TO PROGRAM 'cat'", "42601")]
    [InlineData("COPY t TO STDOUT (FORMAT parquet)", "22023")]
    [InlineData("COPY t TO STDOUT (DELIMITER 'ab')", "0A000")]
    [InlineData("COPY t TO STDOUT (nope)", "42601")]
    [InlineData("COPY t FROM STDIN (ENCODING 'LATIN1')", "0A000")]
    [InlineData("COPY nope TO STDOUT", "42P01")]
    [InlineData("COPY t (nope) FROM STDIN", "42703")]
    [InlineData("COPY (SELECT 1 TO STDOUT", "42601")]
    public async Task Copy_WhatCannotBe_IsRefused(string sql, string sqlState) => Assert.Contains(sqlState, await Tool.PsqlAsync(_cluster.Port, sql), StringComparison.Ordinal);

    [Fact]
    public async Task Binary_ByNpgsql_GoesInAndComesOut()
    {
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={_cluster.Port};Username=app;Database=main");
        await using var connection = await source.OpenConnectionAsync();
        await using (var import = await connection.BeginBinaryImportAsync("COPY t (id, name, price, at) FROM STDIN (FORMAT BINARY)"))
        {
            for (var id = 1; id <= 3000; id++)
            {
                await import.StartRowAsync();
                await import.WriteAsync(id, NpgsqlDbType.Integer);
                if (id % 10 == 0) await import.WriteNullAsync();
                else await import.WriteAsync("n" + id, NpgsqlDbType.Text);
                await import.WriteAsync(id + 0.25m, NpgsqlDbType.Numeric);
                await import.WriteAsync(new DateTime(2024, 1, 1).AddMinutes(id), NpgsqlDbType.Timestamp);
            }

            Assert.Equal(3000UL, await import.CompleteAsync());
        }

        await using (var export = await connection.BeginBinaryExportAsync("COPY (SELECT id, name, price, at FROM t ORDER BY id) TO STDOUT (FORMAT BINARY)"))
        {
            for (var id = 1; id <= 3000; id++)
            {
                Assert.Equal(4, await export.StartRowAsync());
                Assert.Equal(id, await export.ReadAsync<int>(NpgsqlDbType.Integer));
                if (id % 10 == 0) await export.SkipAsync();
                else Assert.Equal("n" + id, await export.ReadAsync<string>(NpgsqlDbType.Text));
                Assert.Equal(id + 0.25m, await export.ReadAsync<decimal>(NpgsqlDbType.Numeric));
                Assert.Equal(new DateTime(2024, 1, 1).AddMinutes(id), await export.ReadAsync<DateTime>(NpgsqlDbType.Timestamp));
            }

            Assert.Equal(-1, await export.StartRowAsync());
        }

        // One that is given up leaves nothing.
        await using (var import = await connection.BeginBinaryImportAsync("COPY t (id) FROM STDIN (FORMAT BINARY)"))
        {
            await import.StartRowAsync();
            await import.WriteAsync(5000, NpgsqlDbType.Integer);
        }

        await using var count = new NpgsqlCommand("SELECT count(*) FROM t", connection);
        Assert.Equal(3000L, await count.ExecuteScalarAsync());
    }

    private Task<(int Code, string Output, string Errors)> CopyAsync(string copy, string data) =>
        Tool.RunAsync("psql", ["-X", "-h", "127.0.0.1", "-p", _cluster.Port.ToString(), "-U", "app", "-d", "main", "-v", "VERBOSITY=verbose", "-c", copy], data);
}
