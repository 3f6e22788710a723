using Shale.Contracts;
using Shale.Engine.Specification.Postgres;
using Shale.Postgres;
using Shale.Vitess;

namespace Shale.SqlTests;

/// <summary>Shards on the tests' PostgreSQL server, each a new database, dropped when the cluster is closed.</summary>
internal sealed class TestEngines : IEngineSource
{
    private readonly List<string> _databases = [];
    private PostgresEngine? _first;

    public StorageEngineType Type => StorageEngineType.Postgres;

    public int? MaxConnections => 40;

    public async ValueTask<IStorageEngine> OpenAsync(VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken)
    {
        var (name, connection) = await TestPostgres.NamedDatabaseAsync();
        _databases.Add(name);
        var engine = new PostgresEngine(new PostgresEngineOptions { ConnectionString = connection });
        _first ??= engine;
        return engine;
    }

    public ValueTask<IStorageEngine> OpenEmptyAsync(VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken) => OpenAsync(keyspace, shard, cancellationToken);

    public IScratchSource ScratchOf(VKeyspace keyspace) => _first!;

    public async ValueTask DisposeAsync()
    {
        var server = await TestPostgres.ServerAsync();
        foreach (var database in _databases) await server.DropDatabaseAsync(database);
    }
}
