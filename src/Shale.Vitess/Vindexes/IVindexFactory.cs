using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>
/// Makes vindexes of one kind. An application adds kinds of its own by giving factories to <see cref="VTGateOptions.Vindexes"/> (or the same property of
/// LocalClusterOptions, or AddVindex of the server); VSchemas name them as they name hash. Thread-safe.
/// </summary>
public interface IVindexFactory
{
    /// <summary>The name of the kind, as VSchemas have it; names compare whatever the case.</summary>
    string Type { get; }

    /// <summary>Makes a vindex work.</summary>
    /// <param name="definition">Its name and parameters.</param>
    /// <param name="shards">The keyspace's shards, in order of the ring. Empty when only the parameters are to be checked.</param>
    /// <exception cref="VitessException">INVALID_VSCHEMA for parameters that contradict themselves.</exception>
    IVindex Create(VindexDefinition definition, ImmutableArray<KeyRange> shards);
}
