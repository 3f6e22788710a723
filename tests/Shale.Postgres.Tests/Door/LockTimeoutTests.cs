using System.Diagnostics;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>How long a session waits for rows that another has.</summary>
public sealed class LockTimeoutTests
{
    [PostgresFact]
    [Trait("Rule", "S4.3")]
    public async Task LockTimeout_ThatASessionSets_EndsItsWaits()
    {
        // Who waited for longer than he has said would wait for longer than the test.
        await using var twins = await Twins.StartAsync(lockTimeout: TimeSpan.FromHours(1));
        foreach (var door in twins.Doors)
        {
            await door.RunAsync("CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 0)");
            using var one = await RawClient.OpenAsync(door.Port);
            using var other = await RawClient.OpenAsync(door.Port);
            Assert.Equal("C(BEGIN) C(UPDATE 1) Z(T)", await SayAsync(one, "BEGIN; UPDATE t SET v = 1 WHERE id = 1"));
            Assert.Equal("C(SET) T D(50ms) C(SHOW) Z(I)", await SayAsync(other, "SET lock_timeout = 50; SHOW lock_timeout"));
            var watch = Stopwatch.StartNew();
            Assert.Equal("E(55P03) Z(I)", await SayAsync(other, "UPDATE t SET v = 2 WHERE id = 1"));
            Assert.Equal("C(BEGIN) E(55P03) Z(E)", await SayAsync(other, "BEGIN; UPDATE t SET v = 2 WHERE id = 1"));
            Assert.True(watch.Elapsed >= TimeSpan.FromMilliseconds(90));
            Assert.Equal("C(ROLLBACK) Z(I)", await SayAsync(other, "ROLLBACK"));
            Assert.Equal("C(COMMIT) Z(I)", await SayAsync(one, "COMMIT"));
            Assert.Equal("C(UPDATE 1) Z(I)", await SayAsync(other, "UPDATE t SET v = v + 1 WHERE id = 1"));
            Assert.Equal("C(RESET) T D(2) C(SELECT 1) Z(I)", await SayAsync(other, "RESET lock_timeout; SELECT v FROM t"));
        }
    }

    private static async Task<string> SayAsync(RawClient client, string sql)
    {
        await client.SendAsync(RawClient.Query(sql));
        return await client.ReadWordsAsync();
    }
}
