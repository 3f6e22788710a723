using System.Linq.Expressions;

namespace Shale;

/// <summary>Reads one value as a <typeparamref name="T"/>; the reader is made once for each type.</summary>
internal static class ScalarReader<T>
{
    private static readonly Func<SqlValue, string, T>? Reader = Compile();

    /// <summary>Whether the type is that of a value, not of a row.</summary>
    public static bool IsScalar => Reader is not null;

    /// <summary>The value. Errors: TYPE_ERROR.</summary>
    public static T Read(SqlValue value, string column) => Reader is null
        ? throw new VitessException(ErrorCodes.TypeError, $"a {typeof(T).Name} is no type of a value")
        : Reader(value, column);

    private static Func<SqlValue, string, T>? Compile()
    {
        var value = Expression.Parameter(typeof(SqlValue));
        var column = Expression.Parameter(typeof(string));
        return ValueExpressions.TryRead(typeof(T), value, column) is { } body
            ? Expression.Lambda<Func<SqlValue, string, T>>(body, value, column).Compile()
            : null;
    }
}
