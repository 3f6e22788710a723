using System.Text;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>Reading and building json and jsonb.</summary>
internal static class PostgresJson
{
    public static void AddTo(FunctionSet set)
    {
        AddReading(set);
        AddTests(set);
        AddBuilding(set);
        set.Strict("shale_json_array_length", a => SqlValue.Integer(Array(a.AsText(), "get array length of a").Items.Count));
        set.Strict("shale_json_typeof", a => SqlValue.Text(PgJson.Parse(a.AsText()).TypeName));
        set.Strict("shale_jsonb_key", a => SqlValue.Blob(PgJsonOrder.Key(PgJson.Parse(a.AsText()))));
        set.Strict("shale_jsonb_pretty", a => SqlValue.Text(Pretty(PgJson.Parse(a.AsText()))));
    }

    /// <summary>The elements of a text[] argument, which PostgreSQL writes {a,b}.</summary>
    public static List<string?> Path(SqlValue array) => PgArrays.Parse(array.AsText());

    /// <summary>A json array. Error: 22023.</summary>
    public static PgJson Array(string text, string action)
    {
        var json = PgJson.Parse(text);
        if (json.Kind == JsonKind.Array) return json;
        throw SqlErrors.Data($"cannot {action} {(json.Kind == JsonKind.Object ? "non-array" : "scalar")}", "22023");
    }

    /// <summary>A json value as text: strings without quotes, NULL for null.</summary>
    public static SqlValue AsText(PgJson? json, string source) => json switch
    {
        null or { Kind: JsonKind.Null } => SqlValue.Null,
        { Kind: JsonKind.String } => SqlValue.Text(json.Text),
        _ => SqlValue.Text(source.Substring(json.Place.Start, json.Place.Length)),
    };

    /// <summary>A part of a json text, as it was written.</summary>
    public static SqlValue AsJson(PgJson? json, string source) => json is null ? SqlValue.Null : SqlValue.Text(source.Substring(json.Place.Start, json.Place.Length));

    private static SqlValue AsJsonb(PgJson? json) => json is null ? SqlValue.Null : SqlValue.Text(json.ToJsonb());

    private static PgJson? Get(string text, SqlValue key)
    {
        var json = PgJson.Parse(text);
        if (key.Kind == SqlValueKind.Integer) return json.Kind == JsonKind.Array ? json.Item(key.AsInteger()) : null;
        return json.Kind == JsonKind.Object ? json.Member(key.AsText()) : null;
    }

    private static PgJson? Follow(string text, IEnumerable<string?> path)
    {
        var json = PgJson.Parse(text);
        foreach (var step in path)
        {
            if (step is null || json.Step(step) is not { } next) return null;
            json = next;
        }

        return json;
    }

    private static void AddReading(FunctionSet set)
    {
        set.Strict("shale_json_get", (json, key) => AsJson(Get(json.AsText(), key), json.AsText()));
        set.Strict("shale_jsonb_get", (json, key) => AsJsonb(Get(json.AsText(), key)));
        set.Strict("shale_json_get_text", (json, key) => AsText(Get(json.AsText(), key), json.AsText()));
        set.Strict("shale_json_path", (json, path) => AsJson(Follow(json.AsText(), Path(path)), json.AsText()));
        set.Strict("shale_jsonb_path", (json, path) => AsJsonb(Follow(json.AsText(), Path(path))));
        set.Strict("shale_json_path_text", (json, path) => AsText(Follow(json.AsText(), Path(path)), json.AsText()));
        set.Strict("shale_json_extract_path", -1, values => AsJson(Follow(values[0].AsText(), Steps(values)), values[0].AsText()));
        set.Strict("shale_jsonb_extract_path", -1, values => AsJsonb(Follow(values[0].AsText(), Steps(values))));
        set.Strict("shale_json_extract_path_text", -1, values => AsText(Follow(values[0].AsText(), Steps(values)), values[0].AsText()));
    }

    private static List<string?> Steps(ReadOnlySpan<SqlValue> values)
    {
        var steps = new List<string?>();
        foreach (ref readonly var value in values[1..]) steps.Add(value.AsText());
        return steps;
    }

    private static void AddTests(FunctionSet set)
    {
        set.Strict("shale_jsonb_contains", (a, b) => SqlValue.Boolean(Contains(PgJson.Parse(a.AsText()), PgJson.Parse(b.AsText()), top: true)));
        set.Strict("shale_jsonb_contained", (a, b) => SqlValue.Boolean(Contains(PgJson.Parse(b.AsText()), PgJson.Parse(a.AsText()), top: true)));
        set.Strict("shale_jsonb_exists", (json, key) => SqlValue.Boolean(Exists(PgJson.Parse(json.AsText()), key.AsText())));
        set.Strict("shale_jsonb_exists_any", (json, keys) => SqlValue.Boolean(PgJson.Parse(json.AsText()) is var parsed && Path(keys).Any(key => key is not null && Exists(parsed, key))));
        set.Strict("shale_jsonb_exists_all", (json, keys) => SqlValue.Boolean(PgJson.Parse(json.AsText()) is var parsed && Path(keys).All(key => key is null || Exists(parsed, key))));
    }

