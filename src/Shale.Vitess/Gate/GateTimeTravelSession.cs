using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// A keyspace at one moment, for as many queries as it takes: its rows, tables, views and indexes of then. It can only be read. It keeps nothing: what the retention lets go of is
/// TT_LSN_NOT_AVAILABLE from then on; a named snapshot keeps a moment for longer. Thread-safe.
/// </summary>
public sealed class GateTimeTravelSession
{
    private readonly VTGate _gate;
    private readonly string? _target;
    private readonly SqlDialect _dialect;
    private readonly IReadOnlyList<KeyspaceCut> _moment;

    internal GateTimeTravelSession(VTGate gate, string? target, SqlDialect dialect, IReadOnlyList<KeyspaceCut> moment, TimeTravelScope scope)
    {
        (_gate, _target, _dialect, _moment) = (gate, target, dialect, moment);
        Scope = scope;
    }

    /// <summary>The point, as it was named.</summary>
    public TimePoint Point => _moment[0].Point;

    /// <summary>Its time; of versions that of the last commit.</summary>
    public DateTimeOffset Timestamp => _moment[0].Time.ToMoment();

    /// <summary>How far it reaches.</summary>
    public TimeTravelScope Scope { get; }

    /// <summary>Runs a query. READ_ONLY_TRANSACTION (25006) for a statement that writes.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="parameters">Its values; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<RowSet> QueryAsync(string sql, IReadOnlyList<SqlValue>? parameters = null, CancellationToken cancellationToken = default) =>
        (await _gate.ExecuteAsync(Request(sql, parameters), cancellationToken)).Rows;

    /// <summary>Runs a query and gives its rows in chunks.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="parameters">Its values; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue>? parameters = null, CancellationToken cancellationToken = default) =>
        _gate.StreamAsync(Request(sql, parameters), cancellationToken);

    private GateRequest Request(string sql, IReadOnlyList<SqlValue>? parameters) => new(sql, parameters ?? []) { Target = _target, Dialect = _dialect, Moment = _moment };
}
