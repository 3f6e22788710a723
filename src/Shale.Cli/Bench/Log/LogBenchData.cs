using System.Globalization;
using Shale.Cli.Demo;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Bench.Log;

/// <summary>The same million rows in a page log and in a plain SQLite file with a WAL, and 1,000 commits on each after that.</summary>
internal sealed class LogBenchData : IDisposable
{
    /// <summary>How many rows there are, with the ids from 1 on.</summary>
    public const int Rows = 1_000_000;

    /// <summary>How many commits came after the rows.</summary>
    public const int Commits = 1_000;

    private readonly DemoDirectory _directory = DemoDirectory.Create(null);
    private readonly PageStore _store;

    private LogBenchData()
    {
        // Neither waits for the disk: what is measured is reading.
        _store = PageStore.Open(new LocalDisk(_directory.Shards), new PageStoreOptions { Durable = false });
        Log = new PagedDatabase(_store);
        LogWriter = Log.OpenWriter(PageFormat.MainBranch);
        PlainWriter = SqliteConnection.Open(_directory.PlainFile, SqliteOpenMode.Create);
        PlainWriter.ExecuteTrusted("PRAGMA journal_mode=WAL");
        PlainWriter.ExecuteTrusted("PRAGMA synchronous=NORMAL");
    }

    /// <summary>The log.</summary>
    public PagedDatabase Log { get; }

    /// <summary>The log's writer.</summary>
    public SqliteConnection LogWriter { get; }

    /// <summary>The plain file's writer; its WAL is there for as long.</summary>
    public SqliteConnection PlainWriter { get; }

    /// <summary>The version before the last 1,000 commits.</summary>
    public Lsn Past { get; private set; }

    /// <summary>Fills both.</summary>
    public static LogBenchData Create()
    {
        var data = new LogBenchData();
        try
        {
            Fill(data.PlainWriter, Rows);
            Fill(data.LogWriter, Rows);
            data.Past = data.LogWriter.Commits!.Last;
            for (var i = 0; i < Commits; i++)
            {
                Change(data.PlainWriter, i * 997);
                Change(data.LogWriter, i * 997);
            }

            data.MakeDurable();
            return data;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>A reader of the plain file.</summary>
    public SqliteConnection OpenPlain() => SqliteConnection.Open(_directory.PlainFile, SqliteOpenMode.ReadOnly);

    /// <summary>Changes a row, in a commit of its own.</summary>
    public static void Change(SqliteConnection writer, int id)
    {
        var statement = writer.Rent("UPDATE t SET a = a + 1 WHERE id = ?1");
        statement.Bind(1, SqlValue.Integer((id % Rows) + 1));
        _ = statement.Step();
        writer.Return(statement);
    }

    /// <summary>Shows the log's last commit to readers.</summary>
    public void MakeDurable() => _store.WaitDurable(LogWriter.Commits!.Last);

    /// <inheritdoc/>
    public void Dispose()
    {
        PlainWriter.Dispose();
        LogWriter.Dispose();
        Log.Dispose();
        _store.Dispose();
        _directory.Dispose();
    }

    /// <summary>Makes the table and its rows.</summary>
    public static void Fill(SqliteConnection writer, int rows)
    {
        writer.ExecuteTrusted("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT)");
        writer.ExecuteTrusted(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO t WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
            SELECT n, n * 7, 'text number ' || n || ' and some more of it to make it longer' FROM numbers
            """));
    }
}
