using Shale.Sql;

namespace Shale.Server;

/// <summary>
/// The types in which a client sends values: those that it has declared, and where it has declared none those that the statement's text tells. What is written to a column of another type is first what was
/// declared, as in PostgreSQL: an int4 for a text column is a number, and eight bytes of an int8 for a float8 column are no float.
/// </summary>
internal static class DeclaredTypes
{
    /// <summary>The types of a statement's values.</summary>
    /// <param name="declared">Those that were declared; <see cref="SqlType.Unknown"/> for one that was not.</param>
    /// <param name="told">Those that the gate takes.</param>
    public static IReadOnlyList<SqlType> Of(IReadOnlyList<SqlType> declared, IReadOnlyList<SqlType> told)
    {
        if (declared.Count <= told.Count && !declared.Where((type, i) => Differ(type, told[i])).Any()) return told;
        var types = new SqlType[Math.Max(declared.Count, told.Count)];
        for (var i = 0; i < types.Length; i++)
        {
            if (i >= told.Count) types[i] = declared[i].Kind == SqlTypeKind.Unknown ? new SqlType(SqlTypeKind.Text) : declared[i];
            else types[i] = i < declared.Count && Differ(declared[i], told[i]) ? declared[i] : told[i];
        }

        return types;
    }

    /// <summary>A value as the gate takes it. Errors: TYPE_ERROR for one that is none of the declared type (22P02), or none of the other (22003).</summary>
    /// <param name="value">The value; a text also where it is of another type.</param>
    /// <param name="declared">The type that it is in.</param>
    /// <param name="told">The one that the gate takes.</param>
    public static SqlValue Take(SqlValue value, SqlType declared, SqlType told) =>
        Differ(declared, told) ? ParameterConversion.ForAssignment(ParameterConversion.Convert(value, declared, SqlDialect.Postgres), declared, told, SqlDialect.Postgres) : value;

    // A column's length and scale are of the same type.
    private static bool Differ(SqlType declared, SqlType told) => declared.Kind != SqlTypeKind.Unknown && (declared.Kind != told.Kind || declared.IsArray != told.IsArray);
}
