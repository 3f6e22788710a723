using System.Text.Json;
using System.Text.Json.Serialization;
using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>What a backup of a keyspace consists of; docs/formats/backup.md. Written when the backups of all shards are whole.</summary>
internal sealed record KeyspaceManifest
{
    /// <summary>The format that is written.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The format it is in.</summary>
    public required int Format { get; init; }

    /// <summary>Its number, from 1 on.</summary>
    public required int Number { get; init; }

    /// <summary>The keyspace, which may be a branch.</summary>
    public required string Keyspace { get; init; }

    /// <summary>When it was taken, in text for people.</summary>
    public required string Taken { get; init; }

    /// <summary>The cut of all shards, an <see cref="HlcTimestamp"/>.</summary>
    public required long Time { get; init; }

    /// <summary>The topology at the cut; in that of a branch, the keyspace that it is restored as.</summary>
    public required TopologyCopy Topology { get; init; }

    /// <summary>The shards, in the order of the ring.</summary>
    public required IReadOnlyList<ManifestShard> Shards { get; init; }

    /// <summary>It as a file holds it.</summary>
    public byte[] ToBytes() => SealedJson.Seal(JsonSerializer.Serialize(this, KeyspaceJson.Default.KeyspaceManifest));

    /// <summary>Reads one. Errors: SHARD_ERROR (XX001) if it is not as it was written, (0A000) for another format.</summary>
    public static KeyspaceManifest Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var manifest = JsonSerializer.Deserialize(SealedJson.Open(name, bytes, CurrentFormat), KeyspaceJson.Default.KeyspaceManifest)!;

        // A backup may come from anywhere: its names must lead to nothing outside.
        var outside = manifest.Shards.SelectMany(shard => (string[])[shard.Shard, shard.Directory]).Append(BranchNames.RootOf(manifest.Keyspace)).Append(BranchNames.NameOf(manifest.Keyspace)).FirstOrDefault(each => !SealedJson.IsName(each));
        return outside is null ? manifest : throw new VitessException(
            ErrorCodes.ShardError, $"{name} of the backup names \"{outside}\", which is no keyspace or shard", sqlState: "XX001", hint: "Use another copy of the backup.");
    }
}

/// <summary>A shard of a backup.</summary>
/// <param name="Shard">Its key range.</param>
/// <param name="Directory">The directory of its log's backups, beside the manifest.</param>
/// <param name="Backup">Which of them.</param>
/// <param name="Lsn">Its last commit.</param>
internal sealed record ManifestShard(string Shard, string Directory, int Backup, long Lsn);

/// <summary>How manifests are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KeyspaceManifest))]
internal sealed partial class KeyspaceJson : JsonSerializerContext;
