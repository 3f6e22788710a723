namespace Shale.Vitess;

/// <summary>null: every key lives at the start of the ring, on the first shard.</summary>
internal sealed class NullVindex(string name) : IVindex
{
    public string Name => name;

    public string Type => "null";

    public int MaxColumns => 16;

    public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id)
    {
        id = default;
        foreach (ref readonly var part in canonicalKey)
        {
            if (part.IsNull) return false;
        }

        return true;
    }

    public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into)
    {
        into.Add(new KeyspaceInterval(default, default));
        return true;
    }
}
