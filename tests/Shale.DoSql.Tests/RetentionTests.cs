using Shale.PageLog;

namespace Shale.DoSql.Tests;

public sealed class RetentionTests
{
    [Fact]
    [Trait("Rule", "S5.7")]
    public async Task Writes_BeforeTheWindow_GoUnlessSomebodyReadsThem()
    {
        var directory = new TempDirectory();
        var options = new DoSqlOptions
        {
            Log = new PageStoreOptions { CheckpointBytes = 1 << 16, SegmentBytesMin = 1 << 16, SegmentBytesMax = 1 << 16, Retention = TimeSpan.Zero, Durable = false, MaintainsItself = false },
        };
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path, options))
        {
            await db.RunAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
            await db.RunAsync("INSERT INTO t (v) VALUES ('first')");
            var session = db.AsOf(TimePoint.OfVersion(2));
            await db.SnapshotAsync("kept", TimePoint.OfVersion(1));
            for (var i = 0; db.Engine.Store.OldestLsn < new Lsn(20); i++)
            {
                Assert.True(i < 200_000, "nothing has gone");
                await db.RunAsync("UPDATE t SET v = hex(randomblob(2000))");
                if (i % 100 == 99) db.Engine.Store.Maintain();
            }

            Assert.Equal("first", await session.QueryOneAsync<string>("SELECT v FROM t"));
            Assert.Equal(0, await db.QueryOneAsync<int>("SELECT count(*) FROM t AS OF SNAPSHOT 'kept'"));
            Assert.Equal(ErrorCodes.LsnNotAvailable.Code, (await Assert.ThrowsAsync<VitessException>(() => db.QueryAsync("SELECT * FROM t AS OF LSN 5"))).Code);
            Assert.True(await db.QueryOneAsync<int>("SELECT count(*) FROM dosql_log WHERE message IS NULL") > 0);
        }

        directory.Remove();
    }
}
