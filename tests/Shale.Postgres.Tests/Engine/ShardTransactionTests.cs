using Shale.Postgres.Tests.Door;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Engine;

/// <summary>Transactions over shards on PostgreSQL.</summary>
public sealed class ShardTransactionTests : IClassFixture<ShardCopyTests.Fixture>
{
    private readonly DoorCluster _cluster;

    public ShardTransactionTests(ShardCopyTests.Fixture fixture) => _cluster = fixture.Cluster!;

    [PostgresFact]
    [Trait("Rule", "S3.6")]
    public async Task Now_InATransactionOverShards_IsOneTime()
    {
        await _cluster.RunAsync("CREATE TABLE stamped (id int PRIMARY KEY, at timestamptz DEFAULT now(), plain timestamp, day date, word text)");
        var rows = string.Join(' ', Enumerable.Range(1, 10).Select(id => $"INSERT INTO stamped (id, plain) VALUES ({id}, CURRENT_TIMESTAMP);"));
        var answer = await Tool.PsqlAsync(_cluster.Port, $"""
            BEGIN;
            {rows}
            SELECT count(*) FROM generate_series(1, 10000);
            INSERT INTO stamped (id, at, plain, day, word) VALUES (11, now(), LOCALTIMESTAMP, CURRENT_DATE, now());
            INSERT INTO stamped (id, at, plain, day, word) VALUES (12, transaction_timestamp(), now(), now(), now() - interval '1 day');
            UPDATE stamped SET word = now() + interval '0 days' WHERE id = 3;
            SELECT count(*), count(DISTINCT at), count(DISTINCT plain), bool_and(at = now()), bool_and(plain = LOCALTIMESTAMP), count(DISTINCT day), count(DISTINCT word) FROM stamped;
            SELECT count(*) FROM stamped WHERE word::timestamptz = now() AND word LIKE '%+00' AND id IN (3, 11);
            COMMIT;
            SELECT count(*) FROM stamped WHERE at < now() AND now() - at < interval '1 hour';
            """, "main", "-q");
        Assert.Equal("10000\n12|1|1|t|t|1|2\n2\n12", answer);
    }

    [PostgresFact]
    public async Task Insert_OfTheTimeByKey_GoesToOneShardOnly()
    {
        await _cluster.RunAsync("CREATE TABLE history (id int PRIMARY KEY, at timestamp)");
        var traced = await Tool.PsqlAsync(_cluster.Port, "VEXPLAIN TRACE INSERT INTO history (id, at) VALUES (7, CURRENT_TIMESTAMP)");
        Assert.Collection(traced.Split('\n'), shard => Assert.Contains("INSERT INTO", shard, StringComparison.Ordinal), gate => Assert.StartsWith("gate|", gate, StringComparison.Ordinal));
    }
}
