using Shale.Client.Tests.Support;

namespace Shale.Client.Tests.Client;

/// <summary>A client restores a keyspace and names moments of it.</summary>
public sealed class PastTests
{
    [Fact]
    [Trait("Rule", "S5.1")]
    [Trait("Rule", "S5.2")]
    public async Task Restore_ToASnapshotAndBack_GivesRowsOfThen()
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");

        var bookmark = await client.SnapshotAsync("before");
        await client.ExecuteAsync("DELETE FROM t WHERE id > 1");
        await client.SnapshotAsync("same", TimePoint.OfBookmark(bookmark));
        var undo = await client.RestoreAsync(TimePoint.OfSnapshot("same"));

        Assert.Equal(3, Assert.Single((await client.QueryAsync<long>("SELECT count(*) FROM t")).Rows));
        await client.RestoreAsync(TimePoint.OfBookmark(undo));
        Assert.Equal(1, Assert.Single((await client.QueryAsync<long>("SELECT count(*) FROM t")).Rows));
        await client.DropSnapshotAsync("before");
        Assert.Equal("TT_SNAPSHOT_NOT_FOUND", (await Assert.ThrowsAsync<VitessException>(() => client.RestoreAsync(TimePoint.OfSnapshot("before")))).Code);
    }
}
