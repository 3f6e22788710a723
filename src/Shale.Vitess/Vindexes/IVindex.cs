using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// A function from a key to a place on the ring. Immutable and thread-safe; the same key gives the same id for ever, or rows are not found again: only
/// consistent_hash and region look at the shards, and only for which of them a key belongs to. Own ones come from an <see cref="IVindexFactory"/>.
/// </summary>
public interface IVindex
{
    /// <summary>Its name in the keyspace.</summary>
    string Name { get; }

    /// <summary>The kind: hash, range, region, …</summary>
    string Type { get; }

    /// <summary>How many columns a key may have at most.</summary>
    int MaxColumns { get; }

    /// <summary>The place of one key.</summary>
    /// <param name="canonicalKey">One canonical value for each sharding column (see <see cref="CanonicalKey"/>).</param>
    /// <param name="id">The place.</param>
    /// <returns>False when no row can have this key: a part is NULL, or it lies outside every range.</returns>
    bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id);

    /// <summary>The places of all keys of an interval, bounds included. Text is ordered by code points: do not ask under another collation.</summary>
    /// <param name="low">The lowest canonical value; null for no bound.</param>
    /// <param name="high">The highest canonical value; null for no bound.</param>
    /// <param name="into">Receives the intervals of the ring; none means that no row can be there.</param>
    /// <returns>False when the vindex does not keep order: every shard may hold such keys.</returns>
    bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into);

    /// <summary>The places of all keys that start with some values: what <c>WHERE region = 'eu'</c> narrows to.</summary>
    /// <param name="first">Canonical values of the first columns, fewer than the key has.</param>
    /// <param name="into">Receives the intervals of the ring; none means that no row can be there.</param>
    /// <returns>False when the first columns alone tell nothing: every shard may hold such keys.</returns>
    bool TryMapPrefix(ReadOnlySpan<SqlValue> first, ICollection<KeyspaceInterval> into) => false;

    /// <summary>What stands against a column, as the end of a sentence ("it …"); null if nothing does. That it has a canonical form is known.</summary>
    /// <param name="column">The column.</param>
    string? Objection(ColumnSchema column) => null;
}

/// <summary>A piece of the ring, both ends inside.</summary>
/// <param name="First">The first id.</param>
/// <param name="Last">The last id.</param>
public readonly record struct KeyspaceInterval(KeyspaceId First, KeyspaceId Last);
