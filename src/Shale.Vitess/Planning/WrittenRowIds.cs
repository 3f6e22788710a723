using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// SQLite's rowid in writes: another name of the INTEGER PRIMARY KEY; in a table without one the number of a row on its shard, by which a write may name rows where that shard has the whole table: over
/// several shards two rows would have one number (SEMANTICS S2.6).
/// </summary>
internal static class WrittenRowIds
{
    /// <summary>The statement; where its target has an INTEGER PRIMARY KEY, the columns that it inserts and sets are named by that.</summary>
    /// <param name="write">INSERT or UPDATE, of dialect sqlite.</param>
    /// <param name="schema">Its target.</param>
    public static Statement NameKey(Statement write, TableSchema schema)
    {
        if (schema.RowIdColumn is not { } key) return write;
        bool IsKey(Identifier column) => IsName(column) && schema.Column(column.Name) is null;
        NodeList<Identifier> Named(NodeList<Identifier> columns) => columns.Select(column => IsKey(column) ? column with { Name = key.Name, Quoted = true } : column).ToNodeList();
        if (write is InsertStatement insert && insert.Columns.Any(IsKey)) write = insert with { Columns = Named(insert.Columns) };
        return SqlTree.Rewrite(write, node => node is SetClause set && set.Columns.Any(IsKey) ? set with { Columns = Named(set.Columns) } : null);
    }

    /// <summary>The column that a write of a dialect gives a value, the rowid included. Errors: NOT_FOUND (42703) if there is none; QUERY_ERROR (0A000) for a rowid that is not one number.</summary>
    public static ColumnSchema Column(TablePlace place, Identifier name, SqlDialect session)
    {
        if (place.Schema.Column(name.Name) is { } column) return column;
        if (session == SqlDialect.Postgres || place.Schema.WithoutRowId || !IsName(name)) throw place.NoColumn(name);
        if (IsSpread(place)) throw NotOne(place);

        // What its rowid is on the shard is the translation's matter: an integer key, or nothing that the table knows.
        if (place.Table.Dialect != SqlDialect.Sqlite)
        {
            throw new VitessException(ErrorCodes.QueryError, $"table \"{place.Table.Name}\" was made in dialect postgres: its rowid cannot be given", sqlState: "0A000", hint: "Give its columns.");
        }

        return new ColumnSchema(name.Name, new SqlType(SqlTypeKind.Int8), "INTEGER");
    }

    /// <summary>QUERY_ERROR (0A000) where a write sets or names a rowid of its target that is not one number.</summary>
    /// <param name="write">The statement.</param>
    /// <param name="binding">Its names.</param>
    /// <param name="place">Where its target lives.</param>
    public static void Refuse(Statement write, Binding binding, TablePlace place)
    {
        foreach (var column in SqlTree.All<SetClause>(write).SelectMany(set => set.Columns)) Column(place, column, SqlDialect.Sqlite);
        if (!IsSpread(place)) return;
        var target = binding.BlockOf(write).Relations[0];
        if (SqlTree.Any(write, node => node is ColumnRef column && binding.IsRowId(column, out var relation) && ReferenceEquals(relation, target))) throw NotOne(place);
    }

    /// <summary>The error for a rowid of a table that is on several shards.</summary>
    public static VitessException NotOne(TablePlace place) => new(ErrorCodes.QueryError, $"the rowid of table \"{place.Table.Name}\" is not one number over several shards", sqlState: "0A000",
        hint: "Name the primary key instead.");

    private static bool IsSpread(TablePlace place) => (place.IsSharded || place.IsReference) && place.Keyspace.Shards.Length > 1;

    private static bool IsName(Identifier name) => name.Name.ToLowerInvariant() is "rowid" or "oid" or "_rowid_";
}
