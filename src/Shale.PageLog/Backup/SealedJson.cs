using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Shale.PageLog;

/// <summary>JSON in a file that says by itself whether it is as it was written: one object with <c>backup</c>, and <c>sha256</c>, the hash of the text that stands for it (docs/formats/backup.md).</summary>
public static class SealedJson
{
    /// <summary>The bytes of the file.</summary>
    /// <param name="json">What <c>backup</c> is.</param>
    public static byte[] Seal(string json) => Encoding.UTF8.GetBytes($"{{\"sha256\":\"{HashOf(json)}\",\"backup\":{json}}}\n");

    /// <summary>What <c>backup</c> is. Errors: SHARD_ERROR (XX001) if it is not as it was written, (0A000) for another format than the one that is read.</summary>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="format">The format that is read.</param>
    public static string Open(string name, ReadOnlyMemory<byte> bytes, int format)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var backup = document.RootElement.GetProperty("backup");
            var text = backup.GetRawText();
            if (document.RootElement.GetProperty("sha256").GetString() != HashOf(text)) throw DamageOf(name, null);
            RequireFormat(name, backup.GetProperty("format").GetInt32(), format);
            return text;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw DamageOf(name, exception);
        }
    }

    /// <summary>Whether a text can be the name of a file or directory beside the manifest, and of nothing elsewhere.</summary>
    public static bool IsName(string text) => text.Length > 0 && text is not ("." or "..") && text.IndexOfAny(['/', '\\', '\0']) < 0;

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static VitessException DamageOf(string name, Exception? inner) => new(
        ErrorCodes.ShardError, $"{name} of the backup is damaged", sqlState: Damage.SqlState, hint: "Use another copy of the backup; a new one goes to an empty directory.", inner: inner);

    private static void RequireFormat(string name, int found, int format)
    {
        if (found == format) return;
        throw new VitessException(
            ErrorCodes.ShardError, $"{name} has format {found}, this program writes and reads format {format}", sqlState: "0A000", hint: "Use the version of Shale that has taken the backup, or a later one.");
    }
}
