using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>A process that dies at any step of a write leaves no row without its entry, and no two rows with one unique value, once the directory is open again.</summary>
public sealed class LookupCrashTests : IDisposable
{
    private const int Shards = 3;
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-crash-").FullName;
    private string? _after;
    private int _copies;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("INSERT INTO t (id, n, a, b, tag) VALUES (101, 101, 101, 'x', 'new')", true)]
    [InlineData("INSERT INTO t (id, n, a, b, tag) SELECT g, g, g, 'x', 'new' FROM generate_series(101, 112) g", false)]
    [InlineData("INSERT INTO t (id, n, tag) VALUES (101, 30, 'new') ON CONFLICT (n) DO UPDATE SET n = 500, tag = 'other'", true)]
    [InlineData("DELETE FROM t WHERE id = 3", true)]
    [InlineData("DELETE FROM t", false)]
    [InlineData("UPDATE t SET n = 333, a = 333 WHERE id = 3", true)]
    [InlineData("UPDATE t SET n = n + 1, b = 'z', tag = CASE WHEN id < 6 THEN 'red' ELSE 'blue' END", false)]
    [InlineData("UPDATE t SET id = id + 1000 WHERE id = 3", true)]
    [InlineData("UPDATE t SET id = id + 1000", false)]
    [InlineData("UPDATE t SET id = id + 1000, n = n + 1, tag = 'moved' WHERE id < 7", false)]
    [Trait("Rule", "S2.8")]
    [Trait("Rule", "S4.1")]
    public async Task Crash_AtAnyStep_LeavesRowsAndEntriesTogether(string sql, bool isAtomic)
    {
        await PrepareAsync();
        var before = await RowsAsync(Path.Combine(_directory, "first"));
        for (var step = 0; ; step++)
        {
            foreach (var after in (bool[])[false, true])
            {
                var crash = new Crash(step, after);
                var copy = Copy();
                await using (var cluster = await OwnerCluster.OpenAsync(Shards, directory: copy, wrap: tablet => new CrashingTablet(tablet, crash)))
                {
                    if (!await TryRunAsync(cluster, sql)) Assert.True(crash.Happened);
                }

                await using (var again = await OwnerCluster.OpenAsync(Shards, directory: copy))
                {
                    var faults = await again.FaultsAsync(orphans: false);
                    Assert.True(faults.Count == 0, $"step {step}{(after ? " done" : "")}: {string.Join("; ", faults)}");
                }

                if (!crash.Happened)
                {
                    Assert.True(step > 2);
                    return;
                }

                if (isAtomic && !after) Assert.True(await RowsAsync(copy) is var rows && (rows == before || rows == await AfterAsync(sql)), $"step {step}: {rows}");
                Directory.Delete(copy, recursive: true);
            }
        }
    }

    private async Task PrepareAsync()
    {
        await using var cluster = await OwnerCluster.OpenAsync(Shards, directory: Path.Combine(_directory, "first"));
        await cluster.RunAsync("INSERT INTO t (id, n, a, b, tag) SELECT g, g * 10, g, 'b' || g, 'red' FROM generate_series(1, 9) g");
    }

    // All rows as one text.
    private async Task<string> AfterAsync(string sql)
    {
        if (_after is not null) return _after;
        var copy = Copy();
        await using (var cluster = await OwnerCluster.OpenAsync(Shards, directory: copy)) await cluster.RunAsync(sql);
        _after = await RowsAsync(copy);
        Directory.Delete(copy, recursive: true);
        return _after;
    }

    private static async Task<string> RowsAsync(string directory)
    {
        await using var cluster = await OwnerCluster.OpenAsync(Shards, directory: directory);
        return string.Join('\n', await cluster.RowsAsync("SELECT * FROM t ORDER BY id, n"));
    }

    private static async Task<bool> TryRunAsync(OwnerCluster cluster, string sql)
    {
        try
        {
            await cluster.RunAsync(sql);
            return true;
        }
        catch (VitessException)
        {
            return false;
        }
    }

    private string Copy()
    {
        var (from, to) = (Path.Combine(_directory, "first"), Path.Combine(_directory, $"copy{_copies++}"));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return to;
    }
}
