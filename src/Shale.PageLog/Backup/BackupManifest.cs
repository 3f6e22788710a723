using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shale.PageLog;

/// <summary>
/// What a backup of a log consists of; docs/formats/backup.md. It is written when everything it names is durable: a backup without one is none. Its name has the backup's number, and the newest counts.
/// </summary>
internal sealed record BackupManifest
{
    /// <summary>The format that is written.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The format it is in.</summary>
    public required int Format { get; init; }

    /// <summary>Its number, from 1 on.</summary>
    public required int Number { get; init; }

    /// <summary>The version of the format of the log's own files.</summary>
    public required uint LogFormat { get; init; }

    /// <summary>When it was taken, by the clock of the log, in text for people.</summary>
    public required string Taken { get; init; }

    /// <summary>The cut, an <see cref="HlcTimestamp"/>: every record up to it is in the backup, and none after it.</summary>
    public required long Time { get; init; }

    /// <summary>The end of the log: segment.</summary>
    public required int EndSegment { get; init; }

    /// <summary>The end of the log: offset in the segment.</summary>
    public required long EndOffset { get; init; }

    /// <summary>The time of the last record.</summary>
    public required long EndTime { get; init; }

    /// <summary>The chain checksum of the last record.</summary>
    public required uint EndChain { get; init; }

    /// <summary>The last commit.</summary>
    public required long Lsn { get; init; }

    /// <summary>Its time, by which the log is known again; 0 where there is none.</summary>
    public required long LsnTime { get; init; }

    /// <summary>The oldest commit as of which the log can be read.</summary>
    public required long OldestLsn { get; init; }

    /// <summary>The log's files.</summary>
    public required IReadOnlyList<BackupFile> Files { get; init; }

    /// <summary>The end of the log.</summary>
    [JsonIgnore]
    public LogPosition End => new(new Place(EndSegment, EndOffset), new Lsn(Lsn), new HlcTimestamp(EndTime), EndChain);

    /// <summary>A log's file by its name; null where the backup has none.</summary>
    public BackupFile? Find(string name) => Files.FirstOrDefault(file => file.Name == name);

    /// <summary>It as a file holds it.</summary>
    public byte[] ToBytes() => SealedJson.Seal(JsonSerializer.Serialize(this, BackupJson.Default.BackupManifest));

    /// <summary>Reads one. Errors: SHARD_ERROR (XX001) if it is not as it was written, (0A000) for another format.</summary>
    public static BackupManifest Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var manifest = JsonSerializer.Deserialize(SealedJson.Open(name, bytes, CurrentFormat), BackupJson.Default.BackupManifest) ?? throw Damage.Found($"{name} of the backup is empty");

        // A backup may come from anywhere: its names must lead to nothing outside.
        var names = manifest.Files.SelectMany(file => file.Pieces.Select(piece => piece.File).Append(file.Name));
        return names.FirstOrDefault(each => !SealedJson.IsName(each)) is { } outside ? throw Damage.Found($"{name} of the backup names \"{outside}\", which is no file of a log") : manifest;
    }
}

/// <summary>A file of the log.</summary>
/// <param name="Name">Its name in the log's directory.</param>
/// <param name="Pieces">What holds its bytes, in order.</param>
internal sealed record BackupFile(string Name, IReadOnlyList<BackupPiece> Pieces)
{
    /// <summary>Its length.</summary>
    [JsonIgnore]
    public long Bytes => Pieces.Sum(piece => piece.Bytes);
}

/// <summary>A part of a log's file, in a file of the backup that never changes.</summary>
/// <param name="File">The name of the backup's file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The hash of all of it, in hexadecimal.</param>
internal sealed record BackupPiece(string File, long Bytes, string Sha256)
{
    /// <summary>The name of a piece that a backup takes of a log's file.</summary>
    public static string NameOf(int number, string file) => string.Create(CultureInfo.InvariantCulture, $"{number:D8}-{file}");

    /// <summary>Whether a file may be one.</summary>
    public static bool IsName(string name) => name.Length > 9 && name[8] == '-' && name.AsSpan(0, 8).IndexOfAnyExceptInRange('0', '9') < 0;
}

/// <summary>How manifests are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
