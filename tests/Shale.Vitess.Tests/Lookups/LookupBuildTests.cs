using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Lookup vindexes are made, verified and removed while the table is written.</summary>
public sealed class LookupBuildTests
{
    private const int Ids = 60;

    [Theory, Trait("Rule", "S2.8")]
    [InlineData(SqlDialect.Postgres, "CREATE UNIQUE INDEX l ON users (mail)", "DROP INDEX l")]
    [InlineData(SqlDialect.Sqlite, "ALTER VSCHEMA ON users ADD VINDEX l (mail) USING lookup_unique", "ALTER VSCHEMA ON users DROP VINDEX l")]
    [InlineData(SqlDialect.Postgres, "ALTER VSCHEMA ON users ADD VINDEX l (name) USING lookup", "DROP INDEX l")]
    [InlineData(SqlDialect.Postgres, "ALTER TABLE users ADD CONSTRAINT l UNIQUE (mail)", "ALTER TABLE users DROP CONSTRAINT l")]
    public async Task Build_UnderWriters_MissesNoRow(SqlDialect dialect, string make, string drop)
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("SHALE_SEED") ?? "4711", CultureInfo.InvariantCulture);
        await using var cluster = await Cluster.OpenAsync(3, dialect, configure: options => options with { LockTimeout = TimeSpan.FromMilliseconds(200) });
        await cluster.RunAllAsync("CREATE TABLE users (id BIGINT PRIMARY KEY, mail TEXT, name TEXT)",
            $"INSERT INTO users VALUES {string.Join(", ", Enumerable.Range(1, 1500).Select(i => $"({i + 100_000}, 'old{i}', 'n{i % 9}')"))}");
        using var over = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 3).Select(i => new Writer(cluster, i, new Random(seed + i))).ToList();
        var running = writers.Select(writer => Task.Run(() => writer.RunAsync(over.Token))).ToList();

        for (var round = 0; round < 4; round++)
        {
            await RetryAsync(() => cluster.RunAsync(make));
            for (var i = 0; i < 2; i++) Assert.Empty(await cluster.RowsAsync("VERIFY VINDEX l ON users"));
            await WrittenAsync(writers);
            Assert.Empty(await cluster.RowsAsync("REPAIR VINDEX l ON users"));
            if (round < 3) await RetryAsync(() => cluster.RunAsync(drop));
        }

        await over.CancelAsync();
        foreach (var each in running) await each;
        Assert.Empty(await cluster.RowsAsync("REPAIR VINDEX l ON users"));
        Assert.Empty(await cluster.RowsAsync("VERIFY VINDEX l ON users"));
        var kept = writers.SelectMany(writer => writer.Rows.Select(row => $"{row.Key}|{row.Value}")).Order(StringComparer.Ordinal);
        Assert.Equal(kept, (await cluster.RowsAsync("SELECT id, mail FROM users WHERE id < 100000")).Order(StringComparer.Ordinal));
        foreach (var writer in writers)
        {
            foreach (var (id, mail) in writer.Rows.Take(5)) Assert.Equal([$"{id}"], await cluster.RowsAsync($"SELECT id FROM users WHERE mail = '{mail}'"));
        }
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task Fill_HeldUp_IsShownAsWriteOnly_KeptByWrites_AndEndsByKill()
    {
        var held = new Held();
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { WrapTablet = tablet => new HeldStreams(tablet, held) });
        await cluster.RunAllAsync("CREATE TABLE users (id BIGINT PRIMARY KEY, mail TEXT, name TEXT)", "INSERT INTO users VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', 'x')");
        held.Hold();
        var making = cluster.RunAsync("CREATE UNIQUE INDEX users_mail ON users (mail)");
        await held.ReachedAsync();

        Assert.Equal(["users_mail|lookup_unique|table=users_mail_lookup|users|mail|write_only, 0 of 3 rows"], await LookupDefinitionTests.LookupsAsync(cluster));
        await cluster.RunAsync("INSERT INTO users VALUES (4, 'd', 'y')");
        Assert.Equal(["d"], await cluster.RowsAsync("SELECT mail FROM users_mail_lookup"));
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM users WHERE mail = 'a'"));
        foreach (var statement in (string[])["DROP INDEX users_mail", "DROP TABLE users", "ALTER TABLE users ADD COLUMN x INT", "TRUNCATE users", "VERIFY VINDEX users_mail ON users",
            "CREATE INDEX other ON users (name)", "ALTER VSCHEMA ON users DROP VINDEX users_mail"])
        {
            Assert.Equal("55006", await LookupDefinitionTests.StateAsync(cluster, statement));
        }

        var process = Assert.Single(await cluster.RowsAsync("SHOW PROCESSLIST"), row => row.Contains("CREATE UNIQUE INDEX", StringComparison.Ordinal));
        await cluster.RunAsync($"KILL {process.Split('|')[0]}");
        Assert.Equal("57014", (await Assert.ThrowsAsync<VitessException>(() => making)).SqlState);
        held.Release();
        Assert.Empty(await LookupDefinitionTests.LookupsAsync(cluster));
        Assert.Empty(await cluster.RowsAsync("SHOW INDEXES FROM users"));
        await cluster.RunAllAsync("INSERT INTO users VALUES (5, 'a', 'y')", "DELETE FROM users WHERE id = 5", "CREATE UNIQUE INDEX users_mail ON users (mail)");
        Assert.Equal("23505", await LookupDefinitionTests.StateAsync(cluster, "INSERT INTO users VALUES (6, 'a', 'y')"));
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task Fill_WhileAWriteAddsADuplicate_FailsAndIsUndone()
    {
        var held = new Held();
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { WrapTablet = tablet => new HeldStreams(tablet, held) });
        await cluster.RunAllAsync("CREATE TABLE users (id BIGINT PRIMARY KEY, mail TEXT)", "INSERT INTO users VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')");
        held.Hold();
        var making = cluster.RunAsync("CREATE UNIQUE INDEX users_mail ON users (mail)");
        await held.ReachedAsync();

        // Some of these are on the shard of the row that has the value, whose own index refuses them; the others are nobody's yet.
        var added = 0;
        for (var id = 10; id < 20 && added == 0; id++)
        {
            try
            {
                await cluster.RunAsync($"INSERT INTO users VALUES ({id}, 'a')");
                added++;
            }
            catch (VitessException failure) when (failure.SqlState == "23505")
            {
                // On the same shard.
            }
        }

        Assert.Equal(1, added);
        held.Release();
        Assert.Equal("23505", (await Assert.ThrowsAsync<VitessException>(() => making)).SqlState);
        Assert.Empty(await LookupDefinitionTests.LookupsAsync(cluster));
        Assert.Equal(["5"], await cluster.RowsAsync("SELECT count(*) FROM users"));
    }

    /// <summary>Waits until each writer has written some more.</summary>
    private static async Task WrittenAsync(List<Writer> writers)
    {
        foreach (var writer in writers) await writer.NextAsync();
    }

    private static async Task RetryAsync(Func<Task> run)
    {
        while (true)
        {
            try
            {
                await run();
                return;
            }
            catch (VitessException failure) when (failure.IsTransient)
            {
                // Writers hold what it waits for.
            }
        }
    }

    private sealed class HeldStreams(ITablet inner, Held held) : ForwardingTablet(inner)
    {
        public override async IAsyncEnumerable<RowSet> StreamAsync(Contracts.ShardQueryRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (request.Sql.Contains("IS NOT NULL", StringComparison.Ordinal)) await held.PassAsync(cancellationToken);
            await foreach (var chunk in base.StreamAsync(request, cancellationToken)) yield return chunk;
        }
    }

    /// <summary>Writes rows of its own, with values of its own, and knows which there are.</summary>
    private sealed class Writer(Cluster cluster, int number, Random random)
    {
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _value;

        public Dictionary<int, string> Rows { get; } = [];

        public Task NextAsync() => Volatile.Read(ref _next).Task.WaitAsync(TimeSpan.FromSeconds(60));

        public async Task RunAsync(CancellationToken over)
        {
            for (var step = 1; !over.IsCancellationRequested; step++)
            {
                try
                {
                    await StepAsync();
                }
                catch (VitessException failure) when (failure.IsTransient || failure.SqlState is "42P01" or "42703")
                {
                    // All or nothing: it is as if it had not been sent. An entries' table may go while a statement waits.
                }

                if (step % 20 == 0) Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            }

            Volatile.Read(ref _next).TrySetResult();
        }

        private async Task StepAsync()
        {
            var id = number * 1000 + random.Next(Ids);
            var mail = $"w{number}-{_value++}";
            if (!Rows.TryGetValue(id, out var old))
            {
                await cluster.RunAsync($"INSERT INTO users VALUES ({id}, '{mail}', 'n{random.Next(9)}')");
                Rows[id] = mail;
                return;
            }

            switch (random.Next(5))
            {
                case 0:
                    await cluster.RunAsync($"DELETE FROM users WHERE id = {id}");
                    Rows.Remove(id);
                    break;
                case 1:
                    await cluster.RunAsync($"UPDATE users SET mail = '{mail}', name = 'n{random.Next(9)}' WHERE id = {id}");
                    Rows[id] = mail;
                    break;
                case 2 when Enumerable.Range(number * 1000, Ids).FirstOrDefault(free => !Rows.ContainsKey(free), -1) is >= 0 and var free:
                    await cluster.RunAsync($"UPDATE users SET id = {free} WHERE id = {id}");
                    Rows.Remove(id);
                    Rows[free] = old;
                    break;
                case 3:
                    await cluster.RunAsync($"DELETE FROM users WHERE mail = '{old}'");
                    Rows.Remove(id);
                    break;
                default:
                    await cluster.RunAsync($"UPDATE users SET mail = mail WHERE id = {id}");
                    break;
            }
        }
    }
}
