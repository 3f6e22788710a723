using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>A kill at every step of a definition: afterwards a lookup vindex is either not there or complete, and the definition can be sent again.</summary>
public sealed class LookupBuildCrashTests : IDisposable
{
    private const int Rows = 5;
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-lookup-crash-").FullName;
    private readonly List<string> _snapshots = [];
    private readonly Lock _copying = new();
    private bool _takes;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("CREATE UNIQUE INDEX l ON users (mail)", "")]
    [InlineData("ALTER VSCHEMA ON users ADD VINDEX l (name) USING lookup", "")]
    [InlineData("ALTER TABLE users ADD CONSTRAINT l UNIQUE (mail)", "")]
    [InlineData("CREATE TABLE more (id INT PRIMARY KEY, a INT UNIQUE)", "")]
    [InlineData("CREATE UNIQUE INDEX l ON users (mail)", "UPDATE users SET mail = 'same' WHERE id IN (2, 5)")]
    [InlineData("DROP INDEX before", "CREATE UNIQUE INDEX before ON users (mail)")]
    [InlineData("ALTER VSCHEMA ON users DROP VINDEX before", "ALTER VSCHEMA ON users ADD VINDEX before (name) USING lookup")]
    [InlineData("DROP TABLE more", "CREATE TABLE more (id INT PRIMARY KEY, a INT UNIQUE)")]
    [InlineData("TRUNCATE more", "CREATE TABLE more (id INT PRIMARY KEY, a INT UNIQUE); INSERT INTO more VALUES (1, 1), (2, 2), (3, 3), (4, 4)")]
    public async Task Kill_AtAnyStep_LeavesAllOrNothing(string definition, string before)
    {
        await using (var cluster = await OpenAsync(Path.Combine(_directory, "data"), snapshots: true))
        {
            string[] statements = ["CREATE TABLE users (id BIGINT PRIMARY KEY, mail TEXT, name TEXT)",
                $"INSERT INTO users VALUES {string.Join(", ", Enumerable.Range(1, Rows).Select(i => $"({i}, 'm{i}', 'n{i % 2}')"))}", .. before.Split("; ", StringSplitOptions.RemoveEmptyEntries)];
            foreach (var sql in statements) await RunAsync(cluster, sql);
            _takes = true;
            try
            {
                await RunAsync(cluster, definition);
            }
            catch (VitessException duplicate) when (duplicate.SqlState == "23505" && before.Contains("'same'", StringComparison.Ordinal))
            {
                // Meant to fail, and to be undone.
            }

            _takes = false;
            Snapshot();
        }

        Assert.True(_snapshots.Count > 5);
        foreach (var snapshot in _snapshots) await CheckAsync(snapshot, definition);
    }

    private async Task CheckAsync(string snapshot, string definition)
    {
        await using (var cluster = await OpenAsync(snapshot))
        {
            Assert.DoesNotContain(cluster.Repairs, repair => repair.Contains("refused", StringComparison.Ordinal));
            await VerifyAsync(cluster);
            if (!cluster.Gate.VSchema.Get("main").GetTable("users").Lookups.IsEmpty) return;
            try
            {
                await RunAsync(cluster, definition);
            }
            catch (VitessException failure) when (failure.SqlState is "23505" or "42701" or "42703" or "42704" or "42P01" or "42P07")
            {
                // It had been done, or cannot be.
            }

            await VerifyAsync(cluster);
        }

        await using var again = await OpenAsync(snapshot);
        Assert.Empty(again.Repairs);
    }

    private static async Task VerifyAsync(LocalCluster cluster)
    {
        Assert.Equal([$"{Rows}"], Cluster.Rows((await RunAsync(cluster, "SELECT count(*) FROM users")).Rows));
        foreach (var table in cluster.Gate.VSchema.Get("main").Tables.Values)
        {
            foreach (var lookup in table.Lookups)
            {
                Assert.False(lookup.WriteOnly);
                Assert.Empty(Cluster.Rows((await RunAsync(cluster, $"VERIFY VINDEX {lookup.Name} ON {table.Name}")).Rows));
            }
        }
    }

    private async Task<LocalCluster> OpenAsync(string directory, bool snapshots = false)
    {
        var options = new LocalClusterOptions { DataDirectory = directory, Shards = 2, Durable = false };
        return await LocalCluster.OpenAsync(snapshots ? options with { WrapTablet = tablet => new SnapshotTablet(tablet, Snapshot) } : options);
    }

    // The index of the log is left out: whoever opens the file makes it anew, as after a kill.
    private void Snapshot()
    {
        // Shards may work at once.
        using var turn = _copying.EnterScope();
        if (!_takes && _snapshots.Count == 0) return;
        var target = Path.Combine(_directory, $"at-{_snapshots.Count}");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_directory, "data"), "*", SearchOption.AllDirectories))
        {
            if (file.EndsWith("-shm", StringComparison.Ordinal) || Path.GetFileName(file).StartsWith("lock", StringComparison.Ordinal)) continue;
            var copy = Path.Combine(target, Path.GetRelativePath(Path.Combine(_directory, "data"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        _snapshots.Add(target);
    }

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));
}
