using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Clients;

/// <summary>Python's clients, as they come: what the scripts of the folder Python print is what they print before PostgreSQL.</summary>
public sealed class PythonTests
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<Task<string>> TheirPsycopg = new(() => LoopbackServer.AskAsync([], PsycopgAsync)), TheirAsyncpg = new(() => LoopbackServer.AskAsync([], AsyncpgAsync));

    [PythonTheory("psycopg")]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task Psycopg_CursorsPipelinesAndCopy_AreThoseOfPostgres(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        Assert.Equal(await TheirPsycopg.Value, await PsycopgAsync(door.Port, "app"));
    }

    [PythonTheory("asyncpg")]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task Asyncpg_CodecsCursorsAndCopy_AreThoseOfPostgres(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        Assert.Equal(await TheirAsyncpg.Value, await AsyncpgAsync(door.Port, "app"));
    }

    private static Task<string> PsycopgAsync(int port, string user) => RunAsync("psycopg3.py", $"host=127.0.0.1 port={port} user={user} dbname=main");

    private static Task<string> AsyncpgAsync(int port, string user) => RunAsync("asyncpg_client.py", $"postgresql://{user}@127.0.0.1:{port}/main");

    private static async Task<string> RunAsync(string script, string address)
    {
        var (code, output, errors) = await Tool.RunAsync(Python, [Path.Combine(AppContext.BaseDirectory, "Python", script), address]);
        Assert.True(code == 0 && output.Length > 0, output + errors);
        return output;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PythonTheoryAttribute : TheoryAttribute
    {
        public PythonTheoryAttribute(string package) => Skip = PrivateServer.Missing ?? (Directory.Exists($"/usr/lib/python3/dist-packages/{package}") ? null : $"install python3-{package}");
    }
}
