namespace Shale.Vitess;

/// <summary>The entry that a row has in one lookup vindex.</summary>
/// <param name="Table">The entries that it is one of.</param>
/// <param name="Values">What the row is looked up by, as stored; no NULL.</param>
/// <param name="Id">The keyspace id of the row.</param>
/// <param name="RowKey">The sharding key of the row, as stored.</param>
internal sealed record Entry(EntryTable Table, SqlValue[] Values, KeyspaceId Id, SqlValue[] RowKey)
{
    /// <summary>The shard of the entry.</summary>
    public int Shard { get; } = Table.ShardOf(Values);

    /// <summary>The shard of the row.</summary>
    public int RowShard { get; } = Table.ShardOf(Id);

    /// <summary>The parameters of the statements that add or delete it.</summary>
    public SqlValue[] Parameters => [.. Values, EntryTable.ToValue(Id)];

    /// <summary>Equal for entries that are one and the same.</summary>
    public EntryKey Key => new(Table.Name, Table.Entries.CanonicalKeyOfNew(Values), Id);

    /// <summary>Equal for entries of equal values.</summary>
    public EntryKey ValuesKey => new(Table.Name, Table.Entries.CanonicalKeyOfNew(Values), default);

    /// <summary>The entries that a row has.</summary>
    /// <param name="lookups">The lookups of its table.</param>
    /// <param name="row">The row, as <see cref="OwnerLookups.Columns"/>.</param>
    /// <param name="into">Receives them.</param>
    public static void AddAll(OwnerLookups lookups, ReadOnlySpan<SqlValue> row, List<Entry> into)
    {
        var key = lookups.KeyOf(row);
        var id = lookups.Owner.KeyspaceIdOfNew(key);
        for (var i = 0; i < lookups.Tables.Count; i++)
        {
            if (lookups.ValuesOf(i, row) is { } values) into.Add(new Entry(lookups.Tables[i], values, id, key));
        }
    }
}

/// <summary>What tells entries apart: their table, their values in canonical form, the keyspace id.</summary>
internal readonly record struct EntryKey(string Table, SqlValue[] Canonical, KeyspaceId Id)
{
    /// <summary>Values compare one by one.</summary>
    public bool Equals(EntryKey other) => VSchemaNames.Comparer.Equals(Table, other.Table) && Id == other.Id && Canonical.AsSpan().SequenceEqual(other.Canonical);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Id);
        foreach (var value in Canonical) hash.Add(value);
        return hash.ToHashCode();
    }
}
