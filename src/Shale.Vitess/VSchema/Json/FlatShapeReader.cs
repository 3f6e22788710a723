namespace Shale.Vitess;

/// <summary>Seed 001's shape: one keyspace, each table with its vindex inside.</summary>
internal static class FlatShapeReader
{
    public static RawVSchema Read(JsonEntry root, string defaultKeyspace)
    {
        var sharded = root.Find("sharded")?.Flag() ?? true;
        var keyspace = new RawKeyspace(root.Find("keyspace")?.Text() ?? defaultKeyspace, sharded)
        {
            ImplicitSequences = true,
            Shards = root.Find("shards")?.Names(),
        };
        var columnsOf = new Dictionary<string, List<string>>(VSchemaNames.Comparer);
        if (root.Find("vindexes") is { } vindexes)
        {
            foreach (var (name, entry) in vindexes.Properties())
            {
                keyspace.Vindexes.Add(VindexEntries.Read(name, entry));
                if (entry.Find("columns") is { } columns) columnsOf[name] = columns.Names();
            }
        }

        if (root.Find("tables") is not { } tables) throw root.Invalid("has no tables");
        foreach (var (name, entry) in tables.Properties()) keyspace.Tables.Add(ReadTable(name, entry, keyspace, columnsOf));
        return new RawVSchema { Keyspaces = { keyspace } };
    }

    private static RawTable ReadTable(string name, JsonEntry entry, RawKeyspace keyspace, Dictionary<string, List<string>> columnsOf)
    {
        var table = new RawTable(name) { AutoIncrement = VindexEntries.ReadAutoIncrement(entry) };
        if (entry.Find("type") is { } type && type.Text() == "reference") return table with { Reference = true };
        if (entry.Find("vindex") is not { } inline) return table;
        var vindex = VindexEntries.Read("", inline);
        if (VindexEntries.IsNull(vindex.Type)) return table with { Pinned = true };
        if (inline.Find("columns") is not { } columns) throw inline.Invalid("has no columns");
        var names = columns.Names();
        return table with { ColumnVindexes = [new RawColumnVindex(names, Declared(vindex, names, keyspace, columnsOf))] };
    }

    /// <summary>The table repeats a vindex of the keyspace, or brings one of its own that goes by the name of its type.</summary>
    private static string Declared(RawVindex vindex, List<string> columns, RawKeyspace keyspace, Dictionary<string, List<string>> columnsOf)
    {
        bool IsSame(RawVindex other) => VSchemaNames.Comparer.Equals(other.Type, vindex.Type)
            && (vindex.Params.Count == 0 || VindexEntries.SameParams(other.Params, vindex.Params));
        var found = keyspace.Vindexes.Find(other => IsSame(other) && columnsOf.TryGetValue(other.Name, out var named) && named.SequenceEqual(columns, VSchemaNames.Comparer))
            ?? keyspace.Vindexes.Find(IsSame);
        if (found is not null) return found.Name;
        var name = vindex.Type.ToLowerInvariant();
        for (var i = 2; keyspace.FindVindex(name) is not null; i++) name = $"{vindex.Type.ToLowerInvariant()}_{i}";
        keyspace.Vindexes.Add(vindex with { Name = name });
        return name;
    }
}
