using System.Text.RegularExpressions;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>pgbench, as it comes: its tables by COPY, and its two scripts in the three modes of the protocol.</summary>
public sealed partial class PgbenchTests
{
    [Theory]
    [OnSqlite(2)]
    [OnPostgres(2)]
    public async Task Pgbench_InitAndRuns_InAllModes(Shards shards)
    {
        await using var cluster = await DoorCluster.StartAsync(shards);
        string[] target = ["-h", "127.0.0.1", "-p", cluster.Port.ToString(), "-U", "app", "main"];
        var (code, _, errors) = await Tool.RunAsync("pgbench", ["-i", .. target]);
        Assert.True(code == 0, errors);
        Assert.Equal("100000|0", await Tool.PsqlAsync(cluster.Port, "SELECT count(*), sum(abalance) FROM pgbench_accounts"));
        var transactions = 0;
        foreach (var mode in (string[])["simple", "extended", "prepared"])
        {
            (code, var output, errors) = await Tool.RunAsync("pgbench", ["-n", "-S", "-M", mode, "-c", "4", "-t", "50", .. target]);
            Assert.True(code == 0, errors);
            Assert.Contains("number of transactions actually processed: 200/200", output, StringComparison.Ordinal);

            // Two that wait for one another crosswise: one is ended (40P01), and tries again.
            (code, output, errors) = await Tool.RunAsync("pgbench", ["-n", "--max-tries=1000", "-M", mode, "-c", "4", "-t", "10", .. target]);
            Assert.True(code == 0, errors);
            transactions += int.Parse(Processed().Match(output).Groups[1].Value);
        }

        Assert.Equal(120, transactions);
        Assert.Equal("120|t", await Tool.PsqlAsync(cluster.Port,
            "SELECT (SELECT count(*) FROM pgbench_history), (SELECT sum(delta) FROM pgbench_history) = (SELECT sum(abalance) FROM pgbench_accounts) AND (SELECT sum(bbalance) FROM pgbench_branches) = (SELECT sum(tbalance) FROM pgbench_tellers)"));
    }

    [GeneratedRegex("actually processed: ([0-9]+)")]
    private static partial Regex Processed();
}
