using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What an ALTER VSCHEMA gives.</summary>
/// <param name="Schema">The new VSchema.</param>
/// <param name="MovedTable">A known table whose rows would have to live elsewhere now: it must be empty, or the statement is to be refused. Null for none.</param>
public sealed record VSchemaAlterationResult(VSchema Schema, VTable? MovedTable = null)
{
    /// <summary>Tables that are to hold the entries of the lookup vindexes of a table whose rows live elsewhere now.</summary>
    public ImmutableArray<VTable> Entries { get; init; } = [];
}

/// <summary>Applies Vitess' ALTER VSCHEMA statements. Nothing is checked against rows here.</summary>
public static class VSchemaAlteration
{
    /// <summary>Applies one statement.</summary>
    /// <param name="schema">The VSchema before.</param>
    /// <param name="defaultKeyspace">The keyspace of unqualified names.</param>
    /// <param name="statement">The statement.</param>
    /// <exception cref="VitessException">NOT_FOUND, INVALID_VSCHEMA, QUERY_ERROR with 42P07 or 0A000.</exception>
    public static VSchemaAlterationResult Apply(VSchema schema, string defaultKeyspace, AlterVSchemaStatement statement)
    {
        var keyspace = schema.Get((statement.Table?.Schema ?? statement.Vindex?.Schema)?.Name ?? defaultKeyspace);
        switch (statement.Action)
        {
            case "create vindex":
                return new(CreateVindex(schema, keyspace, statement));
            case "drop vindex definition":
                return new(schema.WithoutVindex(keyspace.Name, VindexName(statement)));
            case "add table":
                return new(AddTable(schema, keyspace, TableName(statement)));
            case "drop table":
                return new(DropTable(schema, keyspace, TableName(statement)));
            case "drop reference table":
                if (keyspace.GetTable(TableName(statement)).Kind == VTableKind.Reference) return new(DropTable(schema, keyspace, TableName(statement)));
                throw new VitessException(ErrorCodes.InvalidVSchema, $"table \"{TableName(statement)}\" is not a reference table");
            case "add reference table":
                return Replace(schema, keyspace, Known(keyspace, statement) with { Kind = VTableKind.Reference, ShardColumns = [], Vindex = null });
            case "add vindex":
                return AddVindex(schema, keyspace, statement);
            case "drop vindex":
                return DropVindex(schema, keyspace, statement);
            case "add sequence":
                if (keyspace.HasRelation(TableName(statement))) throw VSchemaEdits.Taken(TableName(statement));
                return new(schema.WithSequence(keyspace.Name, new VSequence(TableName(statement))));
            case "drop sequence":
                return new(schema.WithoutSequence(keyspace.Name, TableName(statement)));
            case "add auto_increment":
                return AddAutoIncrement(schema, keyspace, statement);
            case "drop auto_increment":
                return new(schema.WithTable(keyspace.Name, keyspace.GetTable(TableName(statement)) with { AutoIncrement = null }));
            default:
                throw new InvalidOperationException($"ALTER VSCHEMA {statement.Action} is unknown");
        }
    }

    private static VSchema CreateVindex(VSchema schema, VKeyspace keyspace, AlterVSchemaStatement statement)
    {
        var name = VindexName(statement);
        if (LookupTypes.IsOne(statement.VindexType ?? ""))
        {
            throw new VitessException(ErrorCodes.QueryError, $"lookup vindex \"{name}\" belongs to a table", sqlState: "0A000",
                hint: $"ALTER VSCHEMA ON t ADD VINDEX {name} (columns) USING {statement.VindexType}.");
        }

        if (keyspace.Vindexes.ContainsKey(name)) throw new VitessException(ErrorCodes.QueryError, $"vindex \"{name}\" already exists", sqlState: "42710", hint: "Choose another name.");
        return schema.WithVindex(keyspace.Name, Definition(keyspace, name, statement));
    }

    private static VSchema AddTable(VSchema schema, VKeyspace keyspace, string name)
    {
        if (keyspace.HasRelation(name)) throw VSchemaEdits.Taken(name);
        return schema.WithTable(keyspace.Name, Blank(name, keyspace));
    }