    private static bool Exists(PgJson json, string key) => json.Kind switch
    {
        JsonKind.Object => json.Member(key) is not null,
        JsonKind.Array => json.Items.Exists(item => item.Kind == JsonKind.String && item.Text == key),
        JsonKind.String => json.Text == key,
        _ => false,
    };

    private static bool Contains(PgJson whole, PgJson part, bool top)
    {
        if (whole.Kind == JsonKind.Array && part.Kind == JsonKind.Array) return part.Items.TrueForAll(item => whole.Items.Exists(other => Contains(other, item, top: false)));

        // An array contains a scalar that is one of its elements, at the top only.
        if (top && whole.Kind == JsonKind.Array && part.Kind is not (JsonKind.Object or JsonKind.Array)) return whole.Items.Exists(item => Contains(item, part, top: false));
        if (whole.Kind != part.Kind) return false;
        return whole.Kind switch
        {
            JsonKind.Object => part.Sorted().TrueForAll(member => whole.Member(member.Key) is { } other && Contains(other, member.Value, top: false)),
            JsonKind.String => whole.Text == part.Text,
            JsonKind.Number => SameNumber(whole.Text, part.Text),
            _ => true,
        };
    }

    private static bool SameNumber(string a, string b)
    {
        var (x, y) = (PgNumbers.Decompose(a), PgNumbers.Decompose(b));
        return x.Digits == y.Digits && x.Exponent == y.Exponent && (x.Negative == y.Negative || x.Digits == "0");
    }

    private static void AddBuilding(FunctionSet set)
    {
        set.Add("shale_json_of_number", 1, values => SqlValue.Text(values[0].IsNull ? "null" : NumberOrText(PgCasts.ToText(values[0], SqlType.Unknown))));
        set.Add("shale_json_of_bool", 1, values => SqlValue.Text(values[0].IsNull ? "null" : values[0].AsInteger() != 0 ? "true" : "false"));
        set.Add("shale_json_of_json", 1, values => SqlValue.Text(values[0].IsNull ? "null" : values[0].AsText()));
        set.Add("shale_json_of_text", 1, values => SqlValue.Text(values[0].IsNull ? "null" : Quoted(values[0].AsText())));
        set.Add("shale_json_of_timestamp", 1, values => SqlValue.Text(values[0].IsNull ? "null" : Quoted(IsoTime(values[0].AsText()))));
        set.Add("shale_json_build_object", -1, BuildObject);
        set.Add("shale_json_build_array", -1, BuildArray);
    }

    private static string NumberOrText(string number) => number.EndsWith("Infinity", StringComparison.Ordinal) ? Quoted(number) : number;

    private static string IsoTime(string text) => PgDates.IsInfinite(text) ? text
        : text.Replace(' ', 'T') + (text.EndsWith("+00", StringComparison.Ordinal) ? ":00" : "");

    /// <summary>A text in JSON's quotes.</summary>
    public static string Quoted(string text)
    {
        var builder = new StringBuilder();
        PgJson.Quote(builder, text);
        return builder.ToString();
    }

    private static SqlValue BuildObject(ReadOnlySpan<SqlValue> values)
    {
        if (values.Length % 2 != 0) throw SqlErrors.Data("argument list must have even number of elements", "22023");
        var builder = new StringBuilder("{");
        for (var i = 0; i < values.Length; i += 2)
        {
            if (values[i].IsNull) throw SqlErrors.Data($"argument {i + 1} cannot be null", "22023", "Object keys should be text.");
            if (i > 0) builder.Append(", ");
            PgJson.Quote(builder, values[i].AsText());
            builder.Append(" : ").Append(values[i + 1].AsText());
        }

        return SqlValue.Text(builder.Append('}').ToString());
    }

    private static SqlValue BuildArray(ReadOnlySpan<SqlValue> values)
    {
        var builder = new StringBuilder("[");
        for (var i = 0; i < values.Length; i++) builder.Append(i > 0 ? ", " : "").Append(values[i].AsText());
        return SqlValue.Text(builder.Append(']').ToString());
    }

    private static string Pretty(PgJson json)
    {
        var builder = new StringBuilder();
        Pretty(builder, json, 0);
        return builder.ToString();
    }

    private static void Pretty(StringBuilder builder, PgJson json, int depth)
    {
        if (json.Kind is not (JsonKind.Array or JsonKind.Object))
        {
            builder.Append(json.ToJsonb());
            return;
        }

        var isArray = json.Kind == JsonKind.Array;
        var members = isArray ? [.. json.Items.Select(item => ("", item))] : json.Sorted();
        builder.Append(isArray ? '[' : '{');
        for (var i = 0; i < members.Count; i++)
        {
            builder.Append(i > 0 ? ",\n" : "\n").Append(' ', 4 * (depth + 1));
            if (!isArray)
            {
                PgJson.Quote(builder, members[i].Item1);
                builder.Append(": ");
            }

            Pretty(builder, members[i].Item2, depth + 1);
        }

        builder.Append('\n').Append(' ', 4 * depth).Append(isArray ? ']' : '}');
    }
}
