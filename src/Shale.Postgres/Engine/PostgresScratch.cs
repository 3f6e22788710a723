using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Postgres;

/// <summary>A scratch database: the temporary tables of one session, each statement for itself; they are dropped when it is given back.</summary>
internal sealed class PostgresScratch(PostgresEngine engine, PostgresConnection.Session session) : PostgresConnection(engine, session, isPrivate: true), IScratchDatabase
{
    private readonly PostgresEngine _engine = engine;
    private readonly Session _session = session;
    private bool _isGivenBack;

    /// <summary>PostgreSQL has its own memory, and its own files where that is not enough.</summary>
    public ValueTask KeepInMemoryAsync(long bytes) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask BeginAsync(IsolationLevel isolation, bool readOnly, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask CommitAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Drops everything.</summary>
    public override async ValueTask RollbackAsync(CancellationToken cancellationToken)
    {
        try
        {
            RequireReady(cancellationToken);
            await CommandAsync("DISCARD TEMP", cancellationToken);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) => await new SchemaReader(this, "pg_temp").ReadAsync(cancellationToken);

    /// <summary>Empties it for the next, or closes it.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_isGivenBack) return;
        _isGivenBack = true;
        if (!await TryEmptyAsync() || !_engine.TryKeep(_session)) await base.DisposeAsync();
    }

    private async ValueTask<bool> TryEmptyAsync()
    {
        if (!IsUsable) return false;
        try
        {
            await CommandAsync("DISCARD TEMP", CancellationToken.None);
            return true;
        }
        catch (Exception exception) when (Failed(exception) is not null)
        {
            // It is closed: its tables go with it.
            return false;
        }
    }
}