    private static VSchema DropTable(VSchema schema, VKeyspace keyspace, string name)
    {
        if (keyspace.GetTable(name).Schema is not null)
        {
            throw new VitessException(ErrorCodes.QueryError, $"table \"{name}\" exists on the shards", sqlState: "2BP01", hint: "Use DROP TABLE: it removes the table from the VSchema too.");
        }

        return schema.WithoutTable(keyspace.Name, name);
    }

    private static VSchemaAlterationResult AddVindex(VSchema schema, VKeyspace keyspace, AlterVSchemaStatement statement)
    {
        if (!keyspace.Sharded)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"keyspace \"{keyspace.Name}\" is not sharded: its tables have no vindexes");
        }

        var name = VindexName(statement);
        var table = Known(keyspace, statement);
        if (statement.VindexType is { } type && LookupTypes.IsOne(type)) return AddLookup(schema, keyspace, table, statement);
        if (table.IsSharded)
        {
            throw new VitessException(ErrorCodes.QueryError, $"table \"{table.Name}\" has a primary vindex; a further one can only be a lookup vindex", sqlState: "0A000",
                hint: "USING lookup or lookup_unique. To shard it by another vindex drop this one first: ALTER VSCHEMA ON … DROP VINDEX.");
        }

        var known = keyspace.Vindexes.GetValueOrDefault(name);
        if (known is null || statement.VindexType is not null)
        {
            var definition = Definition(keyspace, name, statement);
            if (known is not null && !known.IsSameFunction(definition))
            {
                throw new VitessException(ErrorCodes.QueryError, $"vindex \"{name}\" exists and is another one", sqlState: "42710", hint: "Leave USING away, or choose another name.");
            }

            schema = schema.WithVindex(keyspace.Name, definition);
            known = definition;
        }

        var columns = statement.Columns.Select(column => column.Name).ToImmutableArray();
        CheckColumns(table, keyspace.CreateVindex(known), columns);
        return Replace(schema, keyspace, known.Type == "null"
            ? table with { Kind = VTableKind.Pinned, ShardColumns = [], Vindex = null }
            : table with { Kind = VTableKind.Sharded, ShardColumns = columns, Vindex = known.Name });
    }

    /// <summary>A lookup vindex of a table that only the VSchema knows: CREATE TABLE makes its entries' table. Those of tables with columns are not made here.</summary>
    private static VSchemaAlterationResult AddLookup(VSchema schema, VKeyspace keyspace, VTable table, AlterVSchemaStatement statement)
    {
        var name = VindexName(statement);
        var unique = LookupTypes.IsUnique(statement.VindexType!);
        if (table.Schema is not null) throw new InvalidOperationException($"lookup vindex {name} of a table with columns is added by {nameof(LookupBuild)}");
        var columns = statement.Columns.Select(column => column.Name).ToImmutableArray();
        LookupNeed.CheckOptions(statement, table.Name, columns);
        if (!table.IsSharded)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"table \"{table.Name}\" has no primary vindex", hint: "Add that first: ALTER VSCHEMA ON … ADD VINDEX hash (…).");
        }

        if (LookupRules.IsTaken(name, keyspace, table)) throw new VitessException(ErrorCodes.QueryError, $"vindex \"{name}\" already exists", sqlState: "42710", hint: "Choose another name.");
        var entries = statement.Options.FirstOrDefault(option => option.Name == "table")?.Value ?? LookupRules.Free(name + "_lookup", keyspace.HasRelation);
        return new(schema.WithTable(keyspace.Name, table with { Lookups = table.Lookups.Add(new VLookup(name, columns, entries, unique)) }));
    }

    private static VSchemaAlterationResult DropVindex(VSchema schema, VKeyspace keyspace, AlterVSchemaStatement statement)
    {
        var table = keyspace.GetTable(TableName(statement));
        if (table.Vindex is null || !VSchemaNames.Comparer.Equals(table.Vindex, VindexName(statement)))
        {
            throw new VitessException(ErrorCodes.NotFound, $"table \"{table.Name}\" has no vindex \"{VindexName(statement)}\"", sqlState: "42704");
        }

        return Replace(schema, keyspace, table with { Kind = VTableKind.Pinned, ShardColumns = [], Vindex = null });
    }

    private static VSchemaAlterationResult AddAutoIncrement(VSchema schema, VKeyspace keyspace, AlterVSchemaStatement statement)
    {
        var table = keyspace.GetTable(TableName(statement));
        var column = statement.Columns[0].Name;
        if (table.Schema is { } columns && columns.Column(column) is null)
        {
            throw new VitessException(ErrorCodes.NotFound, $"column \"{column}\" of table \"{table.Name}\" does not exist", sqlState: "42703");
        }

        var target = statement.Vindex!;
        var owner = schema.Get(target.Schema?.Name ?? keyspace.Name);
        if (owner.FindSequence(target.Name.Name) is not { } sequence)
        {
            throw new VitessException(ErrorCodes.NotFound, $"sequence \"{target.Name.Name}\" not found in keyspace \"{owner.Name}\"", hint: "ALTER VSCHEMA ADD SEQUENCE makes one.");
        }

        var name = owner.Name == keyspace.Name ? sequence.Name : $"{owner.Name}.{sequence.Name}";
        return new(schema.WithTable(keyspace.Name, table with { AutoIncrement = new AutoIncrement(column, name) }));
    }

    private static void CheckColumns(VTable table, IVindex vindex, ImmutableArray<string> columns)
    {
        if (columns.Length == 0 || columns.Length > vindex.MaxColumns)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"vindex \"{vindex.Name}\" cannot be computed from {columns.Length} columns");
        }

        if (table.Schema is not { } schema) return;
        foreach (var column in columns) ShardColumnRules.Require(schema, column, vindex);
    }

    private static VSchemaAlterationResult Replace(VSchema schema, VKeyspace keyspace, VTable table)
    {
        var old = keyspace.FindTable(table.Name);
        var moved = old?.Schema is not null && (old.Kind != table.Kind || old.Vindex != table.Vindex || !old.ShardColumns.SequenceEqual(table.ShardColumns));
        if (old is { Lookups.IsEmpty: false } && (moved || old.Kind != table.Kind || old.Vindex != table.Vindex))
        {
            if (old.Lookups.FirstOrDefault(lookup => !LookupRules.IsOfKey(old, lookup)) is { } own) throw Lost(old, own);
            foreach (var lookup in old.Lookups) schema = schema.WithoutTable(keyspace.Name, lookup.Table);
            table = table with { Lookups = [] };
        }

        var changed = schema.WithTable(keyspace.Name, table);
        if (!moved) return new(changed);
        var looked = LookupRules.ForNew(table, [], changed.Get(keyspace.Name), []);
        changed = changed.WithKeyspace(looked.Keyspace);
        KeyRules.CheckAround(looked.Owner, looked.Keyspace);
        return new(changed, old) { Entries = looked.Entries };
    }

    private static VitessException Lost(VTable table, VLookup lookup) => new(ErrorCodes.QueryError,
        $"table \"{table.Name}\" has the lookup vindex \"{lookup.Name}\", whose entries say where its rows are now", sqlState: "0A000", hint: "Drop it first, and add it again afterwards.");

    /// <summary>The table; one that nobody has described yet is made, as in Vitess.</summary>
    private static VTable Known(VKeyspace keyspace, AlterVSchemaStatement statement) =>
        keyspace.FindTable(TableName(statement)) ?? Blank(TableName(statement), keyspace);

    private static VTable Blank(string name, VKeyspace keyspace) =>
        new(name, keyspace.Sharded ? VTableKind.Pinned : VTableKind.Unsharded, [], null, null, null, null, SqlDialect.Postgres, []);

    private static VindexDefinition Definition(VKeyspace keyspace, string name, AlterVSchemaStatement statement)
    {
        var parameters = statement.Options.ToImmutableSortedDictionary(option => option.Name, option => option.Value ?? "", VSchemaNames.Comparer);
        var definition = new VindexDefinition(name, keyspace.Registry.Normalize(statement.VindexType ?? name), ShardAlias.Resolve(parameters, keyspace.Shards));
        keyspace.Registry.CheckNew(definition, keyspace.Shards);
        return definition;
    }

    private static string TableName(AlterVSchemaStatement statement) => statement.Table?.Name.Name ?? throw new InvalidOperationException("no table");

    private static string VindexName(AlterVSchemaStatement statement) => statement.Vindex?.Name.Name ?? throw new InvalidOperationException("no vindex");
}
