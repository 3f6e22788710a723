using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Shale.Vitess;

/// <summary>
/// Notes as text (docs/formats/lookup-notes.md): a JSON array with one array of strings for each entry: owner, lookup, keyspace id in hex, <c>+</c> or <c>-</c> for added or removed
/// and <c>m</c> behind it for moved, then the values, each behind a letter for its kind.
/// </summary>
internal static class EntryNoteText
{
    private const int Fixed = 4;

    /// <summary>Writes a note.</summary>
    public static string Write(IReadOnlyList<EntryChange> changes)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var change in changes)
            {
                json.WriteStartArray();
                json.WriteStringValue(change.Entry.Table.Owner.Table.Name);
                json.WriteStringValue(change.Entry.Table.Lookup.Name);
                json.WriteStringValue(change.Entry.Id.ToString());
                json.WriteStringValue((change.Added ? "+" : "-") + (change.Moved ? "m" : ""));
                foreach (var value in change.Entry.Values) json.WriteStringValue(TextOf(value));
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>Reads a note; entries of tables and lookups that are no more are left out. SHARD_ERROR (XX001) for what is none.</summary>
    /// <param name="text">The note.</param>
    /// <param name="find">The entries of a lookup by its table's name and its own; null if there are none.</param>
    /// <param name="tablets">The tablets of the keyspace.</param>
    public static List<EntryChange> Read(string text, Func<string, string, EntryTable?> find, ITablet[] tablets)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var changes = new List<EntryChange>();
            foreach (var item in document.RootElement.EnumerateArray())
            {
                string[] parts = [.. item.EnumerateArray().Select(part => part.GetString()!)];
                if (find(parts[0], parts[1]) is not { } table || table.Lookup.Columns.Length != parts.Length - Fixed) continue;
                var id = new KeyspaceId(ulong.Parse(parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                var entry = new Entry(table, [.. parts[Fixed..].Select(ValueOf)], id, []);
                changes.Add(new EntryChange(entry, tablets, parts[3][0] == '+', parts[3].EndsWith('m')));
            }

            return changes;
        }
        catch (Exception damage) when (damage is JsonException or FormatException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new VitessException(ErrorCodes.ShardError, "a note of lookup entries cannot be read", sqlState: "XX001", hint: "Verify the lookup vindexes.", inner: damage);
        }
    }

    private static string TextOf(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Integer => "i" + value.AsInteger().ToString(CultureInfo.InvariantCulture),
        SqlValueKind.Boolean => value.AsBoolean() ? "b1" : "b0",
        SqlValueKind.Real => "r" + value.AsReal().ToString("R", CultureInfo.InvariantCulture),
        SqlValueKind.Blob => "x" + Convert.ToHexStringLower(value.AsBlob()),
        _ => "t" + value.AsText(),
    };

    private static SqlValue ValueOf(string text) => text[0] switch
    {
        'i' => SqlValue.Integer(long.Parse(text.AsSpan(1), CultureInfo.InvariantCulture)),
        'b' => SqlValue.Boolean(text[1] == '1'),
        'r' => SqlValue.Real(double.Parse(text.AsSpan(1), CultureInfo.InvariantCulture)),
        'x' => SqlValue.Blob(Convert.FromHexString(text.AsSpan(1))),
        't' => SqlValue.Text(text[1..]),
        _ => throw new FormatException($"no kind of value is '{text[0]}'"),
    };
}
