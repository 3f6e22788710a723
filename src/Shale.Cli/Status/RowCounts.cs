using Shale.Client;

namespace Shale.Cli.Status;

/// <summary>Counts the rows of each shard's tables by asking the shards. Counting takes as long as it takes: a shard that needs longer than a moment is left out.</summary>
internal static class RowCounts
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The rows of each shard; those that could not be counted are missing.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> OfAsync(VitessConfig config, string keyspace, IReadOnlyList<string> shards, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>();
        foreach (var shard in shards)
        {
            try
            {
                counts[shard] = await CountAsync(config with { Keyspace = $"{keyspace}:{shard}", Timeout = Patience, Retry = new RetryConfig(1, TimeSpan.Zero) }, cancellationToken);
            }
            catch (VitessException)
            {
                // A question mark says it.
            }
        }

        return counts;
    }

    private static async Task<long> CountAsync(VitessConfig config, CancellationToken cancellationToken)
    {
        await using var client = VitessClient.Create(config);
        var rows = 0L;
        foreach (var table in (await client.QueryAsync("SHOW TABLES", cancellationToken: cancellationToken)).Rows)
        {
            if (table.Get<string>("type") != "table") continue;
            var name = table.Get<string>("table").Replace("\"", "\"\"", StringComparison.Ordinal);
            rows += (await client.QueryAsync<long>($"SELECT count(*) FROM \"{name}\"", cancellationToken: cancellationToken)).Rows.Single();
        }

        return rows;
    }
}
