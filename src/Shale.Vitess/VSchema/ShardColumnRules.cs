using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Which columns a vindex can be computed from.</summary>
internal static class ShardColumnRules
{
    /// <summary>The column of that name; NOT_FOUND (42703) or INVALID_VSCHEMA if it cannot shard the table.</summary>
    public static ColumnSchema Require(TableSchema table, string name, VindexDefinition vindex)
    {
        var column = table.Column(name)
            ?? throw new VitessException(ErrorCodes.NotFound, $"sharding column \"{name}\" of table \"{table.Name}\" does not exist", sqlState: "42703");
        if (Objection(column, table.Dialect, vindex) is { } why)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"column \"{column.Name}\" of table \"{table.Name}\" cannot be a sharding column: it {why}",
                hint: "Shard by another column, or make it a reference table: WITH (reference = true).");
        }

        return column;
    }

    /// <summary>What stands against a column, as the end of a sentence; null if nothing does.</summary>
    public static string? Objection(ColumnSchema column, SqlDialect dialect, VindexDefinition vindex)
    {
        if (!CanonicalKey.CanShard(column, dialect, out var why)) return why;
        if (vindex.Type != "range") return null;
        var numbers = column.Type.Kind is SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8;
        if (!vindex.Params.ContainsKey("ranges")) return numbers ? null : "is not of an integer type, which a range vindex without ranges needs";
        var ordered = numbers || column.Type.Kind is SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Uuid or SqlTypeKind.Date
            or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Bytea;
        return ordered ? null : $"has the type {column.Type.Name}, which a range vindex does not order";
    }
}
