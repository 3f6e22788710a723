namespace Shale.Vitess;

/// <summary>
/// hash: spreads keys evenly and keeps no order. One column is hashed as its canonical text; of several, each part is preceded by its
/// length in UTF-16 units and a colon, so that ('a', 'bc') and ('ab', 'c') differ.
/// </summary>
internal sealed class HashVindex(string name) : IVindex
{
    public string Name => name;

    public string Type => "hash";

    public int MaxColumns => 16;

    public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id)
    {
        id = default;
        var hash = new VitessHash();
        foreach (ref readonly var part in canonicalKey)
        {
            if (part.IsNull) return false;
            if (canonicalKey.Length > 1)
            {
                hash.Add(VitessHash.UnitsOf(part));
                hash.Add(':');
            }

            hash.Add(part);
        }

        id = hash.Finish();
        return !canonicalKey.IsEmpty;
    }

    public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into) => false;
}
