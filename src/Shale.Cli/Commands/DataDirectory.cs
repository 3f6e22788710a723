using System.Globalization;
using Shale.Cli.Output;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Commands;

/// <summary>Opens data directories, and tells what became of their shards.</summary>
internal static class DataDirectory
{
    /// <summary>Where it is when nobody says.</summary>
    public const string Default = "./data";

    /// <summary>Errors: NOT_FOUND (58P01) for a directory in which no keyspace lies: opening it would begin one.</summary>
    public static void Require(string directory)
    {
        if (File.Exists(Path.Combine(directory, TopologyFile.Name))) return;
        throw new VitessException(ErrorCodes.NotFound, $"{Path.GetFullPath(directory)} is no data directory", sqlState: "58P01", hint: "Name the directory that `shale serve --data` has.");
    }

    /// <summary>How the directory of a server that is stopped is opened: nobody here knows the server's retention, so nothing of the past is let go of; a keyspace that is not there is not made.</summary>
    public static LocalClusterOptions OfStoppedServer(string directory, string keyspace) =>
        new() { DataDirectory = directory, Keyspace = keyspace, MakesKeyspace = false, Retention = TimeSpan.MaxValue, RetentionBytes = long.MaxValue, Engines = EngineChoice.PrivateOf(directory) };

    /// <summary>Opens one, with a bar for shards that come from plain files. Errors: those of <see cref="LocalCluster.OpenAsync"/>.</summary>
    public static async Task<LocalCluster> OpenAsync(LocalClusterOptions options, CancellationToken cancellationToken)
    {
        LocalCluster cluster;
        await using (var bar = new MigrationBar()) cluster = await LocalCluster.OpenAsync(options with { MigrationProgress = bar }, cancellationToken);
        foreach (var shard in cluster.Migrated)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"NOTICE: shard {shard.Keyspace}/{shard.Shard} is on the page log now; {shard.KeptFile}, {shard.KeptBytes / 1e6:#,0.0} MB, is no longer used and may be deleted"));
        }

        foreach (var repair in cluster.Repairs) await Console.Error.WriteLineAsync("NOTICE: " + repair);
        return cluster;
    }
}
