using Shale.Cli.Demo;
using Shale.DoSql;
using Shale.PageLog;

namespace Shale.Cli.Bench.Log;

/// <summary>Bytes of log for a commit of one row, without the images of the row.</summary>
internal static class CommitBytesBench
{
    private const int Rows = 20_000;
    private const double MostBytes = 400;

    /// <summary>Measures new rows, which go to the table's end, and changes of rows far from one another.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(CancellationToken cancellationToken)
    {
        using var directory = DemoDirectory.Create(null);
        var options = new DoSqlOptions { Log = new PageStoreOptions { Durable = false } };
        Lsn inserted, updated;
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Shards, options))
        {
            await db.RunAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, body TEXT)", default, cancellationToken);
            inserted = await RunAllAsync(db, "INSERT INTO t VALUES (?1, 0, ?2)", i => [SqlValue.Integer(i + 1), SqlValue.Text($"{i:D100}")], cancellationToken);
            updated = await RunAllAsync(db, "UPDATE t SET a = a + 1 WHERE id = ?1", i => [SqlValue.Integer((i * 7_919L % Rows) + 1)], cancellationToken);
        }

        using var log = LogInspector.Open(new LocalDisk(directory.Shards));
        return
        [
            Of("log bytes of a commit that inserts a row, without its images", log, new Lsn(2), inserted),
            Of("log bytes of a commit that updates a row, without its images", log, inserted.Next, updated),
        ];
    }

    private static async Task<Lsn> RunAllAsync(DoSqlDatabase db, string sql, Func<int, SqlValue[]> values, CancellationToken cancellationToken)
    {
        Lsn last = default;
        for (var i = 0; i < Rows; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            last = (await db.RunAsync(sql, values(i), cancellationToken)).Lsn;
        }

        return last;
    }

    private static BenchFigure Of(string name, LogInspector log, Lsn first, Lsn last)
    {
        var bytes = log.Records(first).TakeWhile(record => record.Lsn <= last).Where(record => record.Kind == RecordKind.Commit).Select(record => (double)(record.Bytes - record.RowChangeBytes)).ToList();
        return new BenchFigure(name, "log", Math.Round(bytes.Average(), 3), MostBytes, BenchFigure.AtMost, bytes.Count);
    }
}
