using System.Text;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>Arrays: texts as PostgreSQL writes them. Elements come and go as texts too, but where a function is told their type.</summary>
internal static class PostgresArrays
{
    public static void AddTo(FunctionSet set)
    {
        set.Add("shale_array_of", -1, values => Made([.. Texts(values)]));
        set.Strict("shale_array_cast", 3, values => PgCasts.Convert(values[0], From(values[1].AsText()), Type(values[2].AsText()) with { IsArray = true }, isExplicit: true));
        set.Strict("shale_array_get", 3, values => Get(values[0], values[1].AsInteger(), Type(values[2].AsText())));
        set.Add("shale_array_slice", 3, Slice);
        set.Strict("shale_array_key", (array, type) => SqlValue.Text(Key(Items(array), Type(type.AsText()))));
        AddSizes(set);
        AddChanges(set);
        AddSearches(set);
        AddTexts(set);
    }

    private static void AddSizes(FunctionSet set)
    {
        set.Strict("shale_array_length", (array, dimension) => Bound(array, dimension, Items(array).Count));
        set.Strict("shale_array_lower", (array, dimension) => Bound(array, dimension, 1));
        set.Strict("shale_array_ndims", array => Items(array).Count == 0 ? SqlValue.Null : SqlValue.Integer(1));
        set.Strict("shale_array_dims", array => Items(array).Count == 0 ? SqlValue.Null : SqlValue.Text($"[1:{Items(array).Count}]"));
        set.Strict("shale_cardinality", array => SqlValue.Integer(Items(array).Count));
    }

    private static void AddChanges(FunctionSet set)
    {
        set.Add("shale_array_append", 2, values => Made([.. ItemsOrNone(values[0]), Text(values[1])]));
        set.Add("shale_array_prepend", 2, values => Made([Text(values[0]), .. ItemsOrNone(values[1])]));
        set.Add("shale_array_cat", 2, values => values[0].IsNull ? values[1] : values[1].IsNull ? values[0] : Made([.. Items(values[0]), .. Items(values[1])]));
        set.Add("shale_array_remove", 2, values => values[0].IsNull ? SqlValue.Null : Removed(values[0], Text(values[1])));
        set.Add("shale_array_replace", 3, values => values[0].IsNull ? SqlValue.Null : Replaced(values[0], Text(values[1]), Text(values[2])));
        set.Strict("shale_trim_array", (array, count) => Trimmed(array, count.AsInteger()));
    }

    private static void AddSearches(FunctionSet set)
    {
        set.Add("shale_array_position", 2, values => values[0].IsNull ? SqlValue.Null : Position(Items(values[0]), Text(values[1])));
        set.Add("shale_array_positions", 2, values => values[0].IsNull ? SqlValue.Null : Positions(Items(values[0]), Text(values[1])));
        set.Strict("shale_array_contains", (whole, part) => SqlValue.Boolean(Contains(Items(whole), Items(part))));
        set.Strict("shale_array_overlaps", (a, b) => SqlValue.Boolean(Items(a).Exists(item => item is not null && Items(b).Contains(item))));
    }

    private static void AddTexts(FunctionSet set)
    {
        set.Strict("shale_array_to_string", (array, separator) => SqlValue.Text(string.Join(separator.AsText(), Items(array).Where(item => item is not null))));
        set.Add("shale_array_to_string", 3, values => values[0].IsNull || values[1].IsNull ? SqlValue.Null : Joined(values[0], values[1].AsText(), Text(values[2])));
        set.Add("shale_string_to_array", 2, values => Split(values[0], values[1], null));
        set.Add("shale_string_to_array", 3, values => Split(values[0], values[1], Text(values[2])));
        set.Strict("shale_json_of_array", (array, type) => SqlValue.Text(Json(Items(array), Type(type.AsText()))));
    }

    private static SqlType Type(string name) => new(Enum.Parse<SqlTypeKind>(name, ignoreCase: true));

    // "text" is a text that spells an array; an array type's name an array of those.
    private static SqlType From(string name) => name.EndsWith("[]", StringComparison.Ordinal) ? Type(name[..^2]) with { IsArray = true } : SqlType.Unknown;

    private static List<string?> Items(SqlValue array) => PgArrays.Parse(array.AsText());

    private static List<string?> ItemsOrNone(SqlValue array) => array.IsNull ? [] : Items(array);

    private static SqlValue Made(List<string?> items) => SqlValue.Text(PgArrays.Format(items));

    private static string? Text(SqlValue value) => value.IsNull ? null : value.AsText();

    private static List<string?> Texts(ReadOnlySpan<SqlValue> values)
    {
        var texts = new List<string?>(values.Length);
        foreach (ref readonly var value in values) texts.Add(Text(value));
        return texts;
    }

