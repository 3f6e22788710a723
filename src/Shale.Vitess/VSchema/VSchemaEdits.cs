namespace Shale.Vitess;

/// <summary>Edits that give a new VSchema with the next version; the old one stays as it is.</summary>
public static class VSchemaEdits
{
    /// <summary>Adds or replaces a keyspace.</summary>
    public static VSchema WithKeyspace(this VSchema schema, VKeyspace keyspace) =>
        new(schema.Keyspaces.SetItem(keyspace.Name, keyspace), schema.Version + 1);

    /// <summary>The same VSchema, of the same version, for other kinds of vindexes; INVALID_VSCHEMA if it has a vindex that is none of them.</summary>
    public static VSchema WithRegistry(this VSchema schema, VindexRegistry registry)
    {
        foreach (var keyspace in schema.Keyspaces.Values)
        {
            var changed = keyspace with { Registry = registry };
            foreach (var vindex in keyspace.Vindexes.Values) changed.CreateVindex(vindex);
            schema = schema with { Keyspaces = schema.Keyspaces.SetItem(keyspace.Name, changed) };
        }

        return schema;
    }

    /// <summary>Removes a keyspace; NOT_FOUND (3D000) if there is none.</summary>
    public static VSchema WithoutKeyspace(this VSchema schema, string keyspace) =>
        new(schema.Keyspaces.Remove(schema.Get(keyspace).Name), schema.Version + 1);

    /// <summary>Adds or replaces a table; QUERY_ERROR (42P07) if a view or sequence has the name.</summary>
    public static VSchema WithTable(this VSchema schema, string keyspace, VTable table) => Edit(schema, keyspace, old =>
        !old.Tables.ContainsKey(table.Name) && old.HasRelation(table.Name) ? throw Taken(table.Name) : old with { Tables = old.Tables.SetItem(table.Name, table) });

    /// <summary>Removes a table; NOT_FOUND if there is none.</summary>
    public static VSchema WithoutTable(this VSchema schema, string keyspace, string table) =>
        Edit(schema, keyspace, old => old with { Tables = old.Tables.Remove(old.GetTable(table).Name) });

    /// <summary>Gives a table another name: CreateSql and Schema are the caller's to change first. QUERY_ERROR (42P07) if the name is taken.</summary>
    public static VSchema RenameTable(this VSchema schema, string keyspace, string table, string newName) => Edit(schema, keyspace, old =>
    {
        var found = old.GetTable(table);
        if (!VSchemaNames.Comparer.Equals(found.Name, newName) && old.HasRelation(newName)) throw Taken(newName);
        var schemaOfTable = found.Schema is { } columns ? columns with { Name = newName } : null;
        return old with { Tables = old.Tables.Remove(found.Name).Add(newName, found with { Name = newName, Schema = schemaOfTable }), Comments = ObjectComments.Renamed(old.Comments, found.Name, newName) };
    });

    /// <summary>Adds or replaces a vindex. It is checked; errors as <see cref="VindexRegistry.Create"/>; QUERY_ERROR (42710) if a lookup vindex has the name.</summary>
    public static VSchema WithVindex(this VSchema schema, string keyspace, VindexDefinition vindex) => Edit(schema, keyspace, old =>
    {
        old.CreateVindex(vindex);
        if (old.Tables.Values.FirstOrDefault(table => table.Lookups.Any(lookup => VSchemaNames.Comparer.Equals(lookup.Name, vindex.Name))) is { } owner)
        {
            throw new VitessException(ErrorCodes.QueryError, $"vindex \"{vindex.Name}\" already exists: it is a lookup vindex of table \"{owner.Name}\"", sqlState: "42710", hint: "Choose another name.");
        }

        return old with { Vindexes = old.Vindexes.SetItem(vindex.Name, vindex) };
    });

    /// <summary>Removes a vindex; NOT_FOUND if there is none, QUERY_ERROR (2BP01) if a table uses it.</summary>
    public static VSchema WithoutVindex(this VSchema schema, string keyspace, string vindex) => Edit(schema, keyspace, old =>
    {
        if (!old.Vindexes.ContainsKey(vindex)) throw new VitessException(ErrorCodes.NotFound, $"vindex \"{vindex}\" not found in keyspace \"{old.Name}\"", sqlState: "42704");
        foreach (var table in old.Tables.Values)
        {
            if (table.Vindex is { } used && VSchemaNames.Comparer.Equals(used, vindex))
            {
                throw new VitessException(ErrorCodes.QueryError, $"vindex \"{vindex}\" is used by table \"{table.Name}\"", sqlState: "2BP01", hint: "Drop the table first, or shard it by another vindex.");
            }
        }

        return old with { Vindexes = old.Vindexes.Remove(vindex) };
    });

    /// <summary>Adds or replaces a view; QUERY_ERROR (42P07) if a table or sequence has the name.</summary>
    public static VSchema WithView(this VSchema schema, string keyspace, VView view) => Edit(schema, keyspace, old =>
        !old.Views.ContainsKey(view.Name) && old.HasRelation(view.Name) ? throw Taken(view.Name) : old with { Views = old.Views.SetItem(view.Name, view) });

