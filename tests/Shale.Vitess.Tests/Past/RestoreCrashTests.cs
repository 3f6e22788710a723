using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>A process that dies at any step of a restore leaves the keyspace as it was, or restored on all shards, once the directory is open again.</summary>
public sealed class RestoreCrashTests : IDisposable
{
    private const int Shards = 3;
    private const string State = "SELECT count(*), min(v), max(v) FROM t";

    private readonly string _directory = Directory.CreateTempSubdirectory("shale-restore-").FullName;
    private int _copies;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "S4.1")]
    [Trait("Rule", "S5.1")]
    public async Task Crash_AtAnyStep_LeavesTheKeyspaceOfBeforeOrRestored(bool stopsOnly)
    {
        var first = Path.Combine(_directory, "first");
        string then;
        await using (var cluster = await OpenAsync(first, null))
        {
            await RunAsync(cluster, "CREATE TABLE t (id BIGSERIAL PRIMARY KEY, v TEXT UNIQUE)");
            await RunAsync(cluster, "INSERT INTO t (v) SELECT 'old' || g FROM generate_series(1, 20) g");
            then = await Cluster.MomentAsync();
            await RunAsync(cluster, "UPDATE t SET v = 'x' || v");
            await RunAsync(cluster, "DELETE FROM t WHERE id > 15");
            await RunAsync(cluster, "ALTER TABLE t ADD COLUMN w INT");
        }

        HashSet<string> seen = [];
        for (var step = 0; ; step++)
        {
            var copy = Copy(first);
            var crash = new Crash(step, after: stopsOnly);
            string? undo = null;
            await using (var cluster = await OpenAsync(copy, tablet => new CrashingTablet(tablet, crash)))
            {
                try
                {
                    undo = (await RunAsync(cluster, $"RESTORE KEYSPACE main TO TIMESTAMP '{then}'")).Rows[0][0].AsText();
                }
                catch (VitessException)
                {
                    Assert.True(crash.Happened);
                }
            }

            await using (var again = await OpenAsync(copy, null))
            {
                var rows = Cluster.Rows((await RunAsync(again, State)).Rows)[0];
                seen.Add(rows);
                Assert.Contains(rows, (string[])["20|old1|old9", "15|xold1|xold9"]);
                if (undo is not null) Assert.Equal("20|old1|old9", rows);
                Assert.Equal(rows[0] == '2' ? 2 : 3, (await RunAsync(again, "SELECT * FROM t LIMIT 1")).Rows.Fields.Count);
                await RunAsync(again, "INSERT INTO t (v) VALUES ('again')");
                Assert.Equal(["again"], Cluster.Rows((await RunAsync(again, "SELECT v FROM t WHERE v = 'again' AND id > 20")).Rows));
                Assert.Equal(0, (await RunAsync(again, "VERIFY VINDEX t_v_key ON t")).Rows.RowCount);
            }

            Directory.Delete(copy, recursive: true);
            if (crash.Happened) continue;
            Assert.True(step > Shards * 3);
            Assert.Equal(2, seen.Count);
            return;
        }
    }

    private static ValueTask<LocalCluster> OpenAsync(string directory, Func<ITablet, ITablet>? wrap) =>
        LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory, Shards = Shards, Durable = false, WrapTablet = wrap });

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));

    private string Copy(string from)
    {
        var copy = Path.Combine(_directory, $"copy{_copies++}");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }
}
