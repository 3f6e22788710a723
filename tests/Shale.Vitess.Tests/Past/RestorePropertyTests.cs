using System.Globalization;
using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Random statements, definitions among them, and restores to remembered moments: each gives the rows of then, and its undo those of before.</summary>
public sealed class RestorePropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [Trait("Category", "Random")]
    [Trait("Rule", "S5.1")]
    public async Task Restore_FollowedByItsUndo_ChangesNothing(int shards)
    {
        var seed = Environment.GetEnvironmentVariable("SHALE_SEED") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : Random.Shared.Next();
        try
        {
            await RunAsync(shards, new Random(seed));
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"SHALE_SEED={seed} ./test Vitess --filter {nameof(RestorePropertyTests)}", failure);
        }
    }

    private static async Task RunAsync(int shards, Random random)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        var moments = new List<(string Point, string[] State)>();
        for (var step = 0; step < 60; step++)
        {
            await ChangeAsync(cluster, random);
            if (random.Next(3) == 0) moments.Add(($"TIMESTAMP '{await Cluster.MomentAsync()}'", await StateAsync(cluster)));
            if (moments.Count == 0 || random.Next(4) != 0) continue;
            var before = await StateAsync(cluster);
            var (point, state) = moments[random.Next(moments.Count)];
            var undo = (await cluster.RunAsync($"RESTORE KEYSPACE main TO {point}")).Rows[0][0].AsText();
            Assert.Equal(state, await StateAsync(cluster));
            moments.Add(($"BOOKMARK '{undo}'", before));
            if (random.Next(2) == 0)
            {
                for (var i = random.Next(3); i > 0; i--) await ChangeAsync(cluster, random);
            }

            if (random.Next(2) != 0) continue;
            await cluster.RunAsync($"RESTORE KEYSPACE main TO BOOKMARK '{undo}'");
            Assert.Equal(before, await StateAsync(cluster));
        }
    }

    private static async Task ChangeAsync(Cluster cluster, Random random)
    {
        var keyspace = cluster.Gate.VSchema.Get("main");
        var name = $"t{random.Next(3)}";
        if (keyspace.FindTable(name) is not { Schema: { } schema })
        {
            await cluster.RunAsync($"CREATE TABLE {name} (id BIGSERIAL PRIMARY KEY, a INT, u INT UNIQUE)");
            return;
        }

        var extra = schema.Columns.Any(column => column.Name == "extra");
        var sql = random.Next(10) switch
        {
            0 => $"DROP TABLE {name}",
            1 => extra ? $"ALTER TABLE {name} DROP COLUMN extra" : $"ALTER TABLE {name} ADD COLUMN extra TEXT DEFAULT 'e{random.Next(10)}'",
            2 => keyspace.FindView("v") is null ? $"CREATE VIEW v AS SELECT count(*) AS n FROM {name}" : "DROP VIEW v",
            3 => $"DELETE FROM {name} WHERE id % {random.Next(2, 5)} = 0",
            4 => $"UPDATE {name} SET a = a + 1 WHERE id % {random.Next(1, 4)} = 0",
            5 => $"UPDATE {name} SET id = id + 100000 WHERE id = (SELECT min(id) FROM {name})",
            _ => $"INSERT INTO {name} (a, u) SELECT g, {random.Next(100_000_000)} + g FROM generate_series(1, {random.Next(1, 12)}) g",
        };
        try
        {
            await cluster.RunAsync(sql);
        }
        catch (VitessException refused) when (refused.SqlState is "23505" or "2BP01" or "0A000")
        {
            // Keys collide, and what a view needs stays: also then all is as it was.
        }
    }

    private static async Task<string[]> StateAsync(Cluster cluster)
    {
        var lines = new List<string>();
        var keyspace = cluster.Gate.VSchema.Get("main");
        foreach (var table in keyspace.Tables.Values.Where(table => table.Name.Length == 2))
        {
            lines.Add($"{table.Name}({string.Join(",", table.Schema!.Columns.Select(column => column.Name))})");
            lines.AddRange(await cluster.RowsAsync($"SELECT * FROM {table.Name} ORDER BY id"));
            if (!keyspace.Sharded) continue;
            var faults = await cluster.RunAsync($"VERIFY VINDEX {table.Name}_u_key ON {table.Name}");
            Assert.Equal(0, faults.Rows.RowCount);
        }

        lines.AddRange(keyspace.Views.Values.Select(view => view.CreateSql));
        return [.. lines];
    }
}
