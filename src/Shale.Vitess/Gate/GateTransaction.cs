using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// A transaction that a client holds by its id. Its statements run one after another. States: open; failed (postgres: a statement failed, only ROLLBACK and
/// ROLLBACK TO are taken); over.
/// </summary>
internal sealed class GateTransaction(string id, LockGraph locks, Target target, SqlDialect dialect, TransactionOptions options, DateTimeOffset startedAt, long processId = 0) : IDisposable
{
    private readonly List<(Func<VSchema, VSchema> Edit, GateState Result)> _edits = [];

    // How many edits there were at each savepoint.
    private readonly List<int> _marks = [];

    /// <summary>The id.</summary>
    public string Id => id;

    /// <summary>What KILL names.</summary>
    public long ProcessId => processId;

    /// <summary>What its statements speak to.</summary>
    public Target Target => target;

    /// <summary>Whose SQL its statements are.</summary>
    public SqlDialect Dialect => dialect;

    /// <summary>Isolation, read-only.</summary>
    public TransactionOptions Options { get; } = options;

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>What now() is in its statements: one value in dialect postgres, that of each statement in dialect sqlite (SEMANTICS S3.6).</summary>
    public DateTimeOffset Now(TimeProvider clock) => Dialect == SqlDialect.Postgres ? StartedAt : clock.GetUtcNow();

    /// <summary>When it was last used.</summary>
    public DateTimeOffset UsedAt { get; set; } = startedAt;

    /// <summary>The shards' part.</summary>
    public CrossShardTransaction Shards { get; } = new(locks, options, pins: true);

    /// <summary>What its statements have taken from sequences, where they are of no session (<see cref="GateRequest.Session"/>).</summary>
    public SequenceMemory Numbers { get; } = new();

    /// <summary>Held by the statement that runs.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>The epoch of <see cref="RowMoves"/> that its first statement found; null before. Another one later means that what it has read is elsewhere now.</summary>
    public long? Epoch { get; set; }

    /// <summary>The moment at which every table without a point of its own is read; null for the present.</summary>
    public IReadOnlyList<KeyspaceCut>? Moment { get; set; }

    /// <summary>Whether it may only read.</summary>
    public bool IsReadOnly => Options.ReadOnly || Moment is not null;

    /// <summary>How many statements it has been sent.</summary>
    public int Statements { get; set; }

    /// <summary>Whether a statement has failed (25P02 until rollback; dialect postgres only).</summary>
    public bool Failed { get; set; }

    /// <summary>Whether it has been committed or rolled back.</summary>
    public bool Over { get; set; }

    /// <summary>What its DDL has made of the VSchema; null without DDL.</summary>
    public GateState? Schema => _edits.Count == 0 ? null : _edits[^1].Result;

    /// <summary>The changes its DDL made, in order.</summary>
    public IEnumerable<Func<VSchema, VSchema>> SchemaEdits => _edits.Select(each => each.Edit);

    /// <summary>Keeps a change of the VSchema until commit; the transaction sees it at once.</summary>
    public void Edit(Func<VSchema, VSchema> edit, GateState result) => _edits.Add((edit, result));

    /// <summary>Sets a savepoint: see <see cref="CrossShardTransaction.SavepointAsync"/>.</summary>
    public async ValueTask SavepointAsync(string name, CancellationToken cancellationToken)
    {
        await Shards.SavepointAsync(name, cancellationToken);
        _marks.Add(_edits.Count);
    }

    /// <summary>Goes back to a savepoint: what DDL has changed since is as it was, here as on the shards.</summary>
    public async ValueTask RollbackToAsync(string name, CancellationToken cancellationToken)
    {
        var place = await Shards.RollbackToAsync(name, cancellationToken);
        _edits.RemoveRange(_marks[place], _edits.Count - _marks[place]);
        _marks.RemoveRange(place + 1, _marks.Count - place - 1);
        Failed = false;
    }

    /// <summary>Forgets a savepoint and those after it, keeping the work.</summary>
    public async ValueTask ReleaseAsync(string name, CancellationToken cancellationToken)
    {
        var place = await Shards.ReleaseAsync(name, cancellationToken);
        _marks.RemoveRange(place, _marks.Count - place);
    }

    /// <inheritdoc/>
    public void Dispose() => Turn.Dispose();
}
