using Shale.Contracts;
using Shale.Engines;
using Shale.Postgres;
using Shale.Vitess;

namespace Shale.Engine.Specification.Postgres;

/// <summary>Keyspaces on their way to databases of yours that fail when one shard has its copy already: what is left there is removed by the next switch, and nothing else.</summary>
public sealed class KeyspaceSwitchFailureTests : IAsyncLifetime
{
    private readonly Faults _faults = new();
    private readonly Dictionary<string, string> _connections = [];
    private LocalCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        foreach (var shard in new[] { "main:-80", "main:80-" }) _connections[shard] = await TestPostgres.DatabaseAsync();
        _cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = 2, Engines = [new FaultySource(new PostgresSource(new PostgresSourceOptions { Connections = _connections }), _faults)] });
        await RunAsync("CREATE TABLE owners (id int PRIMARY KEY, mail text UNIQUE)");
        await RunAsync("CREATE TABLE pets (owner int REFERENCES owners, n serial, PRIMARY KEY (owner, n)) WITH (shard_key = 'owner')");
        await RunAsync("INSERT INTO owners SELECT g, 'm' || g FROM generate_series(1, 100) g");
        await RunAsync("INSERT INTO pets (owner) SELECT id FROM owners");
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Commit_FailsOnTheSecondShard_LeavesNothingThereAndCanBeRunAgain()
    {
        _faults.FailingCommit = "80-";
        await FailsAsync("58030");
        Assert.Equal(["__shale_shard", "__shale_shard"], [await TablesAsync("main:-80"), await TablesAsync("main:80-")]);
        await WorksAsync(StorageEngineType.Sqlite);
        _faults.FailingCommit = null;
        await SwitchAsync("postgres");
        await WorksAsync(StorageEngineType.Postgres);
    }

    [Fact]
    public async Task Copy_ThatIsLeftBehind_IsRemovedByTheNextSwitch()
    {
        await LeaveCopyAsync();
        await WorksAsync(StorageEngineType.Sqlite);
        await RunAsync("CREATE TABLE later (id int PRIMARY KEY)");
        await RunAsync("DELETE FROM pets WHERE owner > 50");
        await SwitchAsync("postgres");
        await WorksAsync(StorageEngineType.Postgres);
        Assert.Equal("50", await RunAsync("SELECT count(*) FROM pets"));
        Assert.EndsWith("__shale_shard,later,owners,owners_mail_key_lookup,pets", await TablesAsync("main:-80"), StringComparison.Ordinal);
        Assert.DoesNotContain("__shale_copy", await TablesAsync("main:-80"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_ThatIsLeftBehindBesideATableOfSomebodys_IsLeftAlone()
    {
        await LeaveCopyAsync();
        await OnAsync("main:-80", "CREATE VIEW theirs AS SELECT id FROM owners");
        _faults.FailingCommit = null;
        var failure = await FailsAsync("55006");
        Assert.Contains("view \"theirs\"", failure.Message, StringComparison.Ordinal);
        Assert.Equal("owners", await OnAsync("main:-80", "SELECT max(tablename) FROM pg_tables WHERE tablename = 'owners'"));
        await OnAsync("main:-80", "DROP VIEW theirs");
        await SwitchAsync("postgres");
        await WorksAsync(StorageEngineType.Postgres);
    }

    [Fact]
    public async Task Rows_ThatWereServedFrom_AreNoCopyThatWasLeft()
    {
        await SwitchAsync("postgres");

        // As if nobody could say, when the shard went over, that it has.
        await OnAsync("main:-80", "CREATE TABLE __shale_copy (name text PRIMARY KEY)");
        await OnAsync("main:-80", "INSERT INTO __shale_copy SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '__shale_shard'");
        await RunAsync("DELETE FROM pets");
        await SwitchAsync("sqlite");
        await FailsAsync("55006");
        Assert.NotEqual("0", await OnAsync("main:-80", "SELECT count(*) FROM owners"));
    }

    // The second shard fails to commit, and the first cannot be reached any more.
    private async Task LeaveCopyAsync()
    {
        (_faults.FailingCommit, _faults.UnreachableAfterCommit) = ("80-", "-80");
        await FailsAsync("58030");
        (_faults.FailingCommit, _faults.UnreachableAfterCommit) = (null, null);
        Assert.StartsWith("__shale_copy,", await TablesAsync("main:-80"), StringComparison.Ordinal);
    }

    private async Task WorksAsync(StorageEngineType engine)
    {
        Assert.All(_cluster.Tablets, tablet => Assert.Equal(engine, tablet.Engine));
        Assert.Equal("100|5050", await RunAsync("SELECT count(*), sum(id) FROM owners"));
        Assert.Equal("17", await RunAsync("SELECT id FROM owners WHERE mail = 'm17'"));
        await RunAsync("INSERT INTO owners VALUES (1000, 'x')");
        await RunAsync("INSERT INTO pets (owner) VALUES (1000)");
        await RunAsync("DELETE FROM pets WHERE owner = 1000");
        await RunAsync("DELETE FROM owners WHERE id = 1000");
    }

    private Task<string> SwitchAsync(string engine) => RunAsync($"ALTER KEYSPACE main SET ENGINE {engine}");

    private async Task<VitessException> FailsAsync(string state)
    {
        var failure = await Assert.ThrowsAsync<VitessException>(() => SwitchAsync("postgres"));
        Assert.Equal(state, failure.SqlState);
        return failure;
    }

    private Task<string> TablesAsync(string shard) => OnAsync(shard, "SELECT string_agg(tablename, ',' ORDER BY tablename COLLATE \"C\") FROM pg_tables WHERE schemaname = 'public'");

    private async Task<string> OnAsync(string shard, string sql)
    {
        await using var engine = new PostgresEngine(new PostgresEngineOptions { ConnectionString = _connections[shard] });
        await using var connection = await engine.OpenAsync(EngineAccess.Write, default);
        return Text((await connection.ExecuteAsync(sql, [], default)).Rows);
    }

    private async Task<string> RunAsync(string sql) => Text((await _cluster.Gate.ExecuteAsync(new GateRequest(sql, []))).Rows);

    private static string Text(RowSet rows) => string.Join(';', Enumerable.Range(0, rows.RowCount).Select(i => string.Join('|', rows[i].ToArray().Select(cell => cell.ToString()))));

    /// <summary>What goes wrong.</summary>
    private sealed class Faults
    {
        public string? FailingCommit { get; set; }

        public string? UnreachableAfterCommit { get; set; }
    }

    private sealed class FaultySource(IEngineSource inner, Faults faults) : IEngineSource
    {
        public StorageEngineType Type => inner.Type;

        public int? MaxConnections => inner.MaxConnections;

        public ValueTask<IStorageEngine> OpenAsync(VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken) => inner.OpenAsync(keyspace, shard, cancellationToken);

        public async ValueTask<IStorageEngine> OpenEmptyAsync(VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken) =>
            new FaultyEngine(await inner.OpenEmptyAsync(keyspace, shard, cancellationToken), shard.ToString(), faults);

        public IScratchSource ScratchOf(VKeyspace keyspace) => inner.ScratchOf(keyspace);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class FaultyEngine(IStorageEngine inner, string shard, Faults faults) : ForwardingEngine(inner)
    {
        public override async ValueTask<IEngineConnection> OpenAsync(EngineAccess access, CancellationToken cancellationToken) => new Connection(await base.OpenAsync(access, cancellationToken), shard, faults);

        private sealed class Connection(IEngineConnection inner, string shard, Faults faults) : ForwardingConnection(inner)
        {
            private bool _isGone;

            public override async ValueTask CommitAsync(CancellationToken cancellationToken)
            {
                if (faults.FailingCommit == shard) throw new VitessException(ErrorCodes.ShardError, "the disk", sqlState: "58030");
                await base.CommitAsync(cancellationToken);
                _isGone = faults.UnreachableAfterCommit == shard;
            }

            public override ValueTask BeginAsync(IsolationLevel isolation, bool readOnly, CancellationToken cancellationToken) =>
                _isGone ? throw new VitessException(ErrorCodes.ShardError, "gone", sqlState: "08006") : base.BeginAsync(isolation, readOnly, cancellationToken);
        }
    }
}
