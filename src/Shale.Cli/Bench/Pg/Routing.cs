namespace Shale.Cli.Bench.Pg;

/// <summary>Looks at what the gate does with statements, so that what is measured is what it is called.</summary>
internal static class Routing
{
    /// <summary>
    /// Requires that the gate runs each statement as it is on one shard (T0), and not all on the same. Errors: <see cref="InvalidOperationException"/>.
    /// </summary>
    /// <param name="gate">The gate.</param>
    /// <param name="statements">The same statement with several keys.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task RequireOneShardEachAsync(Contender gate, IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        var shards = new HashSet<string>();
        foreach (var statement in statements) shards.Add(await ShardOfAsync(gate, statement, cancellationToken));
        if (shards.Count < 2) throw new InvalidOperationException($"all of {statements[0]} and its like run on shard {shards.Single()}");
    }

    /// <summary>The one shard on which the gate runs a statement as it is. Errors: <see cref="InvalidOperationException"/> where that is not what it does.</summary>
    public static async Task<string> ShardOfAsync(Contender gate, string statement, CancellationToken cancellationToken)
    {
        var lines = (await gate.QueryAsync("VEXPLAIN PLAN " + statement, cancellationToken)).Split('\n');
        var columns = lines[0].Split('|');
        return lines.Length == 1 && columns[0] == "T0" ? columns[1] : throw new InvalidOperationException($"{statement} does not run on one shard: {string.Join("; ", lines)}");
    }
}
