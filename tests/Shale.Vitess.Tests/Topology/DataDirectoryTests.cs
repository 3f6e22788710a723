using System.Globalization;
using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>What is refused of a data directory, and what is not.</summary>
public sealed class DataDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-data-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private ValueTask<LocalCluster> OpenAsync(string keyspace = "main") =>
        LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = _directory, Keyspace = keyspace, Shards = 2 });

    private async Task FillAsync()
    {
        await using var cluster = await OpenAsync();
        await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE t (id INT PRIMARY KEY)", []));
        await cluster.Gate.ExecuteAsync(new GateRequest("INSERT INTO t VALUES (1), (2), (3)", []));
    }

    private async Task<VitessException> RefusedAsync() => await Assert.ThrowsAsync<VitessException>(async () => await (await OpenAsync()).DisposeAsync());

    [Fact]
    public async Task Open_HeldByAProcess_NamesItAndWhatToDo()
    {
        var pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await using (await OpenAsync())
        {
            var failure = await RefusedAsync();
            Assert.Equal(("SHARD_ERROR", "55006"), (failure.Code, failure.SqlState));
            Assert.EndsWith("open in another process, " + pid, failure.Message, StringComparison.Ordinal);
            Assert.Contains("kill " + pid, failure.Hint, StringComparison.Ordinal);

            // The number only informs: the lock holds without it.
            File.Delete(Path.Combine(_directory, "lock.pid"));
            Assert.EndsWith("open in another process", (await RefusedAsync()).Message, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(Path.Combine(_directory, "lock.pid")));
    }

    [Fact]
    public async Task Open_LeftBehindByAProcessThatWasKilled_Opens()
    {
        await FillAsync();
        File.WriteAllText(Path.Combine(_directory, "lock"), "");
        File.WriteAllText(Path.Combine(_directory, "lock.pid"), "1\n");
        await using var cluster = await OpenAsync();
        Assert.Equal(3, (await cluster.Gate.ExecuteAsync(new GateRequest("SELECT id FROM t", []))).Rows.RowCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_AShardsLogIsGone_IsRefusedAndNotMadeAnew(bool emptied)
    {
        await FillAsync();
        var log = Path.Combine(_directory, "main", "-80.log");
        foreach (var file in Directory.GetFiles(log))
        {
            if (emptied) File.WriteAllBytes(file, []);
            else File.Delete(file);
        }

        if (!emptied) Directory.Delete(log);
        var failure = await RefusedAsync();
        Assert.Equal(("SHARD_ERROR", "XX001", "-80"), (failure.Code, failure.SqlState, failure.Shard));
        Assert.Contains(log, failure.Message, StringComparison.Ordinal);
        Assert.Contains("backup", failure.Hint, StringComparison.Ordinal);
        Assert.Equal(emptied, Directory.Exists(log));
    }

    [Fact]
    public async Task Open_TheTopologyIsGone_IsRefused()
    {
        await FillAsync();
        File.Delete(Path.Combine(_directory, "topology.json"));
        var failure = await RefusedAsync();
        Assert.Equal(("SHARD_ERROR", "XX001"), (failure.Code, failure.SqlState));
        Assert.False(File.Exists(Path.Combine(_directory, "topology.json")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../outside")]
    [InlineData("a b")]
    [InlineData("main:-80")]
    [InlineData("-x")]
    public async Task Open_ANameThatIsNoKeyspaces_IsRefused(string keyspace)
    {
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await (await OpenAsync(keyspace)).DisposeAsync());
        Assert.Equal("INVALID_VSCHEMA", failure.Code);
        Assert.Empty(Directory.GetDirectories(_directory));
    }
}
