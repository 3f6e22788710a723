namespace Shale.Vitess;

/// <summary>Seed 003's shape: <c>{"tables": {"users": {"vindex": "HASH", "column": "id", "shards": 16}}}</c>.</summary>
internal static class RouterShapeReader
{
    public static RawVSchema Read(JsonEntry root, string defaultKeyspace)
    {
        var keyspace = new RawKeyspace(root.Find("keyspace")?.Text() ?? defaultKeyspace, true) { ImplicitSequences = true };
        foreach (var (name, entry) in root.Find("tables")!.Value.Properties())
        {
            if (entry.Find("shards") is { } shards) SetShardCount(keyspace, shards);
            keyspace.Tables.Add(ReadTable(name, entry, keyspace));
        }

        return new RawVSchema { Keyspaces = { keyspace } };
    }

    private static void SetShardCount(RawKeyspace keyspace, JsonEntry entry)
    {
        var count = entry.Number();
        if (count is < 1 or > KeyRange.MostShards) throw entry.Invalid($"is not between 1 and {KeyRange.MostShards}");
        if (keyspace.ShardCount is { } other && other != count) throw entry.Invalid($"says {count}, another table {other}: a keyspace has one number of shards");
        keyspace.ShardCount = (int)count;
    }

    private static RawTable ReadTable(string name, JsonEntry entry, RawKeyspace keyspace)
    {
        var table = new RawTable(name) { AutoIncrement = VindexEntries.ReadAutoIncrement(entry) };
        var kind = entry.Find("type")?.Text();
        if (kind == "reference") return table with { Reference = true };
        if (kind == "unsharded") return table with { Pinned = true };
        if (entry.Find("vindex") is not { } type) return table;
        if (VindexEntries.IsNull(type.Text())) return table with { Pinned = true };
        var columns = entry.Find("columns")?.Names() ?? [entry.Find("column", "shardKey")?.Text() ?? throw entry.Invalid("has no column")];
        var vindexName = type.Text().ToLowerInvariant();
        var parameters = new Dictionary<string, string>(VSchemaNames.Comparer);
        foreach (var parameter in VindexEntries.Parameters)
        {
            if (entry.Find(parameter) is { } given) parameters[parameter] = VindexEntries.AsText(given);
        }

        // A vindex of a type's own name is everybody's; one with parameters is the table's.
        if (parameters.Count > 0) vindexName = $"{name}_{vindexName}";
        if (keyspace.FindVindex(vindexName) is null) keyspace.Vindexes.Add(new RawVindex(vindexName, type.Text()) { Params = parameters });
        return table with { ColumnVindexes = [new RawColumnVindex(columns, vindexName)] };
    }
}
