using System.Collections.Immutable;
using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Where a new or changed table goes.</summary>
/// <param name="Table">The table.</param>
/// <param name="Keyspace">The keyspace with the table in it, and with the vindex and the sequence it needs.</param>
/// <param name="Notices">What the user should know.</param>
public sealed record PlacementResult(VTable Table, VKeyspace Keyspace, IReadOnlyList<string> Notices)
{
    /// <summary>Whether the table was pinned and is sharded now: its rows have to move.</summary>
    public bool RowsMove { get; init; }

    /// <summary>Tables of the entries of its lookup vindexes that the shards do not have yet.</summary>
    public ImmutableArray<VTable> Entries { get; init; } = [];

    /// <summary>Lookup vindexes that went with a column or a constraint.</summary>
    public ImmutableArray<VLookup> Dropped { get; init; } = [];
}

/// <summary>The rule of SEMANTICS S2.3: WITH (…), else the VSchema, else hash on the primary key, else the first shard. Pure functions.</summary>
public static class Placement
{
    /// <summary>Places a table that is being created.</summary>
    /// <param name="statement">The statement, for its WITH (…) and its identity columns.</param>
    /// <param name="schema">What the statement makes.</param>
    /// <param name="keyspace">The keyspace; it may describe the table already, without columns.</param>
    /// <param name="createSql">The statement as text, to be kept.</param>
    /// <param name="indexes">The indexes that are made with it, of which the schema knows.</param>
    /// <exception cref="VitessException">QUERY_ERROR 42P07 if the name is taken; 0A000 for keys and foreign keys that shards cannot watch over (S2.8);
    /// INVALID_VSCHEMA, NOT_FOUND for sharding columns and vindexes that do not do.</exception>
    public static PlacementResult For(CreateTableStatement statement, TableSchema schema, VKeyspace keyspace, string createSql, ImmutableArray<VIndex> indexes = default)
    {
        var described = keyspace.FindTable(schema.Name);
        if (described?.Schema is not null || (described is null && keyspace.HasRelation(schema.Name))) throw VSchemaEdits.Taken(schema.Name);
        var options = PlacementOptions.Of(statement, schema.Dialect);
        var notices = new List<string>();
        var blank = new VTable(schema.Name, VTableKind.Unsharded, [], null, described?.AutoIncrement, schema, createSql, schema.Dialect, indexes.IsDefault ? [] : indexes);
        var (table, vindex) = Place(blank, options, described, keyspace, notices);
        if (vindex is not null) keyspace = keyspace with { Vindexes = keyspace.Vindexes.SetItem(vindex.Name, vindex) };
        (table, keyspace) = Numbering.Apply(table, statement, keyspace);
        KeyRules.CheckDefinition(statement, table);
        var looked = LookupRules.ForNew(table, described?.Lookups ?? [], keyspace, notices);
        (table, keyspace) = (looked.Owner, looked.Keyspace);
        KeyRules.Check(table, keyspace);
        return new PlacementResult(table, keyspace with { Tables = keyspace.Tables.SetItem(table.Name, table) }, notices) { Entries = looked.Entries };
    }

