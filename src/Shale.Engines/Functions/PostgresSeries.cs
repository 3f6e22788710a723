using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>Set-returning functions as JSON arrays, which json_each makes rows of.</summary>
internal static class PostgresSeries
{
    private const int MaxItems = 10_000_000;

    public static void AddTo(FunctionSet set)
    {
        set.Strict("shale_generate_series_numeric", (a, b) => Numerics(PgNumeric.Read(a), PgNumeric.Read(b), PgDecimal.One));
        set.Strict("shale_generate_series_numeric", 3, values => Numerics(PgNumeric.Read(values[0]), PgNumeric.Read(values[1]), PgNumeric.Read(values[2])));
        set.Strict("shale_generate_series", (a, b) => Integers(a.AsInteger(), b.AsInteger(), 1));
        set.Strict("shale_generate_series", 3, values => Integers(values[0].AsInteger(), values[1].AsInteger(), values[2].AsInteger()));
        set.Strict("shale_generate_series_timestamp", 3, values => Times(values[0].AsText(), values[1].AsText(), PgInterval.Parse(values[2].AsText())));
        set.Strict("shale_array_json", (array, type) => ArrayJson(array.AsText(), type.AsText()));
        set.Strict("shale_json_array_elements", json => Elements(json.AsText(), item => PostgresJson.AsJson(item, json.AsText())));
        set.Strict("shale_jsonb_array_elements", json => Elements(json.AsText(), item => SqlValue.Text(item.ToJsonb())));
        set.Strict("shale_json_array_elements_text", json => Elements(json.AsText(), item => PostgresJson.AsText(item, json.AsText())));
        set.Strict("shale_json_object_keys", json => Texts(Object(json.AsText()).Sorted().Select(member => SqlValue.Text(member.Key))));
        set.Strict("shale_json_each", json => Pairs(json.AsText(), item => PostgresJson.AsJson(item, json.AsText())));
        set.Strict("shale_jsonb_each", json => Pairs(json.AsText(), item => SqlValue.Text(item.ToJsonb())));
        set.Strict("shale_json_each_text", json => Pairs(json.AsText(), item => PostgresJson.AsText(item, json.AsText())));
        set.Strict("shale_string_to_table", (text, delimiter) => Texts(text.AsText().Length == 0 ? [] : text.AsText().Split(delimiter.AsText()).Select(SqlValue.Text)));
    }

    private static SqlValue Numerics(PgDecimal start, PgDecimal stop, PgDecimal step)
    {
        foreach (var (value, name) in new[] { (start, "start value"), (stop, "stop value"), (step, "step size") })
            if (!value.IsFinite) throw SqlErrors.Data($"{name} cannot be {(value.IsNaN ? "NaN" : "infinity")}", "22023");
        if (step.Sign == 0) throw SqlErrors.Data("step size cannot equal zero", "22023");
        var items = new List<SqlValue>();
        for (var value = start; value.CompareTo(stop) * step.Sign <= 0; value += step)
        {
            Limit(items.Count);
            items.Add(PgNumeric.Value(value));
        }

        return Texts(items);
    }

    private static SqlValue Integers(Int128 start, Int128 stop, Int128 step)
    {
        if (step == 0) throw SqlErrors.Data("step size cannot equal zero", "22023");
        var items = new List<string>();
        for (var value = start; step > 0 ? value <= stop : value >= stop; value += step)
        {
            Limit(items.Count);
            items.Add(value.ToString(CultureInfo.InvariantCulture));
        }

        return SqlValue.Text("[" + string.Join(",", items) + "]");
    }

    private static SqlValue Times(string start, string stop, PgInterval step)
    {
        var sign = step.Key == 0 ? throw SqlErrors.Data("step size cannot equal zero", "22023") : step.Key > 0 ? 1 : -1;
        var end = PgDates.Read(stop);
        var hasZone = start.EndsWith("+00", StringComparison.Ordinal);
        var items = new List<SqlValue>();
        for (var value = PgDates.Read(start); value.CompareTo(end) * sign <= 0; value = PgDateMath.Add(value, step))
        {
            Limit(items.Count);
            items.Add(SqlValue.Text(hasZone ? PgDates.TimestampTz(value) : PgDates.Timestamp(value)));
        }

        return Texts(items);
    }

    private static SqlValue ArrayJson(string array, string type)
    {
        var element = new SqlType(Enum.Parse<SqlTypeKind>(type, ignoreCase: true));
        var isNumber = (TypeRules.IsNumeric(element.Kind) && element.Kind != SqlTypeKind.Numeric) || element.Kind is SqlTypeKind.Bool or SqlTypeKind.Oid;
        var values = PgArrays.Parse(array).Select(item => PgCasts.Convert(SqlValue.Text(item), SqlType.Unknown, element, isExplicit: false));
        if (!isNumber) return Texts(values);
        return SqlValue.Text("[" + string.Join(",", values.Select(value => value.IsNull ? "null" : Number(value))) + "]");
    }

    private static string Number(SqlValue value) => value.Kind == SqlValueKind.Real
        ? value.AsReal().ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().ContainsAny(".E") ? text : text + ".0"
        : value.AsInteger().ToString(CultureInfo.InvariantCulture);

    private static SqlValue Elements(string text, Func<PgJson, SqlValue> item) => Texts(PostgresJson.Array(text, "extract elements from a").Items.Select(item));

    private static PgJson Object(string text)
    {
        var json = PgJson.Parse(text);
        return json.Kind == JsonKind.Object ? json : throw SqlErrors.Data($"cannot call json_object_keys on {(json.Kind == JsonKind.Array ? "an array" : "a scalar")}", "22023");
    }

    private static SqlValue Pairs(string text, Func<PgJson, SqlValue> item)
    {
        var builder = new StringBuilder("{");
        foreach (var (key, value) in Object(text).Members)
        {
            if (builder.Length > 1) builder.Append(',');
            PgJson.Quote(builder, key);
            builder.Append(':');
            Append(builder, item(value));
        }

        return SqlValue.Text(builder.Append('}').ToString());
    }

    /// <summary>A JSON array of texts.</summary>
    public static SqlValue Texts(IEnumerable<SqlValue> items)
    {
        var builder = new StringBuilder("[");
        foreach (var item in items)
        {
            if (builder.Length > 1) builder.Append(',');
            Append(builder, item);
        }

        return SqlValue.Text(builder.Append(']').ToString());
    }

    private static void Append(StringBuilder builder, SqlValue value)
    {
        if (value.IsNull) builder.Append("null");
        else PgJson.Quote(builder, value.AsText());
    }

    private static void Limit(int count)
    {
        if (count >= MaxItems) throw new VitessException(ErrorCodes.ResourceExhausted, "a series of more than 10,000,000 items", sqlState: "54000");
    }
}
