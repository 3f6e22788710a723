using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Clients;

/// <summary>Node's clients, as they come, through the PostgreSQL door: what they do is in the scripts of the folder Node.</summary>
public sealed class NodeTests
{
    [NodeTheory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public Task Pg_StatementsAndFailures_AreThoseOfPostgres(Shards shards) => RunAsync("statements.mjs", shards);

    [NodeTheory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public Task Pg_ValuesOfAllTypes_ComeBackAsTheyWent(Shards shards) => RunAsync("values.mjs", shards);

    [NodeTheory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public Task Pg_PoolStreamsAndCopy_Work(Shards shards) => RunAsync("streams.mjs", shards);

    [NodeTheory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public Task TypeOrm_MigrationsAndEntities_Work(Shards shards) => RunAsync("typeorm.mjs", shards);

    private static async Task RunAsync(string script, Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await NodeScript.RunAsync(script, door.Port);
    }
}
