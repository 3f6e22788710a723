using System.Collections.Frozen;
using System.Linq.Expressions;
using System.Reflection;

namespace Shale;

/// <summary>Builds the expression that reads a value as some type.</summary>
internal static class ValueExpressions
{
    private static readonly FrozenDictionary<Type, MethodInfo> Readers = typeof(ValueConversions)
        .GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(method => !method.IsGenericMethod)
        .ToFrozenDictionary(method => method.ReturnType);

    /// <summary>An expression of the type, or null if it is no type of a value.</summary>
    public static Expression? TryRead(Type type, Expression value, Expression column)
    {
        if (Readers.TryGetValue(type, out var reader)) return Expression.Call(reader, value, column);
        if (Nullable.GetUnderlyingType(type) is { } underlying) return TryReadNullable(type, underlying, value, column);
        if (!type.IsEnum) return null;
        var method = typeof(ValueConversions).GetMethod(nameof(ValueConversions.ToEnum))!.MakeGenericMethod(type);
        return Expression.Call(method, value, column);
    }

    private static ConditionalExpression? TryReadNullable(Type type, Type underlying, Expression value, Expression column) =>
        TryRead(underlying, value, column) is { } inner
            ? Expression.Condition(
                Expression.Property(value, nameof(SqlValue.IsNull)), Expression.Constant(null, type), Expression.Convert(inner, type))
            : null;
}
