using System.Globalization;
using System.Text;
using System.Text.Json;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Notes and marks as text (docs/formats/lookup-notes.md). Values are strings: a letter for the kind, then the value.</summary>
internal static class EntryNoteText
{
    private const int Fixed = 5;

    /// <summary>Writes a note.</summary>
    /// <param name="key">By what marks name it; empty where there are none.</param>
    /// <param name="changes">What is compared with the rows.</param>
    /// <param name="redo">What the shards do; null for nothing.</param>
    public static string Write(string key, IReadOnlyList<EntryChange> changes, IReadOnlyList<ShardRedo>? redo)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteStartArray("entries");
            foreach (var change in changes) Write(json, change);
            json.WriteEndArray();
            json.WriteStartArray("redo");
            foreach (var part in redo ?? []) Write(json, part);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>Whether a text is that of a note, and not a mark.</summary>
    public static bool IsNote(string text) => text.StartsWith('{');

    /// <summary>Reads a note; entries of tables and lookups that are no more are left out. SHARD_ERROR (XX001) for what is none.</summary>
    /// <param name="text">The note.</param>
    /// <param name="find">The entries of a lookup by its keyspace's name, its table's and its own, and the keyspace's tablets; null if there are none.</param>
    /// <param name="tablets">All tablets.</param>
    /// <param name="today">What a keyspace of the note is called now; null where it does not concern this one any more.</param>
    public static (string Key, List<EntryChange> Changes, List<ShardRedo> Redo) Read(
        string text, Func<string, string, string, (EntryTable Table, ITablet[] Tablets)?> find, IReadOnlyList<ITablet> tablets, Func<string, string?> today)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var changes = new List<EntryChange>();
            foreach (var item in document.RootElement.GetProperty("entries").EnumerateArray())
            {
                var parts = Strings(item);
                if (today(parts[0]) is not { } keyspace || find(keyspace, parts[1], parts[2]) is not { } found || found.Table.Lookup.Columns.Length != parts.Length - Fixed) continue;
                var id = new KeyspaceId(ulong.Parse(parts[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                var entry = new Entry(found.Table, [.. parts[Fixed..].Select(ValueOf)], id, []);
                changes.Add(new EntryChange(entry, found.Tablets, parts[4][0] == '+', parts[4].EndsWith('m')));
            }

            return (document.RootElement.GetProperty("key").GetString()!, changes, [.. document.RootElement.GetProperty("redo").EnumerateArray().Select(part => (Part: part, Keyspace: today(part.GetProperty("keyspace").GetString()!)))
                .Where(each => each.Keyspace is not null).Select(each => RedoOf(each.Part, each.Keyspace!, tablets))]);
        }
        catch (Exception damage) when (damage is JsonException or FormatException or InvalidOperationException or IndexOutOfRangeException or KeyNotFoundException)
        {
            throw new VitessException(ErrorCodes.ShardError, "a note of lookup entries cannot be read", sqlState: "XX001", hint: "Verify the lookup vindexes.", inner: damage);
        }
    }

    private static void Write(Utf8JsonWriter json, EntryChange change)
    {
        json.WriteStartArray();
        json.WriteStringValue(change.Entry.Table.Owner.Keyspace.Name);
        json.WriteStringValue(change.Entry.Table.Owner.Table.Name);
        json.WriteStringValue(change.Entry.Table.Lookup.Name);
        json.WriteStringValue(change.Entry.Id.ToString());
        json.WriteStringValue((change.Added ? "+" : "-") + (change.Moved ? "m" : ""));
        foreach (var value in change.Entry.Values) Write(json, value);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ShardRedo part)
    {
        json.WriteStartObject();
        json.WriteString("keyspace", part.Tablet.Keyspace);
        json.WriteString("shard", part.Tablet.Shard);
        json.WriteStartArray("statements");
        foreach (var statement in part.Statements)
        {
            json.WriteStartArray();
            json.WriteStringValue(statement.Sql);
            foreach (var row in statement.Rows)
            {
                json.WriteStartArray();
                foreach (var value in row) Write(json, value);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // As bytes: a text may hold half a character, for which the engine stores a replacement, too.
    private static void Write(Utf8JsonWriter json, SqlValue value) => json.WriteStringValue(Encoding.UTF8.GetBytes(TextOf(value)));

    private static ShardRedo RedoOf(JsonElement part, string keyspace, IReadOnlyList<ITablet> tablets)
    {
        var statements = new List<ShardStatement>();
        foreach (var statement in part.GetProperty("statements").EnumerateArray())
        {
            SqlValue[][] rows = [.. statement.EnumerateArray().Skip(1).Select(row => Strings(row).Select(ValueOf).ToArray())];
            statements.Add(new ShardStatement(statement[0].GetString()!, rows));
        }

        var shard = part.GetProperty("shard").GetString();
        return new ShardRedo(tablets.First(tablet => tablet.Keyspace == keyspace && tablet.Shard == shard), statements);
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(part => part.GetString()!)];

    private static string TextOf(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Null => "n",
        SqlValueKind.Integer => "i" + value.AsInteger().ToString(CultureInfo.InvariantCulture),
        SqlValueKind.Boolean => value.AsBoolean() ? "b1" : "b0",
        SqlValueKind.Real => "r" + value.AsReal().ToString("R", CultureInfo.InvariantCulture),
        SqlValueKind.Blob => "x" + Convert.ToHexStringLower(value.AsBlob()),
        _ => "t" + value.AsText(),
    };

    private static SqlValue ValueOf(string text) => text[0] switch
    {
        'n' => SqlValue.Null,
        'i' => SqlValue.Integer(long.Parse(text.AsSpan(1), CultureInfo.InvariantCulture)),
        'b' => SqlValue.Boolean(text[1] == '1'),
        'r' => SqlValue.Real(double.Parse(text.AsSpan(1), CultureInfo.InvariantCulture)),
        'x' => SqlValue.Blob(Convert.FromHexString(text.AsSpan(1))),
        't' => SqlValue.Text(text[1..]),
        _ => throw new FormatException($"no kind of value is '{text[0]}'"),
    };
}
