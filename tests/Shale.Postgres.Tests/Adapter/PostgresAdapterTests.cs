using System.Globalization;
using Shale.Contracts;
using Shale.Postgres.Tests.Servers;

namespace Shale.Postgres.Tests.Adapter;

/// <summary>The samples of the Vitess client's PGliteAdapter, and each of its five codes from what really happens.</summary>
public sealed class PostgresAdapterTests : IAsyncLifetime
{
    private readonly List<string> _log = [];

    private PostgresAdapter Adapter { get; set; } = null!;

    public Task InitializeAsync()
    {
        Adapter = new PostgresAdapter(new PostgresAdapterOptions
        {
            Debug = true, Log = _log.Add, InitSchema = "CREATE TABLE IF NOT EXISTS users (id SERIAL PRIMARY KEY, name TEXT UNIQUE, count INT DEFAULT 0); CREATE TABLE plain (a INT)",
        });
        return PrivateServer.Missing is null ? Adapter.InitAsync() : Task.CompletedTask;
    }

    public Task DisposeAsync() => Adapter.DisposeAsync().AsTask();

    [PostgresFact]
    public async Task Samples_OfTheSeed_Run()
    {
        await Adapter.InitAsync();
        var exec = await Adapter.ExecuteAsync("INSERT INTO users (name) VALUES ($1)", "Alice");
        Assert.Equal((1, 1L), (exec.Affected, exec.LastInsertId));
        Assert.Equal((2, 3L), ((await Adapter.ExecuteAsync("INSERT INTO users (name) VALUES ($1), ($2)", "Carl", "Dora")) is var two ? (two.Affected, two.LastInsertId) : default));
        Assert.Null((await Adapter.ExecuteAsync("INSERT INTO plain VALUES (1)")).LastInsertId);
        var result = await Adapter.QueryAsync("SELECT * FROM users WHERE id = $1", 1);
        Assert.Equal(("Alice", 1), (result.Rows[0][1].AsText(), result.RowCount));
        Assert.Equal(["int4", "text", "int4"], result.Fields.Select(field => field.Type));

        await using (var tx = await Adapter.BeginAsync(new TransactionOptions(IsolationLevel.Serializable)))
        {
            await tx.ExecuteAsync("UPDATE users SET name = $1 WHERE id = $2", "Bob", 1);
            Assert.Null((await tx.ExecuteAsync("INSERT INTO plain VALUES (2)")).LastInsertId);
            await tx.CommitAsync();
        }

        await Adapter.TransactionAsync(async tx =>
        {
            await tx.QueryAsync("SELECT * FROM users FOR UPDATE");
            await tx.ExecuteAsync("UPDATE users SET count = count + 1");
        });
        Assert.Equal("Bob|1", await TextAsync("SELECT name, count FROM users WHERE id = 1"));
        Assert.Contains("UPDATE users SET count = count + 1", _log);
        await Adapter.CloseAsync();
        await Adapter.CloseAsync();
    }

    [PostgresFact]
    public async Task NotReady_BeforeInit_AndClosedAfterClose()
    {
        await using var fresh = new PostgresAdapter();
        await FailsAsync("PGLITE_NOT_READY", "55000", () => fresh.QueryAsync("SELECT 1"));
        await FailsAsync("PGLITE_NOT_READY", "55000", () => fresh.BeginAsync());
        await Adapter.CloseAsync();
        await FailsAsync("PGLITE_ALREADY_CLOSED", "57P01", () => Adapter.QueryAsync("SELECT 1"));
        await FailsAsync("PGLITE_ALREADY_CLOSED", "57P01", () => Adapter.InitAsync());
    }

    [PostgresFact]
    public async Task ConnectionError_WhereNoServerIs_OrItsConnectionsEnd()
    {
        await using var nowhere = new PostgresAdapter(new PostgresAdapterOptions { ConnectionString = "Host=/nowhere;Username=x;Database=x" });
        Assert.True((await FailsAsync("PGLITE_CONNECTION_ERROR", "08006", () => nowhere.InitAsync())).IsTransient);
        await FailsAsync("PGLITE_NOT_READY", "55000", () => nowhere.QueryAsync("SELECT 1"));
        await using var tx = await Adapter.BeginAsync();
        await Adapter.QueryAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await tx.QueryAsync("SELECT 1").ContinueWith(ended => Assert.Equal("PGLITE_CONNECTION_ERROR", ((VitessException)ended.Exception!.InnerException!).Code), TaskScheduler.Default);
        Assert.Equal("1", await TextAsync("SELECT 1"));
    }

