using System.Globalization;

namespace Shale.DoSql.Tests;

/// <summary>Any query of the past equals a copy that was taken at that moment: random writes, branches, schema changes, snapshots and restores, with a copy of everything after each commit.</summary>
public sealed class ShadowTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    [Trait("Rule", "S5.1")]
    [Trait("Category", "Random")]
    public async Task AsOf_AnyPoint_EqualsTheCopyOfThatMoment()
    {
        var seed = Environment.GetEnvironmentVariable("SHALE_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : 4;
        var directory = new TempDirectory();
        try
        {
            await RunAsync(new Random(seed), directory.Path);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"SHALE_SEED={seed}: {exception.Message}", exception);
        }

        directory.Remove();
    }

    private static async Task RunAsync(Random random, string directory)
    {
        var clock = new SettableTime(Start);
        var options = new DoSqlOptions { Log = new PageLog.PageStoreOptions { Clock = clock, Durable = false, CacheBytes = 1 << 18, CheckpointBytes = 1 << 18 }, PastReaders = 3 };
        var db = await DoSqlDatabase.OpenAsync(directory, options);
        try
        {
            var shadow = new Shadow();
            await db.RunAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
            await shadow.CopyAsync(db, clock);
            for (var step = 0; step < 400; step++)
            {
                await StepAsync(random, db, shadow, clock, step);
                if (step % 20 == 19) await CompareAsync(random, db, shadow);
                if (step % 150 != 149) continue;
                await db.DisposeAsync();
                db = await DoSqlDatabase.OpenAsync(directory, options);
            }

            for (var i = 0; i < 10; i++) await CompareAsync(random, db, shadow);
        }
        finally
        {
            await db.DisposeAsync();
        }
    }

    private static async Task StepAsync(Random random, DoSqlDatabase db, Shadow shadow, SettableTime clock, int step)
    {
        clock.Now = clock.Now.AddSeconds(1);
        var branch = db.OnBranch(shadow.AnyBranch(random));
        switch (random.Next(30))
        {
            case 0 when shadow.Branches.Count < 6:
                var from = shadow.Any(random);
                await db.BranchAsync($"b{step}", TimePoint.OfBranch(from.Branch, TimePoint.OfLsn(from.Lsn.Value)));
                shadow.Begin($"b{step}", from);
                return;
            case 1:
                var named = shadow.Any(random);
                await db.SnapshotAsync($"s{step}", TimePoint.OfBranch(named.Branch, TimePoint.OfLsn(named.Lsn.Value)));
                shadow.Snapshots[$"s{step}"] = named.Content;
                return;
            case 2:
                var versions = shadow.Branches[branch.Name];
                var target = random.Next(versions.Count);
                var restored = await branch.RestoreAsync(TimePoint.OfVersion(target + 1));
                await shadow.CopyAsync(branch, clock);
                Assert.Equal(versions[target].Content, versions[^1].Content);
                Assert.Equal(restored.Lsn, versions[^1].Lsn);
                if (random.Next(2) == 0) return;
                clock.Now = clock.Now.AddSeconds(1);
                await branch.RestoreAsync(TimePoint.OfBookmark(restored.Undo));
                await shadow.CopyAsync(branch, clock);
                Assert.Equal(versions[^3].Content, versions[^1].Content);
                return;
            case 3:
                await branch.RunAsync($"CREATE TABLE x{step} (a)");
                break;
            case 4:
                await branch.RunAsync("DELETE FROM t WHERE id % 3 = ?", [random.Next(3)]);
                break;
            case < 15:
                await branch.RunAsync("INSERT INTO t (v) SELECT 'r' || ? || printf('%.*c', value * 40, 'x') FROM generate_series(1, ?)", [step, random.Next(1, 20)]);
                break;
            default:
                await branch.RunAsync("UPDATE t SET v = v || ? WHERE id % 7 = ?", [step, random.Next(7)]);
                break;
        }

        await shadow.CopyAsync(branch, clock);
    }

    private static async Task CompareAsync(Random random, DoSqlDatabase db, Shadow shadow)
    {
        for (var i = 0; i < 8; i++)
        {
            var copy = shadow.Any(random);
            var newest = shadow.Branches[copy.Branch].Count;
            var on = db.OnBranch(copy.Branch);
            var point = random.Next(5) switch
            {
                0 => TimePoint.OfLsn(copy.Lsn.Value),
                1 => TimePoint.OfVersion(copy.Version),
                2 => TimePoint.OfTimestamp(copy.Time),
                3 => TimePoint.OfOffset(RelativeUnit.Version, copy.Version - newest),
                _ => TimePoint.OfBranch(copy.Branch, TimePoint.OfVersion(copy.Version)),
            };
            await using (var session = on.AsOf(point)) Assert.True(copy.Content == await Shadow.DumpAsync(session), $"{copy.Branch}@{copy.Version} as {point}");

            // And as SQL, beside another point of another branch.
            var other = shadow.Any(random);
            var sql = $"SELECT (SELECT count(*) FROM t FOR SYSTEM_TIME AS OF {point}), (SELECT count(*) FROM t AS OF BRANCH '{other.Branch}' AT LSN {other.Lsn})";
            Assert.Equal((copy.Rows, other.Rows), await on.QueryOneAsync<(int, int)>(sql));
        }

        foreach (var (name, content) in shadow.Snapshots)
        {
            await using var session = db.AsOf(TimePoint.OfSnapshot(name));
            Assert.Equal(content, await Shadow.DumpAsync(session));
        }
    }

    private sealed record Copy(string Branch, long Version, Lsn Lsn, DateTimeOffset Time, string Content, int Rows);

    /// <summary>All that there ever was, by branch and version.</summary>
    private sealed class Shadow
    {
        public Dictionary<string, List<Copy>> Branches { get; } = new() { ["main"] = [] };

        public Dictionary<string, string> Snapshots { get; } = [];

        public string AnyBranch(Random random) => Branches.Keys.ElementAt(random.Next(Branches.Count));

        public Copy Any(Random random)
        {
            var versions = Branches[AnyBranch(random)];
            return versions[random.Next(versions.Count)];
        }

        public void Begin(string branch, Copy from) => Branches[branch] = [.. Branches[from.Branch].Take((int)from.Version).Select(copy => copy with { Branch = branch })];

        // A write that changed nothing made no version.
        public async Task CopyAsync(DoSqlBranch branch, SettableTime clock)
        {
            var head = (await branch.QueryOneAsync<(long, long)>("SELECT lsn, version FROM dosql_log LIMIT 1"))!;
            var versions = Branches[branch.Name];
            if (versions.Count == head.Item2) return;
            Assert.Equal(versions.Count + 1, head.Item2);
            versions.Add(new Copy(branch.Name, head.Item2, new Lsn(head.Item1), clock.Now, await DumpAsync(branch), await branch.QueryOneAsync<int>("SELECT count(*) FROM t")));
        }

        public static async Task<string> DumpAsync(DoSqlQueries queries)
        {
            var tables = await queries.QueryAsync<string>("SELECT sql FROM sqlite_schema ORDER BY name");
            var rows = await queries.QueryAsync<string>("SELECT id || ':' || v FROM t ORDER BY id");
            return string.Join('\n', tables.Concat(rows));
        }
    }
}
