using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What tells the rows of a table on one shard apart: its primary key, or the engine's own name for a row.</summary>
internal static class RowIdentity
{
    private static readonly string[] SqliteNames = ["rowid", "_rowid_", "oid"];

    /// <summary>Columns of the identity; null if the rows cannot be told apart.</summary>
    public static IReadOnlyList<string>? Of(TablePlace place, SqlDialect engine)
    {
        if (place.Schema.PrimaryKey.Count > 0) return place.Schema.PrimaryKey;

        // The copies of one row of a reference table may have other rowids on other shards.
        if (place.IsReference && place.Keyspace.Shards.Length > 1) return null;
        return OfEngine(place.Schema, engine) is { } name ? [name] : null;
    }

    /// <summary>The engine's own name for a row of one shard; null if it has none, or if columns of the table have taken it. It stays valid until the transaction ends.</summary>
    private static string? OfEngine(TableSchema schema, SqlDialect engine) => engine == SqlDialect.Sqlite && !schema.WithoutRowId
        ? SqliteNames.FirstOrDefault(name => !schema.Columns.Any(column => Names.Equal(column.Name, name, SqlDialect.Sqlite)))
        : null;
}
