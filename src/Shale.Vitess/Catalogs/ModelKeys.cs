namespace Shale.Vitess;

/// <summary>What the numbers of things in the catalog follow from.</summary>
internal static class ModelKeys
{
    /// <summary>The keyspaces that are schemas to a session.</summary>
    public static IEnumerable<VKeyspace> KeyspacesOf(Catalog catalog) =>
        catalog.VSchema.Keyspaces.Values.Where(each => ReferenceEquals(each, catalog.Keyspace) || (!BranchNames.IsBranch(each.Name) && !PastNames.Is(each.Name)));

    /// <summary>The targets that a session can name.</summary>
    public static IEnumerable<string> DatabasesOf(Catalog catalog) => catalog.VSchema.Keyspaces.Keys.Where(name => !PastNames.Is(name));

    /// <summary>The keys of all things that a session can see.</summary>
    public static IEnumerable<string> Of(Catalog catalog) => KeyspacesOf(catalog).SelectMany(Of).Concat(DatabasesOf(catalog).Select(OfDatabase));

    /// <summary>The tables of a keyspace that the catalog shows: those with columns, but not the tables that hold the entries of lookup vindexes, which belong to their owners as an index does.</summary>
    public static IEnumerable<VTable> TablesOf(VKeyspace keyspace) =>
        keyspace.Tables.Values.Where(table => table.Schema is not null && keyspace.OwnerOfEntries(table.Name) is null);

    /// <summary>The keys of all things in a keyspace.</summary>
    public static IEnumerable<string> Of(VKeyspace keyspace)
    {
        yield return OfSchema(keyspace.Name);
        foreach (var view in keyspace.Views.Keys)
        {
            yield return OfRelation(keyspace.Name, view);
            yield return OfRowType(keyspace.Name, view);
        }

        foreach (var sequence in keyspace.Sequences.Keys) yield return OfRelation(keyspace.Name, sequence);
        foreach (var table in TablesOf(keyspace))
        {
            yield return OfRelation(keyspace.Name, table.Name);
            yield return OfRowType(keyspace.Name, table.Name);
            for (var i = 0; i < table.Schema!.Keys.Count; i++)
            {
                yield return OfIndex(keyspace.Name, table.Name, KeyName(table, i));
                yield return OfConstraint(keyspace.Name, table.Name, KeyName(table, i));
            }

            for (var i = 0; i < table.Schema.ForeignKeys.Count; i++) yield return OfConstraint(keyspace.Name, table.Name, ForeignKeyName(table, i));
            foreach (var index in table.Indexes) yield return OfIndex(keyspace.Name, table.Name, index.Name);
            foreach (var trigger in table.Triggers) yield return OfTrigger(keyspace.Name, table.Name, trigger.Name);
            foreach (var check in ModelChecks.Of(table)) yield return OfConstraint(keyspace.Name, table.Name, check.Name);
            foreach (var column in table.Schema.Columns) yield return OfDefault(keyspace.Name, table.Name, column.Name);
        }
    }

    /// <summary>The name of a key, made up as PostgreSQL would where it has none.</summary>
    public static string KeyName(VTable table, int index)
    {
        var key = table.Schema!.Keys[index];
        return key.Name ?? (key.Primary ? table.Name + "_pkey" : $"{table.Name}_{string.Join('_', key.Columns)}_key");
    }

    /// <summary>The name of a foreign key, likewise.</summary>
    public static string ForeignKeyName(VTable table, int index) => table.Schema!.ForeignKeys[index].Name ?? $"{table.Name}_{string.Join('_', table.Schema.ForeignKeys[index].Columns)}_fkey";

    public static string OfDatabase(string name) => $"database/{name}";

    public static string OfSchema(string keyspace) => $"schema/{keyspace}";

    public static string OfRelation(string keyspace, string name) => $"class/{keyspace}/{name}";

    public static string OfRowType(string keyspace, string relation) => $"type/{keyspace}/{relation}";

    public static string OfIndex(string keyspace, string table, string name) => $"index/{keyspace}/{table}/{name}";

    public static string OfConstraint(string keyspace, string table, string name) => $"constraint/{keyspace}/{table}/{name}";

    public static string OfTrigger(string keyspace, string table, string name) => $"trigger/{keyspace}/{table}/{name}";

    public static string OfDefault(string keyspace, string table, string column) => $"default/{keyspace}/{table}/{column}";
}
