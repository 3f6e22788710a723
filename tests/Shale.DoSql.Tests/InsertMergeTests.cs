using System.Globalization;
using System.Text;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.DoSql.Tests;

/// <summary>Writes that share a transaction and insert rows by the same text: one statement where each comes to what it would have come to alone, and only there.</summary>
public sealed class InsertMergeTests
{
    private const string Table = "CREATE TABLE t (id INTEGER PRIMARY KEY, v)";
    private const string Insert = "INSERT INTO t (v) VALUES (?)";

    [Theory]
    [InlineData(Table, Insert, 64)]
    [InlineData(Table, "insert into T values (NULL, ?1);", 64)]
    [InlineData("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE CHECK (v <> 'x'), w DEFAULT 7)", Insert, 64)]
    [InlineData("CREATE TABLE t (v)", "INSERT INTO t (\"v\") VALUES (/* ? */ $1)", 64)]
    [InlineData("CREATE TABLE t (v, w, x)", "INSERT INTO t VALUES (:a, 'it''s ?', :a)", 64)]
    [InlineData("CREATE TABLE t (v); CREATE TRIGGER g BEFORE INSERT ON T BEGIN SELECT RAISE(IGNORE) WHERE NEW.v = 3; END", Insert, 0)]
    [InlineData("CREATE TABLE t (id INTEGER PRIMARY KEY, v REFERENCES t)", "INSERT INTO t VALUES (?, NULL)", 0)]
    [InlineData("CREATE TABLE t (v UNIQUE ON CONFLICT REPLACE)", Insert, 0)]
    [InlineData("CREATE TABLE t (v, w DEFAULT (changes()))", Insert, 0)]
    [InlineData("CREATE TABLE t (v PRIMARY KEY) WITHOUT ROWID", Insert, 0)]
    [InlineData("CREATE TABLE u (v); CREATE VIEW t AS SELECT v FROM u; CREATE TRIGGER g INSTEAD OF INSERT ON t BEGIN INSERT INTO u VALUES (NEW.v); END", Insert, 0)]
    [InlineData(Table, "INSERT OR IGNORE INTO t (v) VALUES (?)", 0)]
    [InlineData(Table, "INSERT INTO t (v) VALUES (?) ON CONFLICT DO NOTHING", 0)]
    [InlineData(Table, "INSERT INTO t (v) VALUES (?) RETURNING id", 0)]
    [InlineData(Table, "INSERT INTO t (v) VALUES (?), (2)", 0)]
    [InlineData(Table, "INSERT INTO t (v) VALUES ((SELECT count(*) FROM t WHERE v < ?))", 0)]
    [InlineData(Table, "INSERT INTO t (v) VALUES (abs(?))", 0)]
    [InlineData(Table, "INSERT INTO t (v) VALUES (1 + ?)", 0)]
    [InlineData(Table, "INSERT INTO t (v) SELECT ?", 0)]
    [InlineData(Table, "INSERT INTO t (v) VALUES (1)", 0)]
    public async Task Run_TheSameText_IsOneStatementWhereThatIsTheSame(string schema, string sql, int merged)
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path))
        {
            await db.RunScriptAsync(schema);
            using var writer = WriterOf(db);
            writer.Sqlite.ExecuteTrusted("BEGIN IMMEDIATE");
            Assert.Equal(merged, new InsertMerge().Run(writer, Requests(db, sql, 70), 0));
            writer.Sqlite.ExecuteTrusted("ROLLBACK");
        }

        directory.Remove();
    }

    [Fact]
    public async Task Run_OtherTextsAndCancelledOnes_EndWhatIsOneStatement()
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path))
        {
            await db.RunScriptAsync(Table);
            using var writer = WriterOf(db);
            using var source = new CancellationTokenSource();
            var batch = Requests(db, Insert, 21);
            batch.AddRange(Requests(db, "INSERT INTO t (v) VALUES (?1)", 5));
            batch.AddRange(Requests(db, "INSERT INTO t (v) VALUES (?1)", 6, source.Token));
            await source.CancelAsync();
            writer.Sqlite.ExecuteTrusted("BEGIN IMMEDIATE");
            var merge = new InsertMerge();

            Assert.Equal([16, 4, 0, 4, 0, 0], new[] { 0, 16, 20, 21, 25, 26 }.Select(first => merge.Run(writer, batch, first)));
            writer.Sqlite.ExecuteTrusted("COMMIT");
            foreach (var request in batch.Take(20)) request.Complete();
            Assert.Equal(Enumerable.Range(1, 20).Select(id => (long?)id), batch.Take(20).Select(request => request.Task.Result.LastInsertId));
        }

        directory.Remove();
    }

    [Theory]
    [InlineData(16 * 1024, 64)]
    [InlineData((16 * 1024) + 1, 16)]
    public async Task Run_ALongValue_RunsAlone(int length, int merged)
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path))
        {
            await db.RunScriptAsync(Table);
            using var writer = WriterOf(db);
            var batch = Requests(db, Insert, 70);
            batch[20] = new StatementRequest(db.Read(Insert), [SqlValue.Blob(new byte[length])], null, default);
            batch[21] = new StatementRequest(db.Read(Insert), [SqlValue.Text(new string('x', length))], null, default);
            writer.Sqlite.ExecuteTrusted("BEGIN IMMEDIATE");
            Assert.Equal(merged, new InsertMerge().Run(writer, batch, 0));
            Assert.Equal(length == 16 * 1024 ? 16 : 0, new InsertMerge().Run(writer, batch, 21));
            writer.Sqlite.ExecuteTrusted("ROLLBACK");
        }

        directory.Remove();
    }

    [Fact]
    public async Task Run_OneRowBreaksARule_NothingIsLeftBehindAndEachRunsAlone()
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path))
        {
            await db.RunScriptAsync("CREATE TABLE t (v UNIQUE); INSERT INTO t VALUES (40)");
            using var writer = WriterOf(db);
            writer.Sqlite.ExecuteTrusted("BEGIN IMMEDIATE");
            var merge = new InsertMerge();
            var batch = Requests(db, Insert, 64);
            Assert.Equal(0, merge.Run(writer, batch, 0));
            Assert.Equal(0, merge.Run(writer, batch, 41));
            Assert.Equal(1, writer.Sqlite.QueryTrusted("SELECT count(*) FROM t").AsInteger());
            writer.Sqlite.ExecuteTrusted("ROLLBACK");
        }

        directory.Remove();
    }

    [Fact]
    public async Task TextFor_LongRows_TakesFewerThatFitIntoAKeptText()
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path))
        {
            var insert = db.Read($"INSERT INTO t VALUES (?, '{new string('x', 900)}')").Insert!;
            Assert.NotNull(insert.TextFor(64, out var rows));
            Assert.Equal(16, rows);
            Assert.Null(db.Read($"INSERT INTO t VALUES (?, '{new string('x', 9_000)}')").Insert!.TextFor(64, out _));
            Assert.Equal("INSERT INTO t VALUES (?2, ?1),(?4, ?3),(?6, ?5),(?8, ?7)", db.Read("INSERT INTO t VALUES ($1, $2)".Replace("$1, $2", "?2, ?1", StringComparison.Ordinal)).Insert!.TextFor(5, out rows));
            Assert.Equal(4, rows);
        }

        directory.Remove();
    }

    /// <summary>The same statements, waiting together and one after another, come to the same outcomes, rows, and recorded changes.</summary>
    [Fact]
    [Trait("Rule", "S5.5")]
    public async Task Run_ManyThatWaitTogether_ComeToWhatTheyComeToAlone()
    {
        var seed = Environment.GetEnvironmentVariable("SHALE_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : 7;
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var statements = Statements(random);
            var together = await OutcomeAsync(statements, batches: true);
            var alone = await OutcomeAsync(statements, batches: false);
            for (var i = 0; i < alone.Count; i++) Assert.True(together[i] == alone[i], $"SHALE_SEED={seed}, round {round}, {(i < statements.Count ? statements[i].Sql : "what is there then")}: {together[i]}, alone: {alone[i]}");
        }
    }

    private static List<(string Sql, SqlValue[] Values)> Statements(Random random)
    {
        string[] texts =
        [
            "INSERT INTO a (v) VALUES (?)", "INSERT INTO a VALUES (?, 'x')", "INSERT INTO b VALUES (?, 1)", "INSERT INTO c VALUES (?)", "INSERT INTO d (v) VALUES (?)", "INSERT INTO e VALUES (?, NULL)", "INSERT INTO e VALUES (NULL, ?)",
            "UPDATE a SET v = coalesce(v, 0) + 1 WHERE id = ?", "DELETE FROM b WHERE k = ?",
        ];
        var statements = new List<(string, SqlValue[])>();
        while (statements.Count < 300)
        {
            var text = texts[random.Next(texts.Length)];
            var values = random.Next(3) == 0 ? 60 : 1_000_000;
            for (var run = random.Next(1, 90); run > 0; run--) statements.Add((text, [random.Next(50) == 0 ? SqlValue.Null : SqlValue.Integer(random.Next(values))]));
        }

        return statements;
    }

    private static async Task<List<string>> OutcomeAsync(List<(string Sql, SqlValue[] Values)> statements, bool batches)
    {
        var directory = new TempDirectory();
        var outcome = new List<string>();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path, new DoSqlOptions { BatchCommits = batches, WaitingWrites = 1000 }))
        {
            await db.RunScriptAsync("""
                CREATE TABLE a (id INTEGER PRIMARY KEY, v);
                CREATE TABLE b (k UNIQUE NOT NULL, v);
                CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id % 7 <> 3));
                CREATE TABLE d (id INTEGER PRIMARY KEY, v, total INT);
                CREATE TRIGGER g AFTER INSERT ON d BEGIN UPDATE d SET total = (SELECT count(*) FROM d) WHERE id = NEW.id; END;
                CREATE TABLE e (id INTEGER PRIMARY KEY, parent REFERENCES e);
                """);
            var holder = await db.BeginAsync(DoSqlTransactionMode.Immediate);
            var runs = statements.ConvertAll(statement => db.RunAsync(statement.Sql, statement.Values));
            await holder.RollbackAsync();
            foreach (var run in runs)
            {
                var failure = await Record.ExceptionAsync(() => run);
                outcome.Add(failure is null ? $"{run.Result.Affected} {run.Result.LastInsertId}" : $"{((VitessException)failure).SqlState} {failure.Message}");
            }

            AddChanges(outcome, db.Engine.Store);
            foreach (var table in "abcde")
            {
                outcome.Add(await db.QueryOneAsync<string>($"SELECT group_concat(coalesce(k, 'NULL')) FROM (SELECT rowid || ' ' || coalesce({(table == 'c' ? "id" : table == 'e' ? "parent" : "v")}, 'NULL') AS k FROM {table} ORDER BY rowid)") ?? "");
            }
        }

        directory.Remove();
        return outcome;
    }

    // In their order, whichever commits they are in.
    private static void AddChanges(List<string> outcome, PageStore store)
    {
        for (var lsn = new Lsn(1); lsn <= store.LastLsn; lsn = lsn.Next)
        {
            var reader = new RowChangeReader(store.RowChangesOf(lsn).Span);
            while (reader.Read())
            {
                if (reader.Kind == RowChangeKind.Definition) continue;
                var change = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{reader.Kind} {reader.Table.Name} {reader.OldRowId} {reader.NewRowId}:");
                for (var column = 0; column < reader.Table.ColumnCount; column++)
                {
                    var value = reader.Kind == RowChangeKind.Delete ? reader.Old(column) : reader.New(column);
                    change.Append(CultureInfo.InvariantCulture, $" {(value.IsNull ? "NULL" : value.Kind == SqlValueKind.Text ? value.AsText() : value.AsInteger())}");
                }

                outcome.Add(change.ToString());
            }
        }
    }

    private static List<WriteRequest> Requests(DoSqlDatabase db, string sql, int count, CancellationToken cancellationToken = default) =>
        [.. Enumerable.Range(0, count).Select(i => new StatementRequest(db.Read(sql), [SqlValue.Integer(i)], null, cancellationToken))];

    private static BranchConnection WriterOf(DoSqlDatabase db)
    {
        db.Engine.Branch("main").Writer.CloseConnection();
        return new BranchConnection(db.Engine, "main", db.Engine.Prepare(db.Engine.Database.OpenWriter("main"), "main"), 0);
    }
}
