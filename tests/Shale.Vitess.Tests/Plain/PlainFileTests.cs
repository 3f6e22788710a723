using Shale.Engines;
using Shale.Sqlite;

namespace Shale.Vitess.Tests;

/// <summary>Plain SQLite files into a keyspace, and out of it.</summary>
public sealed class PlainFileTests : IDisposable
{
    private const string Schema = """
        CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE books (author INTEGER NOT NULL REFERENCES authors (id), no INTEGER NOT NULL, title TEXT, cover BLOB, price REAL, PRIMARY KEY (author, no));
        CREATE TABLE words (word TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
        CREATE TABLE notes (anything, length AS (length(anything)) STORED);
        CREATE INDEX books_title ON books (title) WHERE price > 1;
        CREATE VIEW dear AS SELECT title FROM books WHERE price > 5;
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("shale-plain-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ImportThenExport_OneFile_HasWhatTheFirstHad(int shards)
    {
        Make("first.db", Schema, """
            INSERT INTO authors SELECT value, 'author ' || value FROM generate_series(1, 500);
            INSERT INTO books SELECT value % 500 + 1, value, 'title ' || value, randomblob(value % 50), value / 100.0 FROM generate_series(1, 3000);
            INSERT INTO words SELECT 'w' || value, value FROM generate_series(1, 700);
            INSERT INTO notes (anything) VALUES (NULL), (1), (1.0), ('1'), (x'31'), (9223372036854775807), ('ä'), (1), (1);
            DELETE FROM notes WHERE rowid IN (2, 7);
            INSERT INTO notes (oid, anything) VALUES (-3, 'before'), (5000000000, 'behind');
            DELETE FROM books WHERE no % 7 = 0;
            """);
        await using var cluster = await OpenAsync(shards);
        var taken = await new PlainImport(cluster.Gate, "main").RunAsync(PathOf("first.db"));
        Assert.Equal((4, 3781L), (taken.Tables, taken.Rows));
        Assert.Empty(taken.LeftOut);
        Assert.Equal(shards == 1 ? [] : ["books"], taken.Renumbered);

        var written = await PlainExport.MergeAsync(cluster, "main", PathOf("second.db"));
        Assert.Equal(3781, written.Rows);
        Assert.Empty(written.LeftOut);
        Assert.Equal(Rows("first.db", "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"), Rows("second.db", "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"));
        foreach (var table in (string[])["authors", "books", "words", "dear"]) Assert.Equal(Rows("first.db", $"SELECT * FROM {table} ORDER BY 1, 2"[..^(table == "dear" ? 3 : 0)]), Rows("second.db", $"SELECT * FROM {table} ORDER BY 1, 2"[..^(table == "dear" ? 3 : 0)]));
        const string Notes = "SELECT rowid, typeof(anything), quote(anything), length FROM notes ORDER BY 1", Books = "SELECT rowid, no FROM books ORDER BY no";
        Assert.Equal(Rows("first.db", Notes), Rows("second.db", Notes));
        if (shards == 1) Assert.Equal(Rows("first.db", Books), Rows("second.db", Books));

        // As in plain SQLite, the next one is behind all of them.
        await cluster.Gate.ExecuteAsync(new GateRequest("INSERT INTO notes (anything) VALUES ('next')", []) { Dialect = Sql.SqlDialect.Sqlite });
        var last = (await cluster.Gate.ExecuteAsync(new GateRequest("SELECT max(rowid) FROM notes", []) { Dialect = Sql.SqlDialect.Sqlite })).Rows;
        Assert.Equal(5000000001, last[0][0].AsInteger());
    }

    [Fact]
    public async Task Import_OfTablesThatAreThere_KeepsRowIdsWhereTheyAreOneNumber()
    {
        const string Made = "(k TEXT PRIMARY KEY, v)";
        string[] names = ["spread", "whole", "numbered", "tidy", "named", "reference", "postgres", "empty"];
        Make("first.db", string.Concat(names.Select(name => $"CREATE TABLE {name} {Made}; INSERT INTO {name} (rowid, k, v) VALUES (70, 'a', 1), (7, 'b', 2), (700, 'c', 3);")), """
            DELETE FROM empty;
            CREATE TABLE hidden (rowid, oid, _rowid_);
            INSERT INTO hidden VALUES (1, 2, 3);
            """);
        await using var cluster = await OpenAsync(3);
        async Task<VitessException?> RunAsync(string sql, Sql.SqlDialect dialect = Sql.SqlDialect.Sqlite) => await Record.ExceptionAsync(async () => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = dialect })) as VitessException;
        foreach (var sql in (string[])[
            $"CREATE TABLE whole {Made} WITH (vindex = 'null')", "CREATE TABLE numbered (id INTEGER PRIMARY KEY, k TEXT, v)", $"CREATE TABLE tidy {Made} WITHOUT ROWID WITH (vindex = 'null')",
            "CREATE TABLE named (k TEXT, v, RowId) WITH (vindex = 'null')", $"CREATE TABLE reference {Made} WITH (reference = true)"])
        {
            Assert.Null(await RunAsync(sql));
        }

        Assert.Null(await RunAsync("CREATE TABLE postgres (k TEXT PRIMARY KEY, v INT) WITH (vindex = 'null')", Sql.SqlDialect.Postgres));
        var taken = await new PlainImport(cluster.Gate, "main").RunAsync(PathOf("first.db"));
        Assert.Equal((9, 22L), (taken.Tables, taken.Rows));
        Assert.Equal(["named", "postgres", "reference", "spread", "tidy"], taken.Renumbered.Order());
        async Task<List<string>> IdsAsync(string sql)
        {
            var rows = (await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = Sql.SqlDialect.Sqlite })).Rows;
            return [.. Enumerable.Range(0, rows.RowCount).Select(row => string.Join('|', rows[row].ToArray()))];
        }

        Assert.Equal(["7|b", "70|a", "700|c"], await IdsAsync("SELECT rowid, k FROM whole ORDER BY 1"));
        Assert.Equal(["7|b", "70|a", "700|c"], await IdsAsync("SELECT id, k FROM numbered ORDER BY 1"));
        Assert.Equal(["a|NULL", "b|NULL", "c|NULL"], await IdsAsync("SELECT k, rowid FROM named ORDER BY 1"));
        Assert.Equal(["1|2|3"], await IdsAsync("SELECT * FROM hidden"));
    }

    [Fact]
    public async Task Export_PerShard_WritesEachShard()
    {
        Make("first.db", Schema, "INSERT INTO words SELECT 'w' || value, value FROM generate_series(1, 100)");
        await using var cluster = await OpenAsync(2);
        await new PlainImport(cluster.Gate, "main").RunAsync(PathOf("first.db"));
        var files = PlainExport.WriteShards(cluster, "main", PathOf("out.db"));
        Assert.Equal(["out.-80.db", "out.80-.db"], files.Select(file => Path.GetFileName(file.Path)));
        Assert.Equal(100, files.Sum(file => Rows(Path.GetFileName(file.Path), "SELECT * FROM words").Count));
        Assert.Equal("58P02", Assert.Throws<VitessException>(() => PlainExport.WriteShards(cluster, "main", PathOf("out.db"))).SqlState);
    }

    [Fact]
    public async Task WriteShards_AnIndexOfOneOfOurFunctions_IsWritten()
    {
        await using var cluster = await OpenAsync(1);
        foreach (var sql in (string[])["CREATE TABLE names (id INT PRIMARY KEY, name TEXT)", "CREATE INDEX names_lower ON names (lower(name))", "INSERT INTO names VALUES (1, 'A'), (2, 'B')"])
        {
            await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));
        }

        PlainExport.WriteShards(cluster, "main", PathOf("out.db"));
        Assert.Equal(2, Rows("out.-.db", "SELECT name FROM names").Count);
    }

    [Fact]
    public async Task Import_WhatCannotBeTaken_IsNamedAndNothingIsLeft()
    {
        Make("first.db", Schema, """
            CREATE VIRTUAL TABLE search USING fts5 (body);
            INSERT INTO words VALUES ('a', 1), ('b', 2);
            """);
        await using var cluster = await OpenAsync(2);
        var refused = await Assert.ThrowsAsync<VitessException>(() => new PlainImport(cluster.Gate, "main").RunAsync(PathOf("first.db")));
        Assert.Equal("0A000", refused.SqlState);
        Assert.Contains("virtual table search", refused.Message, StringComparison.Ordinal);
        Assert.Equal([], cluster.Gate.VSchema.Get("main").Tables.Keys);
        Assert.Equal([], cluster.Gate.VSchema.Get("main").Views.Keys);

        var taken = await new PlainImport(cluster.Gate, "main", skips: true).RunAsync(PathOf("first.db"));
        Assert.Equal((4, 2L, 1), (taken.Tables, taken.Rows, taken.LeftOut.Count));
    }

    [Fact]
    public async Task Import_BadFiles_AreRefused()
    {
        await using var cluster = await OpenAsync(1);
        Task<VitessException> FailsAsync(string name) => Assert.ThrowsAsync<VitessException>(() => new PlainImport(cluster.Gate, "main").RunAsync(PathOf(name)));
        Assert.Equal("58P01", (await FailsAsync("none.db")).SqlState);
        File.WriteAllText(PathOf("text.db"), new string('x', 5000));
        Assert.Equal(ErrorCodes.ShardError.Code, (await FailsAsync("text.db")).Code);

        // A row that breaks its table's own rule fails in the keyspace, too: what was made is gone again.
        Make("broken.db", "CREATE TABLE good (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, v CHECK (v > 0));", "INSERT INTO good VALUES (1); PRAGMA ignore_check_constraints=ON; INSERT INTO t VALUES (1, -1);");
        Assert.Equal("23514", (await FailsAsync("broken.db")).SqlState);
        Assert.Equal([], cluster.Gate.VSchema.Get("main").Tables.Keys);
    }

    private ValueTask<LocalCluster> OpenAsync(int shards) => LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = PathOf("data"), Shards = shards, Durable = false });

    private string PathOf(string name) => Path.Combine(_directory, name);

    private void Make(string name, string schema, string rows)
    {
        using var connection = SqliteConnection.Open(PathOf(name), SqliteOpenMode.Create);
        connection.RegisterSeries();
        foreach (var statement in (schema + rows).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) connection.ExecuteTrusted(statement);
    }

    private List<string> Rows(string name, string sql)
    {
        using var connection = SqliteConnection.Open(PathOf(name), SqliteOpenMode.ReadWrite);
        var rows = new List<string>();
        var statement = connection.Rent(sql);
        while (statement.Step()) rows.Add(string.Join("|", Enumerable.Range(0, statement.ColumnCount).Select(column => statement.Column(column).ToString())));
        connection.Return(statement);
        return rows;
    }
}
