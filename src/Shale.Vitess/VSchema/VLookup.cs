using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>
/// A lookup vindex of a sharded table: a second table, sharded by the looked-up columns, whose rows (entries) say at which keyspace id a row with such values lives. Rows with a
/// NULL among the values have no entry. An entry may outlive its row; a row never lacks its entry.
/// </summary>
/// <param name="Name">Its name; one space of names with the other vindexes of the keyspace.</param>
/// <param name="Columns">The looked-up columns of the table that owns it, in order; the entries' columns are named alike.</param>
/// <param name="Table">The table of its entries: the columns, and <see cref="KeyspaceIdColumn"/>.</param>
/// <param name="Unique">Whether no two rows may have equal values: it watches over a UNIQUE or PRIMARY KEY that lacks a sharding column.</param>
public sealed record VLookup(string Name, ImmutableArray<string> Columns, string Table, bool Unique)
{
    /// <summary>The column of an entry that holds the keyspace id of its row, as 8 bytes, high ones first.</summary>
    public const string KeyspaceIdColumn = "keyspace_id";

    /// <summary>Whether writes keep it but reads must not use it yet: it is being filled.</summary>
    public bool WriteOnly { get; init; }

    /// <summary>Its type by Vitess' name.</summary>
    public string Type => Unique ? "lookup_unique" : "lookup";

    /// <summary>Same members, columns compared by name.</summary>
    public bool Equals(VLookup? other) => other is not null && VSchemaNames.Comparer.Equals(Name, other.Name) && VSchemaNames.Comparer.Equals(Table, other.Table)
        && Unique == other.Unique && WriteOnly == other.WriteOnly && Columns.SequenceEqual(other.Columns, VSchemaNames.Comparer);

    /// <inheritdoc/>
    public override int GetHashCode() => VSchemaNames.Comparer.GetHashCode(Name);
}
