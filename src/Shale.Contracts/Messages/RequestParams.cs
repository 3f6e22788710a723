using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>The parameters of a statement: by position (a JSON array), or by name (a JSON object).</summary>
[JsonConverter(typeof(RequestParamsConverter))]
public sealed class RequestParams
{
    private RequestParams(IReadOnlyList<SqlValue> positional, IReadOnlyDictionary<string, SqlValue>? named)
    {
        Positional = positional;
        Named = named;
    }

    /// <summary>Values by position; empty if they go by name.</summary>
    public IReadOnlyList<SqlValue> Positional { get; }

    /// <summary>Values by name, names without their sign; null if they go by position.</summary>
    public IReadOnlyDictionary<string, SqlValue>? Named { get; }

    /// <summary>Values by position.</summary>
    public static RequestParams Of(IReadOnlyList<SqlValue> positional) => new(positional, null);

    /// <summary>Values by name, names without their sign.</summary>
    public static RequestParams Of(IReadOnlyDictionary<string, SqlValue> named) => new([], named);

    /// <summary>Values by position; null for none. Errors: TYPE_ERROR for a type that has no SQL value.</summary>
    public static RequestParams? From(IReadOnlyList<object?>? values)
    {
        if (values is null) return null;
        var converted = new SqlValue[values.Count];
        for (var i = 0; i < converted.Length; i++) converted[i] = SqlConvert.ToSqlValue(values[i]);
        return Of(converted);
    }

    /// <summary>Values by name, with or without their sign. Errors: TYPE_ERROR for a type that has no SQL value.</summary>
    public static RequestParams From(IReadOnlyDictionary<string, object?> values)
    {
        var converted = new Dictionary<string, SqlValue>(values.Count, StringComparer.Ordinal);
        foreach (var (name, value) in values) converted[Bare(name)] = SqlConvert.ToSqlValue(value);
        return Of(converted);
    }

    /// <summary>The name without its sign.</summary>
    internal static string Bare(string name) => name.Length > 1 && name[0] is ':' or '@' or '$' ? name[1..] : name;
}
