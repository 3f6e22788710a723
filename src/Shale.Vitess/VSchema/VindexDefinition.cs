using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>A vindex as it was declared; <see cref="VindexRegistry"/> makes it work.</summary>
/// <param name="Name">Its name in the keyspace.</param>
/// <param name="Type">Its kind, in lower case: hash, range, region, …</param>
/// <param name="Params">Its parameters, lists and objects as JSON; which there are is up to the kind (docs/vschema.md).</param>
public sealed record VindexDefinition(string Name, string Type, ImmutableSortedDictionary<string, string> Params)
{
    /// <summary>A vindex without parameters that is named like its type.</summary>
    public static VindexDefinition Plain(string type) => new(type, type, VSchemaNames.Empty<string>());

    /// <summary>Same name, type and parameters.</summary>
    public bool Equals(VindexDefinition? other) =>
        other is not null && VSchemaNames.Comparer.Equals(Name, other.Name) && IsSameFunction(other);

    /// <inheritdoc/>
    public override int GetHashCode() => VSchemaNames.Comparer.GetHashCode(Name);

    /// <summary>Whether both map equal keys to equal places, whatever they are called: what co-location needs.</summary>
    public bool IsSameFunction(VindexDefinition other) => Type == other.Type && Params.SequenceEqual(other.Params);
}
