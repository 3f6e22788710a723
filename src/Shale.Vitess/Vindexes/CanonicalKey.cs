using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The canonical form of a value as a part of a sharding key (SEMANTICS S2.1): whatever the engine's comparison holds equal has one form.
/// The other direction is not needed: two forms may fall together where the engine tells values apart, they only share a shard then.
/// </summary>
public static class CanonicalKey
{
    /// <summary>Converts a value that is compared with a column, as the engine's comparison does; never rounds.</summary>
    /// <param name="value">The value.</param>
    /// <param name="columnType">The column's type.</param>
    /// <param name="dialect">The session's dialect.</param>
    /// <param name="canonical">Integer, boolean, text, blob or (sqlite only) a float that is no integer.</param>
    /// <returns>False when the value can equal no key: NULL, or what the engine itself refuses or finds nowhere.</returns>
    /// <exception cref="VitessException">TYPE_ERROR (22007) for dates that are none; QUERY_ERROR (0A000) where the engine's conversion is not known exactly.</exception>
    public static bool TryConvert(SqlValue value, SqlType columnType, SqlDialect dialect, out SqlValue canonical) =>
        new KeyColumn(columnType, SqliteConversion.Of(columnType), dialect).TryConvert(value, out canonical);

    /// <summary>As <see cref="TryConvert(SqlValue, SqlType, SqlDialect, out SqlValue)"/>; in dialect sqlite by the declared type's affinity.</summary>
    public static bool TryConvert(SqlValue value, ColumnSchema column, SqlDialect dialect, out SqlValue canonical) =>
        KeyColumn.Of(column, dialect).TryConvert(value, out canonical);

    /// <summary>Converts the value of a new row as the engine's assignment does: PostgreSQL rounds to the column's type.</summary>
    /// <returns>False when the engine refuses the value, and for NULL.</returns>
    public static bool TryAssign(SqlValue value, ColumnSchema column, SqlDialect dialect, out SqlValue canonical) =>
        KeyColumn.Of(column, dialect).TryAssign(value, out canonical);

    /// <summary>Whether a column can be part of a sharding key.</summary>
    /// <param name="column">The column.</param>
    /// <param name="dialect">The dialect of the table's DDL.</param>
    /// <param name="why">What stands against it, as the end of a sentence about the column; empty if nothing does.</param>
    public static bool CanShard(ColumnSchema column, SqlDialect dialect, out string why)
    {
        why = Objection(column, dialect) ?? "";
        return why.Length == 0;
    }

    private static string? Objection(ColumnSchema column, SqlDialect dialect)
    {
        if (column.Generated) return "is generated";
        if (column.Type.IsArray) return "is an array";
        if (column.Type.Kind != SqlTypeKind.Interval && column.Collation is { } collation && !IsDeterministic(collation)) return $"has the collation {collation}, under which different texts are equal";
        if (dialect == SqlDialect.Sqlite)
        {
            if (column.DeclaredType.Length == 0 || column.DeclaredType.Equals("ANY", StringComparison.OrdinalIgnoreCase)) return "has no type";
            if (SqliteAffinity.Of(column.DeclaredType) == Affinity.Real) return "is a float: floats have no canonical form";
        }

        return column.Type.Kind switch
        {
            SqlTypeKind.Float4 or SqlTypeKind.Float8 => "is a float: floats have no canonical form",
            SqlTypeKind.Unknown when dialect == SqlDialect.Postgres => "has a type that Shale does not know",
            SqlTypeKind.Json or SqlTypeKind.Jsonb or SqlTypeKind.Interval or SqlTypeKind.TimeTz or SqlTypeKind.Record =>
                $"has the type {column.Type.Name}, which has no canonical form",
            _ => null,
        };
    }

    private static bool IsDeterministic(string collation) =>
        collation == NumericOrder.Collation || collation.ToUpperInvariant() is "BINARY" or "C" or "POSIX" or "C.UTF-8" or "C.UTF8" or "UCS_BASIC" or "DEFAULT";
}
