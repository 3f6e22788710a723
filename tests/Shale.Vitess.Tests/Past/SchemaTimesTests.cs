using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Which VSchema was in force at a time (SEMANTICS S2.4), over shards whose clocks the tests turn.</summary>
public sealed class SchemaTimesTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "shale-eras-" + Guid.NewGuid().ToString("n"));
    private readonly CountedClock _clock = new();

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, true);
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Find_AfterDefinitions_GivesTheTablesOfThen()
    {
        await using var cluster = await OpenAsync();
        var empty = _clock.Tick();
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var one = _clock.Tick();
        await RunAsync(cluster, "ALTER TABLE t ADD COLUMN v INT");
        await RunAsync(cluster, "CREATE VIEW w AS SELECT 1");
        var two = _clock.Tick();
        await RunAsync(cluster, "DROP TABLE t");

        Assert.Empty((await InForceAsync(cluster, empty)).Tables);
        Assert.Equal(["id"], (await InForceAsync(cluster, one)).GetTable("t").Schema!.Columns.Select(column => column.Name));
        Assert.Equal(["id", "v"], (await InForceAsync(cluster, two)).GetTable("t").Schema!.Columns.Select(column => column.Name));
        Assert.NotNull((await InForceAsync(cluster, two)).FindView("w"));
        Assert.Null((await InForceAsync(cluster, _clock.Tick())).FindTable("t"));
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Find_WhileShardsCommit_RefusedAndSaysWhichMomentsAreNear()
    {
        await using var cluster = await OpenAsync();
        HlcTimestamp before = _clock.Tick(), between = default;
        _clock.BeforeCommit = tablet =>
        {
            if (tablet.Shard != "80-") return;
            between = _clock.Tick();
            var open = Assert.Throws<VitessException>(() => cluster.Gate.Schema.Times.FindAsync(cluster.Gate.VSchema, cluster.Gate.VSchema.Get("main"), between, Point, default).AsTask().GetAwaiter().GetResult());
            Assert.Equal("TT_POINT_NOT_FOUND", open.Code);
        };
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var after = _clock.Tick();

        Assert.NotEqual(default, between);
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await InForceAsync(cluster, between));
        Assert.Equal("TT_POINT_NOT_FOUND", failure.Code);
        Assert.Contains("Name a moment up to ", failure.Hint, StringComparison.Ordinal);
        Assert.Empty((await InForceAsync(cluster, before)).Tables);
        Assert.NotNull((await InForceAsync(cluster, after)).FindTable("t"));
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Change_AfterATimeThatWasAskedFor_BeginsBehindItAndShardsPromise()
    {
        await using var cluster = await OpenAsync();
        var asked = new HlcTimestamp(_clock.Now.Value + (1000L << HlcTimestamp.CounterBits));
        Assert.Empty((await InForceAsync(cluster, asked)).Tables);

        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");

        Assert.Empty((await InForceAsync(cluster, asked)).Tables);
        Assert.All(cluster.Gate.Schema.Current.Tablets.Tablets, tablet => Assert.True(((CountedHistory)tablet.History!).Promised > default(HlcTimestamp)));
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Change_ThatFailsOnTheSecondShard_LeavesTheTablesOfBefore()
    {
        await using var cluster = await OpenAsync();
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var before = _clock.Tick();
        _clock.BeforeCommit = tablet => _ = tablet.Shard == "80-" ? throw new VitessException(ErrorCodes.ShardError, "no") : 0;
        await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, "ALTER TABLE t ADD COLUMN v INT"));
        _clock.BeforeCommit = null;
        var after = _clock.Tick();

        Assert.Single((await InForceAsync(cluster, before)).GetTable("t").Schema!.Columns);
        Assert.Single((await InForceAsync(cluster, after)).GetTable("t").Schema!.Columns);
        Assert.Equal(cluster.Gate.VSchema.Version, (await EraAsync(cluster, after)).Era.Version);
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Open_DirectoryOfBefore_KeepsItsHistory()
    {
        HlcTimestamp one, two;
        await using (var cluster = await OpenAsync(_directory))
        {
            await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)");
            one = _clock.Tick();
            await RunAsync(cluster, "ALTER TABLE t RENAME COLUMN v TO w");
            two = _clock.Tick();
        }

        await using var again = await OpenAsync(_directory);
        Assert.Equal(["id", "v"], (await InForceAsync(again, one)).GetTable("t").Schema!.Columns.Select(column => column.Name));
        Assert.Equal(["id", "w"], (await InForceAsync(again, two)).GetTable("t").Schema!.Columns.Select(column => column.Name));
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Open_DirectoryWithoutHistory_BeginsItNow()
    {
        await using (var cluster = await OpenAsync(_directory)) await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var before = _clock.Tick();
        Directory.Delete(Path.Combine(_directory, "vschema"), true);

        // The shards of this test forget their versions with the process; one commit makes them old.
        await using var again = await OpenAsync(_directory, tablet => ((CountedHistory)tablet.History!).Commit());

        Assert.Equal("TT_LSN_NOT_AVAILABLE", (await Assert.ThrowsAsync<VitessException>(async () => await InForceAsync(again, before))).Code);
        Assert.NotNull((await InForceAsync(again, _clock.Tick())).FindTable("t"));
    }

    [Theory]
    [Trait("Rule", "S2.4")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_AfterACrashWithinAChange_KnowsWhatWasInForce(bool isSaved)
    {
        HlcTimestamp before, change;
        await using (var cluster = await OpenAsync(_directory))
        {
            await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
            before = _clock.Tick();
        }

        // As a process leaves it that ends before the VSchema is saved, or behind it.
        using (var topology = FileTopology.Open(_directory))
        {
            var changed = topology.Load().WithView("main", new VView("w", "CREATE VIEW w AS SELECT 1", SqlDialect.Postgres));
            change = _clock.Tick();
            topology.Eras.Add(new VSchemaEra("main", changed.Version, change, null), changed.Get("main"));
            if (isSaved) topology.Save(topology.Load().Version, changed);
        }

        await using var again = await OpenAsync(_directory, tablet => ((CountedHistory)tablet.History!).Commit());
        Assert.Null((await InForceAsync(again, before)).FindView("w"));
        Assert.Equal(isSaved, (await InForceAsync(again, _clock.Tick())).FindView("w") is not null);
        if (isSaved) Assert.Equal("TT_POINT_NOT_FOUND", (await Assert.ThrowsAsync<VitessException>(async () => await InForceAsync(again, new HlcTimestamp(change.Value + 1)))).Code);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(_directory, "vschema", "main")), file => Path.GetFileName(file).Split('-').Length == 2);
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Change_ErasBeforeAllThatShardsKeep_AreForgotten()
    {
        await using var cluster = await OpenAsync(_directory);
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var before = _clock.Tick();
        await RunAsync(cluster, "ALTER TABLE t ADD COLUMN v INT");
        var kept = _clock.Tick();
        _clock.Window = kept;
        await RunAsync(cluster, "ALTER TABLE t ADD COLUMN w INT");

        Assert.Equal("TT_LSN_NOT_AVAILABLE", (await Assert.ThrowsAsync<VitessException>(async () => await InForceAsync(cluster, before))).Code);
        Assert.Equal(2, (await InForceAsync(cluster, kept)).GetTable("t").Schema!.Columns.Count);
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(_directory, "vschema", "main")).Count());
    }

    [Fact]
    public async Task Find_ShardsWithoutVersions_NotSupported()
    {
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = 2, DataDirectory = _directory, WrapTablet = tablet => new TabletWithoutHistory(tablet) });
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");

        Assert.Equal("TT_NOT_SUPPORTED", (await Assert.ThrowsAsync<VitessException>(async () => await InForceAsync(cluster, default))).Code);
        Assert.False(Directory.Exists(Path.Combine(_directory, "vschema")));
    }

    [Fact]
    public void Add_ToADirectory_WritesTheDocumentedFile()
    {
        using var topology = FileTopology.Open(_directory);
        var keyspace = VKeyspace.Create("main", KeyRange.Split(2));
        var era = new VSchemaEra("main", 12, new HlcTimestamp(0x1234), null);
        topology.Eras.Add(era, keyspace);
        var path = Path.Combine(_directory, "vschema", "main", "12-0000000000001234");
        Assert.Equal(Golden, File.ReadAllText(path + ".json"));

        topology.Eras.End(era, new HlcTimestamp(0xABCDE));
        Assert.False(File.Exists(path + ".json"));
        Assert.Equal(Golden, File.ReadAllText(path + "-00000000000abcde.json"));
        Assert.Equal(era with { Since = new HlcTimestamp(0xABCDE) }, Assert.Single(topology.Eras.Of("MAIN")));
        topology.Eras.Remove(era);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(path)!));
    }

    private const string Golden = """
        {
          "format": "shale-vschema",
          "format_version": 1,
          "keyspaces": {
            "main": {
              "sharded": true,
              "shards": [
                "-80",
                "80-"
              ],
              "vindexes": {},
              "tables": {}
            }
          }
        }

        """;

    private static TimePoint Point { get; } = TimePoint.OfTimestamp("2024-01-01");

    private ValueTask<LocalCluster> OpenAsync(string? directory = null, Action<ITablet>? each = null) => LocalCluster.OpenAsync(new LocalClusterOptions
    {
        Shards = 2,
        DataDirectory = directory,
        VSchema = directory is null ? VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(2))) : null,
        WrapTablet = tablet =>
        {
            var counted = new CountedTablet(tablet, _clock);
            each?.Invoke(counted);
            return counted;
        },
    });

    private static async Task RunAsync(LocalCluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));

    private static async ValueTask<VKeyspace> InForceAsync(LocalCluster cluster, HlcTimestamp time) => (await EraAsync(cluster, time)).Keyspace;

    private static ValueTask<(VSchemaEra Era, VKeyspace Keyspace)> EraAsync(LocalCluster cluster, HlcTimestamp time) =>
        cluster.Gate.Schema.Times.FindAsync(cluster.Gate.VSchema, cluster.Gate.VSchema.Get("main"), time, Point, default);
}
