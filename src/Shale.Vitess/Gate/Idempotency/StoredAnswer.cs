using System.Buffers;
using System.Text.Json;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>The form in which answers are kept: a JSON array of results in UTF-8, with what those who have keys get of them: not which tables their columns come from.</summary>
internal static class StoredAnswer
{
    /// <summary>Answers larger than this are not kept; whoever asks again is told that the statement has run, and what it affected.</summary>
    internal const int MaxBytes = 1 << 20;

    /// <summary>Writes the results of a statement, or of a batch.</summary>
    public static byte[] Write(IReadOnlyList<GateResult> results)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        var isKept = results.Sum(result => result.Rows.SizeBytes) <= MaxBytes;
        using (var writer = new Utf8JsonWriter(buffer, ContractsJson.WriterOptions))
        {
            writer.WriteStartArray();
            foreach (var result in results) Write(writer, result, isKept);
            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write(IReadOnlyList{GateResult})"/> wrote. Errors: RESOURCE_EXHAUSTED (54000) if the rows were too many to be kept.</summary>
    public static IReadOnlyList<GateResult> Read(byte[] utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private static void Write(Utf8JsonWriter writer, GateResult result, bool isKept)
    {
        writer.WriteStartObject();
        writer.WriteNumber("affected"u8, result.Affected);
        if (result.LastInsertId is { } id) writer.WriteNumber("id"u8, id);
        writer.WriteString("tier"u8, result.Tier);
        Write(writer, "shards", result.Shards);
        Write(writer, "notices", result.Notices);
        if (!isKept)
        {
            writer.WriteBoolean("large"u8, true);
        }
        else if (result.Rows.Fields.Count > 0 || result.Rows.RowCount > 0)
        {
            writer.WritePropertyName("rows"u8);
            ContractsJson.Serialize(writer, result.Rows);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0) return;
        writer.WriteStartArray(name);
        foreach (var text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static GateResult Read(JsonElement stored)
    {
        var affected = stored.GetProperty("affected").GetInt64();
        if (stored.TryGetProperty("large", out _))
        {
            throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"the statement has run already and affected {affected} rows, but its answer was too large to be kept", null, "54000", false,
                "Read the rows with a SELECT.");
        }

        var rows = stored.TryGetProperty("rows", out var kept) ? ContractsJson.Deserialize<RowSet>(System.Text.Encoding.UTF8.GetBytes(kept.GetRawText())) : new RowSet([]);
        return new GateResult(rows, affected, stored.TryGetProperty("id", out var id) ? id.GetInt64() : null)
        {
            Tier = stored.GetProperty("tier").GetString()!,
            Shards = Texts(stored, "shards"),
            Notices = Texts(stored, "notices"),
        };
    }

    private static IReadOnlyList<string> Texts(JsonElement stored, string name) =>
        stored.TryGetProperty(name, out var texts) ? [.. texts.EnumerateArray().Select(text => text.GetString()!)] : [];
}
