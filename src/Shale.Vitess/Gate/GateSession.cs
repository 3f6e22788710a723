using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What all statements of one dialect to one target share under one version of the VSchema. Thread-safe.</summary>
internal sealed class GateSession
{
    /// <summary>Derives everything from a catalog.</summary>
    public GateSession(Catalog catalog, TabletMap tablets, VTGateOptions options, SequenceAllocator sequences, bool isShard)
    {
        Catalog = catalog;
        Tablets = tablets;
        IsShard = isShard;
        var type = tablets.Of(catalog.Keyspace)[0].Engine;
        Engine = type == StorageEngineType.Sqlite ? SqlDialect.Sqlite : SqlDialect.Postgres;
        Plans = new PlanCache(options.PlanCacheSize);
        Compiler = new StatementCompiler(catalog, Engine);
        Selects = new SelectExecutor(tablets, options.Scratch[type], new GateTables(catalog.Keyspace), options.Space!, options.ForceAssembly, GateLimits.ReadLimitOf(options, catalog.Keyspace.Name));
        Writes = new WriteExecutor(tablets, Selects, new InsertRowSource(sequences));
    }

    /// <summary>The epoch of <see cref="RowMoves"/> in which its plans find the rows.</summary>
    public required long Epoch { get; init; }

    /// <summary>The lookup vindexes that are being filled.</summary>
    public required LookupFills Fills { get; init; }

    /// <summary>The tables.</summary>
    public Catalog Catalog { get; }

    /// <summary>The session's dialect.</summary>
    public SqlDialect Dialect => Catalog.Dialect;

    /// <summary>The keyspace.</summary>
    public VKeyspace Keyspace => Catalog.Keyspace;

    /// <summary>The tablets; where one shard is the target, that one alone.</summary>
    public TabletMap Tablets { get; }

    /// <summary>Whether one shard is the target.</summary>
    public bool IsShard { get; }

    /// <summary>The dialect of the keyspace's engine.</summary>
    public SqlDialect Engine { get; }

    /// <summary>Plans.</summary>
    public PlanCache Plans { get; }

    /// <summary>Makes plans.</summary>
    public StatementCompiler Compiler { get; }

    /// <summary>Runs SELECTs.</summary>
    public SelectExecutor Selects { get; }

    /// <summary>Runs writes.</summary>
    public WriteExecutor Writes { get; }
}
