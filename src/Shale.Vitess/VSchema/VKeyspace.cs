using System.Collections.Immutable;
using System.Globalization;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>One keyspace: a database as its users see it. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sharded">Whether its tables are spread over shards.</param>
/// <param name="Shards">The shards in order of the ring; one for an unsharded keyspace.</param>
/// <param name="Tables">Tables by name.</param>
/// <param name="Vindexes">Vindex definitions by name.</param>
/// <param name="Views">Views by name.</param>
/// <param name="Sequences">Sequences by name.</param>
public sealed record VKeyspace(
    string Name,
    bool Sharded,
    ImmutableArray<KeyRange> Shards,
    ImmutableSortedDictionary<string, VTable> Tables,
    ImmutableSortedDictionary<string, VindexDefinition> Vindexes,
    ImmutableSortedDictionary<string, VView> Views,
    ImmutableSortedDictionary<string, VSequence> Sequences)
{
    /// <summary>The kinds of vindexes that its definitions may have.</summary>
    public VindexRegistry Registry { get; init; } = VindexRegistry.BuiltIn;

    /// <summary>What its shards store their rows in.</summary>
    public StorageEngineType Engine { get; init; } = StorageEngineType.Sqlite;

    /// <summary>What COMMENT has said of the things in it: see <see cref="ObjectComments"/>.</summary>
    public ImmutableSortedDictionary<string, string> Comments { get; init; } = VSchemaNames.Empty<string>();

    /// <summary>Where it comes from, if it is a branch of another keyspace, or was restored from a backup of one; else null.</summary>
    public BranchOrigin? Origin { get; init; }

    /// <summary>A keyspace without tables.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shards">Its shards; one that covers everything makes it unsharded unless <paramref name="sharded"/> says otherwise.</param>
    /// <param name="sharded">Whether its tables are spread over shards; null for "if there are several".</param>
    public static VKeyspace Create(string name, IEnumerable<KeyRange> shards, bool? sharded = null)
    {
        var ranges = shards.OrderBy(range => range.Start).ToImmutableArray();
        return new VKeyspace(name, sharded ?? ranges.Length > 1, ranges, VSchemaNames.Empty<VTable>(), VSchemaNames.Empty<VindexDefinition>(),
            VSchemaNames.Empty<VView>(), VSchemaNames.Empty<VSequence>());
    }

    /// <summary>The table of that name, or null.</summary>
    public VTable? FindTable(string name) => Tables.GetValueOrDefault(name);

    /// <summary>The view of that name, or null.</summary>
    public VView? FindView(string name) => Views.GetValueOrDefault(name);

    /// <summary>The sequence of that name, or null.</summary>
    public VSequence? FindSequence(string name) => Sequences.GetValueOrDefault(name);

    /// <summary>The sequence whose numbers are kept by that name (<see cref="VSequence.Counter"/>), or null.</summary>
    public VSequence? FindCounter(string counter) => FindSequence(counter) is { } found && VSchemaNames.Comparer.Equals(found.Counter, counter)
        ? found : Sequences.Values.FirstOrDefault(sequence => VSchemaNames.Comparer.Equals(sequence.Counter, counter));

    /// <summary>A sequence that is being made, with numbers of its own: one that had its name before may still count by it.</summary>
    public VSequence WithOwnCounter(VSequence sequence)
    {
        var counter = sequence.Counter;
        for (var i = 1; FindCounter(counter) is not null; i++) counter = string.Create(CultureInfo.InvariantCulture, $"{sequence.Name}#{i}");
        return sequence with { Counter = counter };
    }

    /// <summary>Whether a table, view or sequence has that name: they share one space of names.</summary>
    public bool HasRelation(string name) => Tables.ContainsKey(name) || Views.ContainsKey(name) || Sequences.ContainsKey(name);

    /// <summary>The table whose lookup vindex keeps its entries in the table of that name; null if it is no such table.</summary>
    public VTable? OwnerOfEntries(string table) =>
        Tables.Values.FirstOrDefault(owner => owner.Lookups.Any(lookup => VSchemaNames.Comparer.Equals(lookup.Table, table)));

    /// <summary>The table of that name; NOT_FOUND (42P01) if there is none.</summary>
    public VTable GetTable(string name) => FindTable(name)
        ?? throw new VitessException(ErrorCodes.NotFound, $"table \"{name}\" not found in keyspace \"{Name}\"");

    /// <summary>The same with objects of its own for the tables' schemas: by that a table is told from the same table of another keyspace, or of another moment.</summary>
    internal VKeyspace WithOwnSchemas() => this with
    {
        // A dictionary would keep what it has for what is equal to it.
        Tables = VSchemaNames.Empty<VTable>().AddRange(Tables.Select(each => KeyValuePair.Create(each.Key, each.Value with { Schema = each.Value.Schema is null ? null : each.Value.Schema with { } }))),
    };

    /// <summary>Makes a vindex work over the keyspace's shards; errors as <see cref="VindexRegistry.Create"/>.</summary>
    public IVindex CreateVindex(VindexDefinition definition) => Registry.Create(definition, Shards);

    /// <summary>The definition of a table's primary vindex; null for tables without one.</summary>
    public VindexDefinition? VindexOf(VTable table) => table.Vindex is { } name ? Vindexes.GetValueOrDefault(name) : null;
}