    /// <summary>Removes a view; NOT_FOUND if there is none.</summary>
    public static VSchema WithoutView(this VSchema schema, string keyspace, string view) => Edit(schema, keyspace, old => old.Views.ContainsKey(view)
        ? old with { Views = old.Views.Remove(view) }
        : throw new VitessException(ErrorCodes.NotFound, $"view \"{view}\" not found in keyspace \"{old.Name}\""));

    /// <summary>Adds or replaces the description of a sequence, whose state is the allocator's; QUERY_ERROR (42P07) if a table or view has the name.</summary>
    public static VSchema WithSequence(this VSchema schema, string keyspace, VSequence sequence) => Edit(schema, keyspace, old =>
        !old.Sequences.ContainsKey(sequence.Name) && old.HasRelation(sequence.Name) ? throw Taken(sequence.Name)
            : old with { Sequences = old.Sequences.SetItem(sequence.Name, old.Sequences.ContainsKey(sequence.Name) ? sequence : old.WithOwnCounter(sequence)) });

    /// <summary>Gives a sequence another name, and all tables that number rows by it that name; its numbers go on. NOT_FOUND if there is none, QUERY_ERROR (42P07) if the name is taken.</summary>
    public static VSchema RenameSequence(this VSchema schema, string keyspace, string sequence, string newName)
    {
        var owner = schema.Get(keyspace);
        var found = owner.FindSequence(sequence) ?? throw new VitessException(ErrorCodes.NotFound, $"sequence \"{sequence}\" not found in keyspace \"{owner.Name}\"");
        if (found.Name == newName || (owner.HasRelation(newName) && !VSchemaNames.Comparer.Equals(found.Name, newName))) throw Taken(newName);
        foreach (var other in schema.Keyspaces.Values)
        {
            var tables = other.Tables;
            foreach (var table in other.Tables.Values.Where(table => table.AutoIncrement is { } auto && Numbers(auto, other, owner, found.Name)))
            {
                var name = SequenceName.TrySplit(table.AutoIncrement!.Sequence, out var qualifier, out _) ? $"{qualifier}.{newName}" : newName;
                tables = tables.SetItem(table.Name, table with { AutoIncrement = table.AutoIncrement with { Sequence = name, IsOwned = table.AutoIncrement.IsOwnedBy(table.Name) } });
            }

            if (!ReferenceEquals(tables, other.Tables)) schema = schema.WithKeyspace(other with { Tables = tables });
        }

        return Edit(schema, keyspace, old => old with
        {
            Sequences = old.Sequences.Remove(found.Name).Add(newName, found.Renamed(newName)), Comments = ObjectComments.Renamed(old.Comments, found.Name, newName),
        });
    }

    /// <summary>Removes a sequence; NOT_FOUND if there is none, QUERY_ERROR (2BP01) if a table numbers rows with it.</summary>
    public static VSchema WithoutSequence(this VSchema schema, string keyspace, string sequence) => Edit(schema, keyspace, old =>
    {
        if (!old.Sequences.ContainsKey(sequence)) throw new VitessException(ErrorCodes.NotFound, $"sequence \"{sequence}\" not found in keyspace \"{old.Name}\"");
        if (UserOf(schema, old, sequence) is { } user)
        {
            throw new VitessException(ErrorCodes.QueryError, $"sequence \"{sequence}\" numbers table \"{user}\"", sqlState: "2BP01", hint: "Drop the table, or its auto_increment, first.");
        }

        return old with { Sequences = old.Sequences.Remove(sequence) };
    });

    /// <summary>A name that is taken by a table, view or sequence.</summary>
    internal static VitessException Taken(string name) =>
        new(ErrorCodes.QueryError, $"relation \"{name}\" already exists", sqlState: "42P07", hint: "Drop it, or choose another name.");

    /// <summary>A table that a sequence numbers; tables of other keyspaces name it with its keyspace in front.</summary>
    private static string? UserOf(VSchema schema, VKeyspace owner, string sequence)
    {
        foreach (var keyspace in schema.Keyspaces.Values)
        {
            foreach (var table in keyspace.Tables.Values)
            {
                if (table.AutoIncrement is { } auto && Numbers(auto, keyspace, owner, sequence)) return table.Name;
            }
        }

        return null;
    }

    private static bool Numbers(AutoIncrement auto, VKeyspace keyspace, VKeyspace owner, string sequence)
    {
        var isQualified = SequenceName.TrySplit(auto.Sequence, out var other, out var name);
        return VSchemaNames.Comparer.Equals(name, sequence) && VSchemaNames.Comparer.Equals(isQualified ? other : keyspace.Name, owner.Name);
    }

    private static VSchema Edit(VSchema schema, string keyspace, Func<VKeyspace, VKeyspace> edit) => schema.WithKeyspace(ObjectComments.Pruned(edit(schema.Get(keyspace))));
}