    [PostgresFact]
    public async Task QueryError_OfAStatement_HasPostgresState()
    {
        await FailsAsync("PGLITE_QUERY_ERROR", "42601", () => Adapter.QueryAsync("SELEC 1"));
        await FailsAsync("PGLITE_QUERY_ERROR", "42P01", () => Adapter.QueryAsync("SELECT * FROM nope"));
        await Adapter.ExecuteAsync("INSERT INTO users (name) VALUES ('a')");
        await FailsAsync("PGLITE_QUERY_ERROR", "23505", () => Adapter.ExecuteAsync("INSERT INTO users (name) VALUES ('a')"));
        await FailsAsync("PGLITE_QUERY_ERROR", "22P02", () => Adapter.QueryAsync("SELECT * FROM users WHERE id = $1", "x"));
        await using var broken = new PostgresAdapter(new PostgresAdapterOptions { InitSchema = "CREATE TABEL x()" });
        await FailsAsync("PGLITE_QUERY_ERROR", "42601", () => broken.InitAsync());
    }

    [PostgresFact]
    public async Task TransactionError_OfATransactionThatEnded_OrFailed_OrIsNotTheCallers()
    {
        var tx = await Adapter.BeginAsync();
        await tx.CommitAsync();
        await FailsAsync("PGLITE_TRANSACTION_ERROR", "25P01", () => tx.CommitAsync());
        await FailsAsync("PGLITE_TRANSACTION_ERROR", "25P01", () => tx.RollbackAsync());
        await FailsAsync("PGLITE_TRANSACTION_ERROR", "25P01", () => tx.QueryAsync("SELECT 1"));
        await FailsAsync("PGLITE_TRANSACTION_ERROR", "25000", () => Adapter.TransactionAsync(inner => inner.CommitAsync()));
        await using var failed = await Adapter.BeginAsync();
        await FailsAsync("PGLITE_QUERY_ERROR", "42P01", () => failed.QueryAsync("SELECT * FROM nope"));
        await FailsAsync("PGLITE_TRANSACTION_ERROR", "25P02", () => failed.CommitAsync());
        await using var reading = await Adapter.BeginAsync(new TransactionOptions(ReadOnly: true));
        await FailsAsync("PGLITE_TRANSACTION_ERROR", "25006", () => reading.ExecuteAsync("UPDATE users SET count = 1"));
    }

    [PostgresFact]
    public async Task Transaction_ThatThrows_RollsBack()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Adapter.TransactionAsync(async tx =>
        {
            await tx.ExecuteAsync("INSERT INTO users (name) VALUES ('gone')");
            throw new InvalidDataException();
        }));
        Assert.Equal("0", await TextAsync("SELECT count(*) FROM users"));
    }

    [PostgresFact]
    public async Task DataDir_OpenedAgain_HasItsRows()
    {
        var directory = Directory.CreateTempSubdirectory("shale-adapter-");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        try
        {
            for (var i = 1; i <= 2; i++)
            {
                await using var kept = new PostgresAdapter(new PostgresAdapterOptions { DataDir = Path.Combine(directory.FullName, "pg"), InitSchema = "CREATE TABLE IF NOT EXISTS t (a INT)" });
                await kept.InitAsync();
                await kept.ExecuteAsync("INSERT INTO t VALUES ($1)", i);
                Assert.Equal(i, (await kept.QueryAsync("SELECT count(*) FROM t")).Rows[0][0].AsInteger());
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task<string> TextAsync(string sql)
    {
        var rows = (await Adapter.QueryAsync(sql)).Rows;
        return string.Join('|', rows[0].ToArray().Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture)));
    }

    private static async Task<VitessException> FailsAsync(string code, string state, Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<VitessException>(action);
        Assert.Equal((code, state), (failure.Code, failure.SqlState));
        Assert.False(string.IsNullOrEmpty(failure.Hint));
        return failure;
    }
}
