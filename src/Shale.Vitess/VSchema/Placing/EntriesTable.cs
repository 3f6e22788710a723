using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The table that holds the entries of a lookup vindex: an ordinary sharded table of the keyspace with the looked-up columns under their own names and types, and
/// <see cref="VLookup.KeyspaceIdColumn"/>, sharded by the looked-up columns. Pure functions.
/// </summary>
internal static class EntriesTable
{
    /// <summary>The table as Shale makes it.</summary>
    /// <param name="owner">The owner, its columns known.</param>
    /// <param name="lookup">The lookup vindex.</param>
    /// <param name="vindex">What shards it.</param>
    public static VTable Define(VTable owner, VLookup lookup, string vindex)
    {
        var sql = Sql(owner, lookup);
        var table = new VTable(lookup.Table, VTableKind.Sharded, lookup.Columns, vindex, null, null, sql, owner.Dialect, []) { ExactNumerics = owner.ExactNumerics };
        return table with { Schema = TableRestorer.Restore(table) };
    }

    /// <summary>What an existing table lacks to hold the entries, as the end of a sentence about it; null if nothing.</summary>
    public static string? Objection(VTable table, VTable owner, VLookup lookup)
    {
        if (!table.IsSharded || !table.ShardColumns.SequenceEqual(lookup.Columns, VSchemaNames.Comparer)) return $"is not sharded by ({string.Join(", ", lookup.Columns)})";
        if (table.Schema is not { } schema) return null;
        foreach (var name in lookup.Columns)
        {
            var wanted = owner.Schema!.Column(name)!;
            if (schema.Column(name) is not { } column) return $"has no column \"{name}\"";
            if ((column.Type != wanted.Type && !wanted.AutoNumber) || schema.Dialect != owner.Dialect || !ShardKey.AreComparable(column, wanted)) return $"has another type of \"{name}\" than \"{owner.Name}\"";
        }

        if (schema.Column(VLookup.KeyspaceIdColumn) is not { Type.Kind: SqlTypeKind.Bytea }) return $"has no column \"{VLookup.KeyspaceIdColumn}\" of bytes";
        var key = lookup.Unique ? lookup.Columns : lookup.Columns.Add(VLookup.KeyspaceIdColumn);
        if (!schema.Keys.Any(each => LookupRules.AreSame(each.Columns, key))) return $"has no PRIMARY KEY ({string.Join(", ", key)})";
        var more = schema.Columns.FirstOrDefault(column => !lookup.Columns.Contains(column.Name, VSchemaNames.Comparer) && !VSchemaNames.Comparer.Equals(column.Name, VLookup.KeyspaceIdColumn));
        return more is null ? null : $"has the column \"{more.Name}\", which no entry fills";
    }

    /// <summary>The same table after a looked-up column got another name.</summary>
    public static VTable WithRenamedColumn(VTable table, VTable owner, VLookup lookup, string column, string newName)
    {
        var renamed = table.WithRenamedColumn(column, newName) with { CreateSql = Sql(owner, lookup) };
        return renamed with { Schema = TableRestorer.Restore(renamed) };
    }

    // Without a rowid, an INTEGER of SQLite takes what the owner's column took: a rowid would refuse texts.
    private static string Sql(VTable owner, VLookup lookup)
    {
        var sql = new StringBuilder($"CREATE TABLE {Quote(lookup.Table)} (");
        foreach (var name in lookup.Columns) sql.Append(CultureInfo.InvariantCulture, $"{Quote(name)} {TypeOf(owner.Schema!.Column(name)!)} NOT NULL, ");
        var key = lookup.Unique ? lookup.Columns : lookup.Columns.Add(VLookup.KeyspaceIdColumn);
        var isSqlite = owner.Dialect == SqlDialect.Sqlite;
        sql.Append(CultureInfo.InvariantCulture, $"{VLookup.KeyspaceIdColumn} {(isSqlite ? "BLOB" : "BYTEA")} NOT NULL, PRIMARY KEY ({string.Join(", ", key.Select(Quote))}))");
        return sql.Append(isSqlite ? " WITHOUT ROWID" : "").ToString();
    }

    // SERIAL is a type of definitions only: the column itself has another.
    private static string TypeOf(ColumnSchema column) => column.AutoNumber && column.DeclaredType.Contains("serial", StringComparison.OrdinalIgnoreCase) ? column.Type.Name : column.DeclaredType;

    private static string Quote(string name) => ScratchTable.Quote(name);
}
