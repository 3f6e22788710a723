using System.CommandLine;
using Shale.Cli.Output;
using Shale.Cli.Status;
using Shale.Client;

namespace Shale.Cli.Commands;

/// <summary>`shale status`: how the shards of a server are doing.</summary>
internal static class StatusCommand
{
    private const int Failed = 1;
    private const int NoConnection = 2;
    private static readonly TimeSpan RecountAfter = TimeSpan.FromSeconds(10);

    private const string More = """
        At a terminal the table is live until Ctrl-C; else it is written once, after one interval. Latencies are those of each shard's last 1,024 statements.
        Rows are counted every 10 seconds; a question mark stands for a shard that needs longer than 2 seconds to count.
        Exit code: 0 if all shards serve, 1 if one does not or the server refuses, 2 if it cannot be reached.

        Examples:
          shale status
          shale status --once
          shale status --endpoint http://db:15000 --watch --interval 5
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var endpoint = ClientOptions.Endpoint();
        var token = ClientOptions.Token();
        var keyspace = new Option<string?>("--keyspace", "-k") { Description = "The keyspace. The server's default without it.", HelpName = "NAME" };
        var watch = new Option<bool>("--watch") { Description = "Live, also where the output is no terminal: one table after another." };
        var once = new Option<bool>("--once") { Description = "Once, also at a terminal." };
        var interval = NumberOption.Of("--interval", "seconds between 0.1 and 3600", 0.1, 3600);
        (interval.Description, interval.HelpName, interval.DefaultValueFactory) = ("Seconds between two looks.", "SECONDS", _ => 1);
        var status = new ShaleCommand("status", "Show how the shards of a server are doing.", More) { endpoint, token, keyspace, watch, once, interval };
        status.Validators.Add(result =>
        {
            if (result.GetValue(watch) && result.GetValue(once)) result.AddError("give --watch or --once, not both");
        });
        status.SetAction((parsed, _) => RunAsync(
            new VitessConfig { Endpoint = parsed.GetValue(endpoint)!, Token = ClientOptions.TokenOf(parsed.GetValue(token)), Keyspace = parsed.GetValue(keyspace) },
            parsed.GetValue(watch) || (!parsed.GetValue(once) && !Console.IsOutputRedirected),
            TimeSpan.FromSeconds(parsed.GetValue(interval)!.Value)));
        return status;
    }

    private static async Task<int> RunAsync(VitessConfig config, bool isLive, TimeSpan interval)
    {
        if (!await ClientOptions.IsUrlAsync(config.Endpoint)) return Failed;
        using var signals = new StopSignals();
        try
        {
            await using var client = VitessClient.Create(config);
            return await ShowAsync(client, config, isLive, interval, signals.Token);
        }
        catch (Exception) when (signals.Token.IsCancellationRequested)
        {
            return 0;
        }
        catch (VitessException failure)
        {
            ErrorText.Write(Console.Error, failure);
            return failure.Code == ErrorCodes.ConnectionError.Code ? NoConnection : Failed;
        }
    }

    private static async Task<int> ShowAsync(VitessClient client, VitessConfig config, bool isLive, TimeSpan interval, CancellationToken cancellationToken)
    {
        var before = await ReadAsync(client, cancellationToken);
        IReadOnlyDictionary<string, long> rows = new Dictionary<string, long>();
        var counted = TimeSpan.MinValue;
        while (true)
        {
            if (counted == TimeSpan.MinValue || before.At - counted >= RecountAfter)
            {
                rows = await RowCounts.OfAsync(config, before.Cluster.Keyspace, [.. before.Cluster.Shards.Select(shard => shard.Id)], cancellationToken);

                // Counting is work for the shards too, and not what is asked about.
                before = await ReadAsync(client, cancellationToken);
                counted = before.At;
            }

            await Task.Delay(interval, cancellationToken);
            var now = await ReadAsync(client, cancellationToken);
            Write(StatusTable.Of(before, now, rows), isLive);
            if (!isLive) return now.Cluster.Shards.All(shard => shard.Healthy) ? 0 : Failed;
            before = now;
        }
    }

    private static async Task<StatusReading> ReadAsync(VitessClient client, CancellationToken cancellationToken)
    {
        var cluster = await client.StatusAsync(cancellationToken);
        return new StatusReading(TimeProvider.System.GetElapsedTime(0), cluster);
    }

    // At a terminal the table stays in its place: home, the lines with what was behind them cleared, and nothing below.
    private static void Write(string table, bool isLive)
    {
        if (!isLive || Console.IsOutputRedirected) Console.WriteLine(table + (isLive ? "\n" : ""));
        else Console.Write("\u001b[H" + table.Replace("\n", "\u001b[K\n", StringComparison.Ordinal) + "\u001b[K\n\u001b[J");
    }
}
