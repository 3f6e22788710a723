namespace Shale.Vitess;

/// <summary>Finds everything that is wrong with a VSchema at once, under the codes of the digest's section 1.5.</summary>
internal sealed class RawVSchemaValidator(RawVSchema schema, VindexRegistry registry)
{
    private readonly List<VSchemaProblem> _errors = [];
    private readonly List<string> _warnings = [];

    public VSchemaValidation Validate()
    {
        foreach (var keyspace in schema.Keyspaces)
        {
            foreach (var vindex in keyspace.Vindexes) CheckVindex(keyspace, vindex);
            foreach (var table in keyspace.Tables) CheckTable(keyspace, table);
            CheckShards(keyspace);
        }

        return new VSchemaValidation(_errors, _warnings);
    }

    private void CheckVindex(RawKeyspace keyspace, RawVindex vindex)
    {
        if (VindexEntries.IsLookup(vindex.Type))
        {
            if (vindex.LookupTable is null) Error("MISSING_LOOKUP_TABLE", $"lookup vindex \"{vindex.Name}\" of keyspace \"{keyspace.Name}\" names no table");
        }

        try
        {
            if (vindex.IsLookup) LookupTypes.IsUnique(vindex.Type);
            else registry.Normalize(vindex.Type);
        }
        catch (VitessException unknown) when (unknown.Code == ErrorCodes.InvalidVSchema.Code)
        {
            Error("UNKNOWN_VINDEX", $"vindex \"{vindex.Name}\" of keyspace \"{keyspace.Name}\": {unknown.Message}");
        }
        catch (VitessException)
        {
            // Known but not built: no contradiction in the document. Building the VSchema refuses it with its own code and hint.
        }
    }

    private void CheckTable(RawKeyspace keyspace, RawTable table)
    {
        var name = $"table \"{table.Name}\" of keyspace \"{keyspace.Name}\"";
        if (keyspace.Sharded && table is { Reference: false, Pinned: false, ColumnVindexes.Count: 0 })
        {
            Error("MISSING_PRIMARY_VINDEX", $"{name} has no vindex, and is neither a reference table nor pinned");
        }

        foreach (var entry in table.ColumnVindexes)
        {
            if (keyspace.FindVindex(entry.Vindex) is not { } vindex)
            {
                Error("MISSING_VINDEX", $"{name} names the vindex \"{entry.Vindex}\", which the keyspace does not have");
            }
            else if (ReferenceEquals(entry, table.ColumnVindexes[0]) && VindexEntries.IsLookup(vindex.Type))
            {
                _warnings.Add($"{name} has the lookup vindex \"{entry.Vindex}\" as its primary vindex");
            }
        }

        if (!keyspace.Sharded && table.ColumnVindexes.Count > 0) _warnings.Add($"{name} has a vindex, but its keyspace is not sharded: it has no effect");
        if (table is { Reference: true, ColumnVindexes.Count: > 0 }) _warnings.Add($"{name} is a reference table: its vindex has no effect");
        if (table.AutoIncrement is { } auto && !HasSequence(keyspace, auto.Sequence))
        {
            Error("MISSING_SEQUENCE", $"{name} numbers \"{auto.Column}\" by the sequence \"{auto.Sequence}\", which does not exist");
        }
    }

    private bool HasSequence(RawKeyspace keyspace, string sequence)
    {
        if (keyspace.ImplicitSequences || keyspace.HasSequence(sequence)) return true;
        return SequenceName.TrySplit(sequence, out var other, out var name)
            ? schema.Find(other)?.HasSequence(name) ?? false
            : schema.Keyspaces.Exists(any => any.HasSequence(sequence));
    }

    private void CheckShards(RawKeyspace keyspace)
    {
        if (keyspace.Shards is not { } names) return;
        var ranges = new List<KeyRange>();
        foreach (var name in names)
        {
            if (ShardAlias.TryParse(name, out _)) return;
            if (KeyRange.TryParse(name, out var range)) ranges.Add(range);
            else Error("INVALID_SHARD_RANGE", $"\"{name}\" of keyspace \"{keyspace.Name}\" is not a key range");
        }

        if (ranges.Count == names.Count && ShardMap.Check(ranges) is { } problem) Error("INVALID_SHARD_RANGE", $"keyspace \"{keyspace.Name}\": {problem}");
        if (!keyspace.Sharded && names.Count > 1) Error("INVALID_SHARD_RANGE", $"keyspace \"{keyspace.Name}\" is not sharded but has {names.Count} shards");
    }

    private void Error(string code, string message) => _errors.Add(new VSchemaProblem(code, message));
}
