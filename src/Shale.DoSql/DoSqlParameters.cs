using System.Collections;
using System.Runtime.CompilerServices;

namespace Shale.DoSql;

/// <summary>
/// The values of a statement's parameters: by place (<c>["Alice", 42]</c>, an array) or by name (a dictionary, <see cref="Named"/>). .NET values are converted as
/// <see cref="SqlConvert.ToSqlValue"/> does; arrays of <see cref="SqlValue"/> are taken as they are, and must not be changed until the statement has run.
/// </summary>
[CollectionBuilder(typeof(DoSqlParameters), nameof(Of))]
public readonly struct DoSqlParameters : IEnumerable<object?>
{
    private readonly SqlValue[]? _values;
    private readonly Dictionary<string, SqlValue>? _named;

    private DoSqlParameters(SqlValue[] values) => _values = values;

    private DoSqlParameters(Dictionary<string, SqlValue> named) => _named = named;

    /// <summary>The values by name, without the sign in front; null if they are by place.</summary>
    internal IReadOnlyDictionary<string, SqlValue>? ByName => _named;

    /// <summary>The values by place.</summary>
    internal SqlValue[] ByPlace => _values ?? [];

    /// <summary>Values by place.</summary>
    public static DoSqlParameters Of(params ReadOnlySpan<object?> values)
    {
        if (values.Length == 0) return default;
        var converted = new SqlValue[values.Length];
        for (var i = 0; i < values.Length; i++) converted[i] = SqlConvert.ToSqlValue(values[i]);
        return new DoSqlParameters(converted);
    }

    /// <summary>Values by name; the sign in front of a name (<c>:</c>, <c>@</c>, <c>$</c>) may be left out.</summary>
    public static DoSqlParameters Named(params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var named = new Dictionary<string, SqlValue>(values.Length, StringComparer.Ordinal);
        foreach (var (name, value) in values) named[WithoutSign(name)] = SqlConvert.ToSqlValue(value);
        return new DoSqlParameters(named);
    }

    /// <summary>Values by place.</summary>
    public static implicit operator DoSqlParameters(SqlValue[] values) => new(values);

    /// <summary>Values by place.</summary>
    public static implicit operator DoSqlParameters(object?[] values) => Of(values);

    /// <summary>Values by name.</summary>
    public static implicit operator DoSqlParameters(Dictionary<string, object?> values)
    {
        var named = new Dictionary<string, SqlValue>(values.Count, StringComparer.Ordinal);
        foreach (var (name, value) in values) named[WithoutSign(name)] = SqlConvert.ToSqlValue(value);
        return new DoSqlParameters(named);
    }

    /// <summary>The values, by place or in no order.</summary>
    public IEnumerator<object?> GetEnumerator() => (_named?.Values ?? ByPlace.AsEnumerable()).Select(SqlConvert.ToObject).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string WithoutSign(string name) => name.Length > 0 && name[0] is ':' or '@' or '$' ? name[1..] : name;
}
