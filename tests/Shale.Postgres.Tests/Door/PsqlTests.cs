using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What psql says and shows.</summary>
public sealed class PsqlTests : IAsyncLifetime
{
    private DoorCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await DoorCluster.StartAsync();
        await _cluster.RunAsync("CREATE TABLE t (id bigint PRIMARY KEY, name text, price numeric(10, 2))", "INSERT INTO t VALUES (1, 'Ada', 9.5), (2, NULL, 20), (3, 'Cleo', 0.25)");
    }

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task Psql_Select_ShowsRows() => Assert.Equal("1|Ada\n2|\n3|Cleo", await PsqlAsync("SELECT id, name FROM t ORDER BY id"));

    private Task<string> PsqlAsync(string sql) => Tool.PsqlAsync(_cluster.Port, sql);
}
