using System.Net;
using System.Text;
using Shale.Engines;
using Shale.Server.Tests.Support;

namespace Shale.Server.Tests.Hosting;

/// <summary>Statements that are made to break things get a clear error, through the door of a whole Shale, and it goes on.</summary>
public class HostileStatementTests
{
    private static async Task<string?> RunAsync(string sql)
    {
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = 2 });
        await using var host = await DoorHost.StartAsync(cluster.Gate);
        await using var client = host.Client();
        await client.ExecuteAsync("CREATE TABLE t (id INT PRIMARY KEY, name TEXT)");
        string? code = null;
        try
        {
            await client.QueryAsync(sql);
        }
        catch (VitessException failure)
        {
            code = failure.Code;
            Assert.False(string.IsNullOrEmpty(failure.Hint));
            Assert.True(failure.Message.Length < 10_000);
        }
        await client.ExecuteAsync("INSERT INTO t VALUES (1, 'x')");
        Assert.Equal([1], (await client.QueryAsync<int>("SELECT id FROM t")).Rows);
        return code;
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("-(", ")")]
    [InlineData("NOT (", ")")]
    [InlineData("CASE WHEN TRUE THEN ", " END")]
    [InlineData("(SELECT ", ")")]
    public async Task Query_TenThousandDeep_IsRefused(string open, string close)
    {
        var deep = new StringBuilder("SELECT ").Insert(7, open, 10_000).Append('1').Insert(7 + (10_000 * open.Length) + 1, close, 10_000).ToString();
        Assert.NotNull(await RunAsync(deep));
    }

    [Theory]
    [InlineData("SELECT * FROM nowhere.t")]
    [InlineData("SELECT '")]
    [InlineData("SELECT $$")]
    [InlineData("/*")]
    [InlineData(";")]
    [InlineData("\0")]
    [InlineData("SELECT 1 FROM t WHERE id = $99999999999")]
    [InlineData("INSERT INTO t VALUES (NULL, 'x')")]
    [InlineData("CREATE TABLE u (a REAL PRIMARY KEY) WITH (shard_key = 'a')")]
    [InlineData("ATTACH DATABASE '/etc/passwd' AS x")]
    [InlineData("SELECT load_extension('x')")]
    public async Task Query_Nonsense_IsRefusedWithACode(string sql) => Assert.NotNull(await RunAsync(sql));

    [Fact]
    public async Task Query_ALongList_IsAnsweredOrRefused()
    {
        var sql = "SELECT id FROM t WHERE id IN (" + string.Join(',', Enumerable.Range(0, 200_000)) + ")";
        await RunAsync(sql);
    }

    [Fact]
    public async Task Query_AHundredMegabytes_Is413AndTheServerGoesOn()
    {
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = 2 });
        await using var host = await DoorHost.StartAsync(cluster.Gate);
        var body = Encoding.UTF8.GetBytes($$"""{"type":1,"sql":"SELECT '{{new string('x', 100_000_000)}}'"}""");
        var (status, answer) = await host.PostAsync(body, request => request.Headers.ExpectContinue = true);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "RESOURCE_EXHAUSTED"), (status, answer.GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("""{"type":1,"sql":"SELECT 1"}""")).Status);
    }
}
