using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What slow clients, and those that send nonsense, cost in memory.</summary>
[Collection(Alone.Name)]
public sealed class MemoryTests
{
    [Theory]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task SlowReader_OfOneShard_GetsBackPressure(Shards shards)
    {
        await using var cluster = await DoorCluster.StartAsync(shards);
        using var client = await RawClient.OpenAsync(cluster.Port);
        await client.SendAsync(RawClient.Query("SELECT g, repeat('x', 1000) FROM generate_series(1, 1000000) AS g"));
        Assert.Equal('T', (await client.ReadMessageAsync())!.Value.Type);
        var before = GC.GetTotalMemory(true);
        for (var i = 0; i < 1000; i++) Assert.Equal('D', (await client.ReadMessageAsync())!.Value.Type);
        Assert.InRange(GC.GetTotalMemory(true) - before, long.MinValue, 64 << 20);
    }

    [Theory]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task SlowReader_OfRowsOfAllShards_GetsBackPressure(Shards shards)
    {
        await using var cluster = await DoorCluster.StartAsync(shards);
        await cluster.RunAsync("CREATE TABLE wide (id int PRIMARY KEY, text text)", "INSERT INTO wide SELECT g, repeat('x', 10000) FROM generate_series(1, 20000) g");
        using var client = await RawClient.OpenAsync(cluster.Port);
        await client.SendAsync(RawClient.Query("SELECT id, text FROM wide"));
        Assert.Equal('T', (await client.ReadMessageAsync())!.Value.Type);
        var before = GC.GetTotalMemory(true);
        for (var i = 0; i < 100; i++) Assert.Equal('D', (await client.ReadMessageAsync())!.Value.Type);
        Assert.InRange(GC.GetTotalMemory(true) - before, long.MinValue, 64 << 20);

        // Others are answered meanwhile.
        using var other = await RawClient.OpenAsync(cluster.Port);
        await other.SendAsync(RawClient.Query("SELECT count(*) FROM wide"));
        Assert.Equal("T D(20000) C(SELECT 1) Z(I)", await other.ReadWordsAsync());
        for (var i = 100; i < 20000; i++) Assert.Equal('D', (await client.ReadMessageAsync())!.Value.Type);
        Assert.Equal("C(SELECT 20000) Z(I)", await client.ReadWordsAsync());
    }

    [Theory]
    [OnSqlite(3)]
    [OnPostgres(2)]
    [Trait("Category", "Random")]
    public async Task Fuzz_MessagesOfAnyKind_NeverHarmTheServer(Shards shards)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
        var random = new Random(seed);
        await using var cluster = await DoorCluster.StartAsync(shards);
        await cluster.RunAsync("CREATE TABLE t (id int PRIMARY KEY, name text)");
        using var witness = await RawClient.OpenAsync(cluster.Port);
        var before = GC.GetTotalMemory(true);
        for (var round = 0; round < 150; round++)
        {
            try
            {
                using var client = round % 10 == 0 ? await RawClient.ConnectAsync(cluster.Port) : await RawClient.OpenAsync(cluster.Port);
                for (var i = random.Next(1, 12); i > 0; i--) await client.SendAsync(Fuzz.Message(random));
                await client.SendAsync(RawClient.Message('S'), RawClient.Message('X'));

                // A length that is wrong may make all of that one message, which never ends.
                client.EndSending();
                while (await client.ReadMessageAsync() is not null)
                {
                    // Whatever it answers: it must end.
                }
            }
            catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException)
            {
                // The server has ended it before all was sent.
            }

            await witness.SendAsync(RawClient.Query("SELECT 1"));
            var answer = await witness.ReadWordsAsync();
            Assert.True(answer == "T D(1) C(SELECT 1) Z(I)", $"SHALE_SEED={seed}: round {round}: {answer}");
        }

        var grown = GC.GetTotalMemory(true) - before;
        Assert.True(grown < 64 << 20, $"SHALE_SEED={seed}: {grown} bytes are held");
    }
}

/// <summary>Tests that measure the whole process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
