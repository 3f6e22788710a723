using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What all statements of one dialect to one target share under one version of the VSchema. Thread-safe.</summary>
internal sealed class GateSession
{
    private readonly VTGateOptions _options;
    private readonly SequenceAllocator _sequences;

    /// <summary>Derives everything from a catalog.</summary>
    public GateSession(Catalog catalog, TabletMap tablets, VTGateOptions options, SequenceAllocator sequences, bool isShard)
        : this(catalog, tablets, options, sequences, isShard, null)
    {
    }

    private GateSession(Catalog catalog, TabletMap tablets, VTGateOptions options, SequenceAllocator sequences, bool isShard, GateSession? planned)
    {
        (_options, _sequences) = (options, sequences);
        Catalog = catalog;
        Tablets = tablets;
        IsShard = isShard;
        var type = tablets.Of(catalog.Keyspace)[0].Engine;
        Engine = type == StorageEngineType.Sqlite ? SqlDialect.Sqlite : SqlDialect.Postgres;
        if (Engine == SqlDialect.Postgres && catalog.Dialect == SqlDialect.Sqlite)
        {
            throw new VitessException(ErrorCodes.QueryError, $"keyspace \"{catalog.Keyspace.Name}\" is on PostgreSQL, which does not mean what dialect sqlite means", sqlState: "0A000", hint: "Use dialect postgres.");
        }

        Plans = planned?.Plans ?? new PlanCache(options.PlanCacheSize);
        Compiler = planned?.Compiler ?? new StatementCompiler(catalog, Engine);
        Selects = new SelectExecutor(tablets, new ScratchSources(options.ScratchOf(catalog.Keyspace, type), options.Scratch.GetValueOrDefault(StorageEngineType.Sqlite)), new GateTables(catalog, options, tablets, new HistoryTables(catalog.Keyspace, tablets, options.Topology, catalog.Dialect)), options.Space!, options.ForceAssembly, GateLimits.ReadLimitOf(options, catalog.Keyspace.Name));
        Writes = new WriteExecutor(tablets, Selects, new InsertRowSource(sequences));
    }

    /// <summary>The same plans over other tablets of the same keyspaces, at another moment.</summary>
    public GateSession On(TabletMap tablets, long epoch, IReadOnlyList<KeyspaceCut>? moment) => new(Catalog, tablets, _options, _sequences, IsShard, this) { Epoch = epoch, Moment = moment, Fills = Fills };

    /// <summary>What its statements make over other tables; plans are its own.</summary>
    public GateSession Over(Catalog catalog, TabletMap tablets, long epoch, IReadOnlyList<KeyspaceCut>? moment) => new(catalog, tablets, _options, _sequences, IsShard) { Epoch = epoch, Moment = moment, Fills = Fills };

    /// <summary>Runs a part of a statement that reads no table, in a database of the gate.</summary>
    public async ValueTask<RowSet> ComputeAsync(Fragment statement, SqlValue[] values, CancellationToken cancellationToken)
    {
        await using var database = await _options.ScratchOf(Keyspace, Tablets.Of(Keyspace)[0].Engine).OpenScratchAsync(cancellationToken);
        return (await database.ExecuteAsync(statement.Sql, statement.Bind(values), cancellationToken)).Rows;
    }

    /// <summary>QUERY_ERROR (0A000) for a plan that places rows where the target is one shard.</summary>
    public void RefuseToPlace(StatementPlan plan)
    {
        if (!IsShard || plan is not (InsertPlan or RowChangePlan { Move: not null } or RowChangePlan { Place.IsReference: true } or { Written: not null })) return;
        throw new VitessException(ErrorCodes.QueryError, "a statement that places rows cannot be sent to one shard", sqlState: "0A000",
            hint: "Name the keyspace without a shard as the target.");
    }

    /// <summary>The epoch of <see cref="RowMoves"/> in which its plans find the rows.</summary>
    public required long Epoch { get; init; }

    /// <summary>The moment at which every table without a point of its own is read: the cuts of its keyspaces. Null for the present.</summary>
    public IReadOnlyList<KeyspaceCut>? Moment { get; private init; }

    /// <summary>Whether it has nothing of the present.</summary>
    public bool IsPast => Moment is not null;

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

    /// <summary>The sequences of all keyspaces.</summary>
    public SequenceAllocator Sequences => _sequences;

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
