using System.Collections.Concurrent;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>One version of the VSchema with all that is derived from it: catalogs, plan caches, executors. Replaced as a whole when the VSchema changes. Thread-safe.</summary>
internal sealed class GateState(
    VSchema vschema, TabletMap tablets, VTGateOptions options, SequenceAllocator sequences, IReadOnlyDictionary<TableSchema, string> refused,
    LookupFills fills, long epoch)
{
    private readonly ConcurrentDictionary<(string Keyspace, string? Shard, SqlDialect Dialect, bool NamesSchemas), GateSession> _sessions = new();

    /// <summary>The VSchema.</summary>
    public VSchema VSchema => vschema;

    /// <summary>The tablets.</summary>
    public TabletMap Tablets => tablets;

    /// <summary>What statements of a dialect to a target share; NOT_FOUND (3D000) if there is no such keyspace or shard.</summary>
    /// <param name="target">The target.</param>
    /// <param name="dialect">The dialect.</param>
    /// <param name="namesSchemas">See <see cref="GateRequest.NamesSchemas"/>.</param>
    public GateSession For(Target target, SqlDialect dialect, bool namesSchemas = false)
    {
        var name = target.Keyspace ?? options.DefaultKeyspace ?? OnlyKeyspace();
        if (target.Branch is { } branch) name = BranchNames.Of(name, branch);
        return _sessions.TryGetValue((name, target.Shard, dialect, namesSchemas), out var session) ? session : Add(name, target.Shard, dialect, namesSchemas);
    }

    private GateSession Add(string name, string? shard, SqlDialect dialect, bool namesSchemas)
    {
        var keyspace = vschema.Get(name);
        var schema = vschema;
        var map = tablets;
        if (shard is not null)
        {
            var index = new ShardMap(keyspace.Shards).IndexOf(shard);
            if (index < 0)
            {
                throw new VitessException(ErrorCodes.NotFound, $"keyspace \"{keyspace.Name}\" has no shard \"{shard}\"", sqlState: "3D000",
                    hint: "SHOW VITESS_SHARDS lists the shards.");
            }

            map = tablets.Only(keyspace, index);
            keyspace = keyspace with { Shards = [keyspace.Shards[index]] };
            schema = vschema with { Keyspaces = vschema.Keyspaces.SetItem(keyspace.Name, keyspace) };
        }

        var catalog = new Catalog(schema, keyspace, dialect, refused) { NamesSchemas = namesSchemas };
        return _sessions.GetOrAdd((name, shard, dialect, namesSchemas), new GateSession(catalog, map, options, sequences, shard is not null) { Epoch = epoch, Fills = fills });
    }

    private string OnlyKeyspace()
    {
        if (vschema.WithoutBranches().Keyspaces is { Count: 1 } one) return one.Keys.First();
        throw new VitessException(ErrorCodes.NotFound, "no keyspace was named, and there is not exactly one", sqlState: "3D000", hint: "Name the keyspace as the target.");
    }
}
