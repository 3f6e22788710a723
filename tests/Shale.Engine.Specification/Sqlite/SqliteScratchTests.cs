using Shale.Engines;
using Shale.Sqlite;

namespace Shale.Engine.Specification;

/// <summary>How a scratch database of SQLite keeps to its memory.</summary>
public class SqliteScratchTests
{
    private const int Kib = 1024;

    [Fact]
    public async Task KeepInMemory_MoreRowsThanThat_GoToAFileWithoutAName_AndAnswerTheSame()
    {
        using var pool = new SqliteScratchPool(new SqliteEngineOptions());
        var connection = SqliteConnection.Open("", SqliteOpenMode.Create);
        SqliteSetup.Scratch(connection);
        SqliteScratchPool.Empty(connection);
        await using var scratch = new SqliteScratch(connection, pool);
        await scratch.KeepInMemoryAsync(512 * Kib);
        await scratch.ExecuteAsync("CREATE TABLE t (id BIGINT, s TEXT)", [], default);
        var rows = new RowSet([new Field("id", "int8"), new Field("s", "text")]);
        for (var i = 0; i < 1_000; i++) rows.Add([SqlValue.Integer(i), SqlValue.Text(new string((char)('a' + (i % 26)), 1_000))]);
        for (var i = 0; i < 20; i++) await scratch.InsertRowsAsync("t", rows, default);

        Assert.InRange(connection.CachedBytes, 1, 1_024 * Kib);
        Assert.True(connection.SpilledPages > 1_000);
        var answer = (await scratch.ExecuteAsync("SELECT count(*), sum(length(s)), count(DISTINCT s), min(id), max(id) FROM t", [], default)).Rows;
        Assert.Equal([SqlValue.Integer(20_000), SqlValue.Integer(20_000_000), SqlValue.Integer(26), SqlValue.Integer(0), SqlValue.Integer(999)], answer[0].ToArray());
        Assert.InRange(connection.CachedBytes, 1, 2_048 * Kib);
    }

    [Fact]
    public async Task Spill_TemporaryFiles_HaveNoNameThatCouldStay()
    {
        var before = TempFiles();
        var engine = SqliteEngine.InMemory();
        await using (var scratch = await engine.OpenScratchAsync(default))
        {
            await scratch.KeepInMemoryAsync(256 * Kib);
            await scratch.ExecuteAsync("CREATE TABLE t (s TEXT)", [], default);
            await scratch.ExecuteAsync("INSERT INTO t SELECT hex(randomblob(500)) FROM generate_series(1, 5000)", [], default);

            // Others have one with a name for a moment; of this one it would stay for as long as it is open.
            while (TempFiles().Except(before).Any()) await Task.Yield();
        }

        await engine.DisposeAsync();
        static string[] TempFiles() => ((string[])["/var/tmp", Path.GetTempPath()]).Where(Directory.Exists).SelectMany(each => Directory.GetFiles(each, "etilqs_*")).ToArray();
    }
}