    /// <summary>Checks a table whose columns or keys have been changed, and shards one that was pinned for lack of a key and has one now.</summary>
    /// <param name="table">The table before, or with its other members changed already.</param>
    /// <param name="schema">Its columns and keys now.</param>
    /// <param name="keyspace">The keyspace.</param>
    /// <exception cref="VitessException">As <see cref="For"/>; QUERY_ERROR (0A000) if a sharding column is gone or has another type.</exception>
    public static PlacementResult ForAltered(VTable table, TableSchema schema, VKeyspace keyspace)
    {
        var notices = new List<string>();
        var dropped = LookupRules.DroppedBy(table, schema);
        var changed = table with { Schema = schema, Lookups = table.Lookups.RemoveRange(dropped) };
        VindexDefinition? vindex = null;
        if (table.IsSharded) RequireSameColumns(table, schema);
        if (table is { Kind: VTableKind.Pinned, AwaitsKey: true }) (changed, vindex) = ByPrimaryKey(changed, VindexDefinition.Plain("hash"), keyspace, notices);
        if (vindex is not null) keyspace = keyspace with { Vindexes = keyspace.Vindexes.SetItem(vindex.Name, vindex) };

        // A column that is added may number itself.
        if (schema.Columns.Count > table.Schema!.Columns.Count) Numbering.RequireOne(changed);
        if (changed is { Dialect: SqlDialect.Postgres, AutoIncrement: null } && schema.Columns.Any(column => column.AutoNumber)) (changed, keyspace) = Numbering.Apply(changed, (CreateTableStatement)SqlParser.Parse(changed.CreateSql!, changed.Dialect), keyspace);
        keyspace = keyspace with { Tables = keyspace.Tables.SetItem(changed.Name, changed) };
        var rowsMove = changed.IsSharded && !table.IsSharded;
        if (rowsMove)
        {
            var moved = LookupRules.ForNew(changed, [], keyspace, notices);
            KeyRules.CheckAround(moved.Owner, moved.Keyspace);
            return new PlacementResult(moved.Owner, moved.Keyspace, notices) { RowsMove = true, Entries = moved.Entries };
        }

        if (schema.Keys.Any(key => !LookupRules.IsLocal(changed, key.Columns))) KeyRules.CheckDefinition((CreateTableStatement)SqlParser.Parse(changed.CreateSql!, changed.Dialect), changed);
        var looked = LookupRules.ForNewColumns(changed, table.Schema!, keyspace, notices);
        KeyRules.Check(looked.Owner, looked.Keyspace);
        return new PlacementResult(looked.Owner, looked.Keyspace, notices) { Entries = looked.Entries, Dropped = dropped };
    }

    /// <summary>Refuses a unique index that neither shards nor lookup vindexes of the table watch over (QUERY_ERROR 0A000, S2.8).</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The index's plain columns.</param>
    /// <param name="hasExpressions">Whether it has others.</param>
    public static void CheckUniqueIndex(VTable table, IReadOnlyList<string> columns, bool hasExpressions = false) => KeyRules.CheckUnique(table, columns, "UNIQUE", hasExpressions);

    /// <summary>The statement without what the engine must not see.</summary>
    public static CreateTableStatement WithoutOptions(CreateTableStatement statement) =>
        statement with { Options = statement.Options.Where(option => !PlacementOptions.IsOne(option)).ToNodeList() };

    private static (VTable Table, VindexDefinition? Vindex) Place(
        VTable blank, PlacementOptions options, VTable? described, VKeyspace keyspace, List<string> notices)
    {
        if (!keyspace.Sharded)
        {
            if (options.SaysAnything) notices.Add($"keyspace \"{keyspace.Name}\" is not sharded: shard_key, vindex and reference have no effect");
            return (blank, null);
        }

        if (options.Reference) return (blank with { Kind = VTableKind.Reference }, null);
        if (options.SaysAnything) return ByOptions(blank, options, described, keyspace, notices);
        if (described is not null) return AsDescribed(blank, described, keyspace);
        return ByPrimaryKey(blank, DefinitionOf("hash", keyspace), keyspace, notices);
    }

