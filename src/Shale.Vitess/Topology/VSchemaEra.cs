namespace Shale.Vitess;

/// <summary>A stretch of time in which the VSchema of a keyspace was one and the same; it ends where the change to the next one begins.</summary>
/// <param name="Keyspace">The keyspace.</param>
/// <param name="Version">The version of the VSchema that began it.</param>
/// <param name="Change">When the change to it began: what is at or before this time is of the era before.</param>
/// <param name="Since">When the last shard had changed: what is at or after this time is of this era. Null while the change is under way, or nobody knows whether it has ended.</param>
public sealed record VSchemaEra(string Keyspace, long Version, HlcTimestamp Change, HlcTimestamp? Since)
{
    /// <summary>The era in force at a time; null if the time is before the first whose beginning is known.</summary>
    /// <param name="eras">The eras of a keyspace, oldest first.</param>
    /// <param name="time">The time.</param>
    /// <param name="changing">The era to which some shards had changed then, and some had not; null if none was beginning.</param>
    internal static VSchemaEra? InForce(IEnumerable<VSchemaEra> eras, HlcTimestamp time, out VSchemaEra? changing)
    {
        VSchemaEra? found = null;
        changing = null;
        foreach (var era in eras)
        {
            if (era.Since is { } since && since <= time)
            {
                found = era;
            }
            else if (era.Change < time && found is not null)
            {
                changing = era;
                break;
            }
        }

        return found;
    }
}

/// <summary>
/// The VSchemas that keyspaces have had, each with the time in which it was in force (SEMANTICS S2.4). Thread-safe. What a method has done is durable when it returns; if it throws
/// SHARD_ERROR, nothing has changed.
/// </summary>
public interface IVSchemaEras
{
    /// <summary>The eras of a keyspace that are kept, oldest first.</summary>
    IReadOnlyList<VSchemaEra> Of(string keyspace);

    /// <summary>The VSchema of an era, columns of tables included. Errors: INVALID_VSCHEMA if it cannot be read.</summary>
    VKeyspace Load(VSchemaEra era);

    /// <summary>Keeps an era, which is the newest of its keyspace; in place of one of its version.</summary>
    void Add(VSchemaEra era, VKeyspace schema);

    /// <summary>Says since when an era is in force.</summary>
    void End(VSchemaEra era, HlcTimestamp since);

    /// <summary>Forgets an era, if it is there.</summary>
    void Remove(VSchemaEra era);
}
