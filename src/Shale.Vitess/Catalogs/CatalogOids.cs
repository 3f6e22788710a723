using System.Text;

namespace Shale.Vitess;

/// <summary>
/// Numbers for what users have made: each follows from the kind and the name of the thing alone, so that it is the same on every gate and after every start. Two names that fall on one number are kept
/// apart by the next free one, in the order of the names. From 16384 on, as PostgreSQL's; below 2^31. Immutable.
/// </summary>
internal sealed class CatalogOids
{
    private const uint First = 16_384;
    private const uint Room = int.MaxValue - First;

    private readonly Dictionary<string, long> _byKey = new(StringComparer.Ordinal);
    private readonly HashSet<long> _taken = [];

    /// <summary>Gives numbers to all keys; a key is a kind, and the names down to the thing.</summary>
    public CatalogOids(IEnumerable<string> keys)
    {
        foreach (var key in keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var oid = First + (XxHash64.Of(Encoding.UTF8.GetBytes(key)) % Room);
            while (!_taken.Add((long)oid)) oid = oid == First + Room - 1 ? First : oid + 1;
            _byKey[key] = (long)oid;
        }
    }

    /// <summary>The number of a key that was given.</summary>
    public long Of(string key) => _byKey[key];

    /// <summary>The number of a key; null for one that was not given.</summary>
    public long? Find(string key) => _byKey.TryGetValue(key, out var oid) ? oid : null;
}