    private static (VTable Table, VindexDefinition? Vindex) ByOptions(
        VTable blank, PlacementOptions options, VTable? described, VKeyspace keyspace, List<string> notices)
    {
        var vindex = DefinitionOf(options.Vindex ?? described?.Vindex ?? "hash", keyspace);
        if (vindex.Type == "null") return (blank with { Kind = VTableKind.Pinned }, null);
        var columns = !options.ShardKey.IsEmpty ? options.ShardKey : described is { IsSharded: true } ? described.ShardColumns : [.. blank.Schema!.PrimaryKey];
        if (columns.IsEmpty)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"table \"{blank.Name}\" has no primary key to shard by",
                hint: "Name its sharding columns: WITH (shard_key = 'a').");
        }

        if (described is { IsSharded: true } && !described.ShardColumns.SequenceEqual(columns, VSchemaNames.Comparer))
        {
            notices.Add($"table \"{blank.Name}\" is sharded by ({string.Join(", ", columns)}) as its statement says, not by ({string.Join(", ", described.ShardColumns)}) as the VSchema said");
        }

        return (Shard(blank, columns, vindex, keyspace), vindex);
    }

    private static (VTable Table, VindexDefinition? Vindex) AsDescribed(VTable blank, VTable described, VKeyspace keyspace)
    {
        if (!described.IsSharded) return (blank with { Kind = described.Kind, AwaitsKey = described.AwaitsKey }, null);
        return (Shard(blank, described.ShardColumns, keyspace.Vindexes[described.Vindex!], keyspace), null);
    }

    private static (VTable Table, VindexDefinition? Vindex) ByPrimaryKey(VTable blank, VindexDefinition vindex, VKeyspace keyspace, List<string> notices)
    {
        var schema = blank.Schema!;
        vindex = keyspace.Vindexes.GetValueOrDefault(vindex.Name) ?? vindex;
        var pinned = blank with { Kind = VTableKind.Pinned, ShardColumns = [], Vindex = null, AwaitsKey = true };
        if (schema.PrimaryKey.Count == 0)
        {
            notices.Add(Pinned(schema.Name, keyspace, "it has no primary key"));
            return (pinned, null);
        }

        foreach (var name in schema.PrimaryKey)
        {
            if (schema.Column(name) is { } column && ShardColumnRules.Objection(column, schema.Dialect, keyspace.CreateVindex(vindex)) is { } why)
            {
                notices.Add(Pinned(schema.Name, keyspace, $"its primary key column \"{column.Name}\" {why}"));
                return (pinned, null);
            }
        }

        return (Shard(blank, [.. schema.PrimaryKey], vindex, keyspace), vindex);
    }

    private static VTable Shard(VTable blank, IEnumerable<string> columns, VindexDefinition definition, VKeyspace keyspace)
    {
        var vindex = keyspace.CreateVindex(definition);
        var names = columns.Select(column => ShardColumnRules.Require(blank.Schema!, column, vindex).Name).ToImmutableArray();
        if (names.Distinct(VSchemaNames.Comparer).Count() != names.Length) throw new VitessException(ErrorCodes.InvalidVSchema, $"table \"{blank.Name}\" names a sharding column twice");
        var most = vindex.MaxColumns;
        if (names.Length > most)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, string.Create(CultureInfo.InvariantCulture, $"vindex \"{vindex.Name}\" takes at most {most} columns"),
                hint: "Name fewer: WITH (shard_key = 'a').");
        }

        return blank with { Kind = VTableKind.Sharded, ShardColumns = names, Vindex = vindex.Name, AwaitsKey = false };
    }

    /// <summary>A vindex of the keyspace, or one without parameters that goes by the name of its type.</summary>
    private static VindexDefinition DefinitionOf(string name, VKeyspace keyspace) =>
        keyspace.Vindexes.GetValueOrDefault(name) ?? VindexDefinition.Plain(keyspace.Registry.Normalize(name));

    private static void RequireSameColumns(VTable table, TableSchema schema)
    {
        foreach (var name in table.ShardColumns)
        {
            var before = table.Schema?.Column(name);
            var after = schema.Column(name);
            if (after is not null && (before is null || (ShardKey.AreComparable(before, after) && before.Type == after.Type))) continue;
            throw new VitessException(ErrorCodes.QueryError, $"column \"{name}\" is the sharding key of table \"{table.Name}\" and cannot be dropped or get another type",
                sqlState: "0A000", hint: "Make a new table with the key you want, and copy the rows: INSERT INTO … SELECT.");
        }
    }

    private static string Pinned(string table, VKeyspace keyspace, string why) =>
        $"table \"{table}\" is kept whole on shard {keyspace.Shards[0]}: {why}; WITH (shard_key = '…') shards it";
}
