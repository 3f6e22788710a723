using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Shale;

/// <summary>
/// Makes a <typeparamref name="T"/> of each row: a value of the one column, a tuple by place, else a record by its constructor and a class
/// by its properties, names whatever their case and underscores. The mapper of a shape of rows is compiled once.
/// </summary>
public static class RowMapper<T>
{
    private const int MaxShapes = 256;
    private static readonly ConcurrentDictionary<string, Func<SqlValue[], T>> Cache = new(StringComparer.Ordinal);

    /// <summary>All rows. Thread-safe. Errors: TYPE_ERROR for a value that does not fit, QUERY_ERROR for a shape that does not.</summary>
    public static IReadOnlyList<T> Map(RowSet rows)
    {
        var mapped = new T[rows.RowCount];
        if (mapped.Length == 0) return mapped;
        if (typeof(T) == typeof(Row))
        {
            var names = new RowNames(rows.Fields);
            for (var i = 0; i < mapped.Length; i++) mapped[i] = (T)(object)new Row(rows, i, names);
            return mapped;
        }
        var map = For(rows.Fields);
        var buffer = new SqlValue[rows.Fields.Count];
        for (var i = 0; i < mapped.Length; i++)
        {
            rows[i].CopyTo(buffer);
            mapped[i] = map(buffer);
        }
        return mapped;
    }

    private static Func<SqlValue[], T> For(IReadOnlyList<Field> fields)
    {
        var key = string.Join('\n', fields.Select(field => field.Name));
        if (Cache.TryGetValue(key, out var map)) return map;

        // A program that makes up column names without end must not fill the memory.
        if (Cache.Count >= MaxShapes) Cache.Clear();
        return Cache[key] = Compile(fields);
    }

    private static Func<SqlValue[], T> Compile(IReadOnlyList<Field> fields)
    {
        var row = Expression.Parameter(typeof(SqlValue[]), "row");
        Expression body;
        if (ScalarReader<T>.IsScalar) body = Scalar(fields, row);
        else if (typeof(ITuple).IsAssignableFrom(typeof(T))) body = Tuple(fields, row);
        else body = Members(fields, row);
        return Expression.Lambda<Func<SqlValue[], T>>(body, row).Compile();
    }

    private static Expression Scalar(IReadOnlyList<Field> fields, ParameterExpression row) => fields.Count == 1
        ? Read(typeof(T), fields, row, 0)!
        : throw Shape($"a {typeof(T).Name} is made of one column; the result has {fields.Count}");

    private static NewExpression Tuple(IReadOnlyList<Field> fields, ParameterExpression row)
    {
        var constructor = typeof(T).GetConstructors().MaxBy(candidate => candidate.GetParameters().Length);
        var parameters = constructor?.GetParameters() ?? [];
        if (constructor is null || parameters.Length != fields.Count || parameters.Length > 7)
            throw Shape($"a tuple of {parameters.Length} is made of as many columns, at most 7; the result has {fields.Count}");
        return Expression.New(constructor, parameters.Select((parameter, i) => Read(parameter.ParameterType, fields, row, i)
            ?? throw Shape($"a column cannot be read as {parameter.ParameterType.Name}")));
    }

    private static Expression Members(IReadOnlyList<Field> fields, ParameterExpression row)
    {
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < fields.Count; i++) byName[Plain(fields[i].Name)] = i;
        var created = Create(fields, row, byName);
        var bindings = new List<MemberBinding>();
        foreach (var property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!property.CanWrite || property.GetIndexParameters().Length > 0 || !byName.TryGetValue(Plain(property.Name), out var ordinal)) continue;
            if (Read(property.PropertyType, fields, row, ordinal) is { } value) bindings.Add(Expression.Bind(property, value));
            else throw Shape($"column \"{fields[ordinal].Name}\" cannot be read as {property.PropertyType.Name}, the type of {property.Name}");
        }
        return bindings.Count == 0 ? created : Expression.MemberInit(created, bindings);
    }

    // The constructor without parameters if there is one, else the longest; what it takes by name is removed from what is left to set.
    private static NewExpression Create(IReadOnlyList<Field> fields, ParameterExpression row, Dictionary<string, int> byName)
    {
        var constructors = typeof(T).GetConstructors();
        if (typeof(T).IsAbstract) throw Shape($"{typeof(T).Name} is abstract");
        if (constructors.Length == 0 && typeof(T).IsValueType) return Expression.New(typeof(T));
        var constructor = constructors.FirstOrDefault(candidate => candidate.GetParameters().Length == 0)
            ?? constructors.MaxBy(candidate => candidate.GetParameters().Length)
            ?? throw Shape($"{typeof(T).Name} has no public constructor");
        var arguments = new List<Expression>();
        foreach (var parameter in constructor.GetParameters())
        {
            if (byName.Remove(Plain(parameter.Name!), out var ordinal))
            {
                arguments.Add(Read(parameter.ParameterType, fields, row, ordinal)
                    ?? throw Shape($"column \"{fields[ordinal].Name}\" cannot be read as {parameter.ParameterType.Name}"));
            }
            else if (parameter.HasDefaultValue)
            {
                arguments.Add(parameter.DefaultValue is null
                    ? Expression.Default(parameter.ParameterType)
                    : Expression.Constant(parameter.DefaultValue, parameter.ParameterType));
            }
            else
            {
                throw Shape($"the result has no column for \"{parameter.Name}\" of {typeof(T).Name}");
            }
        }
        return Expression.New(constructor, arguments);
    }

    private static Expression? Read(Type type, IReadOnlyList<Field> fields, ParameterExpression row, int ordinal) => ValueExpressions.TryRead(
        type, Expression.ArrayIndex(row, Expression.Constant(ordinal)), Expression.Constant(fields[ordinal].Name));

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    private static VitessException Shape(string message) => new(ErrorCodes.QueryError, message, sqlState: "42804",
        hint: "Name the columns as the properties are, or select fewer.");
}
