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
            await db.BranchAsync("quiet");
            await db.OnBranch("quiet").RunAsync("UPDATE t SET v = 'quiet'");
            var session = db.AsOf(TimePoint.OfVersion(2));
            await db.SnapshotAsync("kept", TimePoint.OfVersion(1));
            for (var i = 0; db.Engine.Store.OldestLsn < new Lsn(20); i++)
            {
                Assert.True(i < 200_000, "nothing has gone");
                await db.RunAsync("UPDATE t SET v = hex(randomblob(2000))");
                if (i % 100 == 99) db.Engine.Store.Maintain();
            }

            // The newest version of a branch is kept, however old it is.
            Assert.Equal(["quiet"], await db.QueryAsync<string>("SELECT v FROM t AS OF BRANCH 'quiet'"));
            Assert.Equal("first", await session.QueryOneAsync<string>("SELECT v FROM t"));
            Assert.Equal(0, await db.QueryOneAsync<int>("SELECT count(*) FROM t AS OF SNAPSHOT 'kept'"));
            Assert.Equal(ErrorCodes.LsnNotAvailable.Code, (await Assert.ThrowsAsync<VitessException>(() => db.QueryAsync("SELECT * FROM t AS OF LSN 5"))).Code);

            // What was there when the window began counts from then on.
            var window = db.Engine.Store.OldestOf("main");
            var versions = await db.QueryAsync<(long, string?)>("SELECT _dosql_version, _dosql_valid_to FROM t FOR SYSTEM_TIME ALL ORDER BY _dosql_version");
            Assert.Equal(Enumerable.Range(0, versions.Count).Select(i => window.Version + i), versions.Select(version => version.Item1));
            Assert.Null(versions[^1].Item2);
            Assert.Equal([window.Version], await db.QueryAsync<long>("SELECT _dosql_version FROM t FOR SYSTEM_TIME BETWEEN LSN ? AND LSN ?", [window.Lsn.Value, window.Lsn.Value]));
            Assert.Equal(["quiet"], await db.OnBranch("quiet").QueryAsync<string>("SELECT v FROM t FOR SYSTEM_TIME ALL WHERE _dosql_version = 3"));
            Assert.Equal(["quiet"], await db.OnBranch("quiet").QueryAsync<string>("SELECT v FROM t AS OF VERSION CURRENT"));
            Assert.Equal(["quiet"], await db.OnBranch("quiet").QueryAsync<string>("SELECT v FROM t FOR SYSTEM_TIME BETWEEN VERSION CURRENT AND VERSION CURRENT"));
            foreach (var query in (string[])["SELECT * FROM t FOR SYSTEM_TIME FROM LSN 5 TO VERSION CURRENT", "SELECT * FROM t FOR SYSTEM_TIME CONTAINED IN ('2000-01-01', VERSION CURRENT)"])
                Assert.Equal(ErrorCodes.LsnNotAvailable.Code, (await Assert.ThrowsAsync<VitessException>(() => db.QueryAsync(query))).Code);
            Assert.Equal(ErrorCodes.LsnNotAvailable.Code, (await Assert.ThrowsAsync<VitessException>(() => session.QueryAsync("SELECT * FROM t FOR SYSTEM_TIME ALL"))).Code);
            Assert.True(await db.QueryOneAsync<int>("SELECT count(*) FROM dosql_log WHERE message IS NULL") > 0);
        }

        directory.Remove();
    }
}