    private static SqlValue Get(SqlValue array, long index, SqlType element) =>
        Items(array) is var items && index >= 1 && index <= items.Count ? PgArrays.Item(items[(int)index - 1], element) : SqlValue.Null;

    private static SqlValue Slice(ReadOnlySpan<SqlValue> values)
    {
        if (values[0].IsNull || values[1].IsNull || values[2].IsNull) return SqlValue.Null;
        var items = Items(values[0]);
        var from = Math.Max(1, values[1].AsInteger());
        var to = Math.Min(items.Count, values[2].AsInteger());
        return Made(from > to ? [] : items.GetRange((int)from - 1, (int)(to - from + 1)));
    }

    private static SqlValue Bound(SqlValue array, SqlValue dimension, int value) =>
        dimension.AsInteger() == 1 && Items(array).Count > 0 ? SqlValue.Integer(value) : SqlValue.Null;

    private static SqlValue Removed(SqlValue array, string? item) => Made([.. Items(array).Where(each => each != item)]);

    private static SqlValue Replaced(SqlValue array, string? item, string? with) => Made([.. Items(array).Select(each => each == item ? with : each)]);

    private static SqlValue Trimmed(SqlValue array, long count)
    {
        var items = Items(array);
        if (count < 0 || count > items.Count) throw SqlErrors.Data($"number of elements to trim must be between 0 and {items.Count}", "2202E");
        return Made(items.GetRange(0, items.Count - (int)count));
    }

    private static SqlValue Position(List<string?> items, string? item) => items.IndexOf(item) is >= 0 and var index ? SqlValue.Integer(index + 1) : SqlValue.Null;

    private static SqlValue Positions(List<string?> items, string? item) =>
        Made([.. Enumerable.Range(0, items.Count).Where(i => items[i] == item).Select(i => (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))]);

    private static bool Contains(List<string?> whole, List<string?> part) => part.TrueForAll(item => item is not null && whole.Contains(item));

    private static SqlValue Joined(SqlValue array, string separator, string? forNull) =>
        SqlValue.Text(string.Join(separator, Items(array).Where(item => item is not null || forNull is not null).Select(item => item ?? forNull)));

    private static SqlValue Split(SqlValue text, SqlValue separator, string? forNull)
    {
        if (text.IsNull) return SqlValue.Null;
        var whole = text.AsText();
        IEnumerable<string> parts = whole.Length == 0 ? [] : separator.IsNull ? whole.EnumerateRunes().Select(rune => rune.ToString())
            : separator.AsText().Length == 0 ? [whole] : whole.Split(separator.AsText());
        return Made([.. parts.Select(part => part == forNull ? null : part)]);
    }

    private static string Json(List<string?> items, SqlType element)
    {
        var builder = new StringBuilder("[");
        foreach (var item in items)
        {
            if (builder.Length > 1) builder.Append(',');
            if (item is null) builder.Append("null");
            else if (element.Kind == SqlTypeKind.Bool) builder.Append(item == "t" ? "true" : "false");
            else if (TypeRules.IsNumeric(element.Kind) || element.Kind is SqlTypeKind.Json or SqlTypeKind.Jsonb) builder.Append(item);
            else if (element.Kind is SqlTypeKind.Timestamp) PgJson.Quote(builder, item.Replace(' ', 'T'));
            else PgJson.Quote(builder, item);
        }

        return builder.Append(']').ToString();
    }

    // A text that sorts as the array does: element by element, NULL behind every value, a shorter array before what goes on.
    private static string Key(List<string?> items, SqlType element)
    {
        var key = new StringBuilder();
        foreach (var item in items)
        {
            if (item is null)
            {
                key.Append('\u0003');
                continue;
            }

            key.Append('\u0002');
            if (element.Kind == SqlTypeKind.Numeric) key.Append(Convert.ToHexStringLower(NumericOrder.Key(PgDecimal.Parse(item))));
            else if (TypeRules.IsNumeric(element.Kind)) key.Append(NumberKey(PgArrays.Item(item, element)));
            else foreach (var unit in item) _ = unit <= '\u0002' ? key.Append('\u0002').Append((char)(unit + 1)) : key.Append(unit);
            key.Append('\u0001');
        }

        return key.Append('\u0001').ToString();
    }

    private static string NumberKey(SqlValue value)
    {
        if (value.Kind == SqlValueKind.Integer) return ((ulong)value.AsInteger() ^ (1UL << 63)).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
        var bits = BitConverter.DoubleToInt64Bits(value.AsReal() + 0.0);
        var ordered = bits < 0 ? ~(ulong)bits : (ulong)bits | (1UL << 63);
        return ordered.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }
}
