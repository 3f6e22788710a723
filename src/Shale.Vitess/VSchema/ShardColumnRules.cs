using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Which columns a vindex can be computed from.</summary>
internal static class ShardColumnRules
{
    /// <summary>The column of that name; NOT_FOUND (42703) or INVALID_VSCHEMA if it cannot shard the table.</summary>
    public static ColumnSchema Require(TableSchema table, string name, IVindex vindex)
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
    public static string? Objection(ColumnSchema column, SqlDialect dialect, IVindex vindex) =>
        CanonicalKey.CanShard(column, dialect, out var why) ? vindex.Objection(column) : why;
}
