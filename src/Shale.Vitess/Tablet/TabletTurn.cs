using System.Runtime.CompilerServices;

namespace Shale.Vitess;

/// <summary>The turn of one statement in a transaction, from entering the transaction to leaving it.</summary>
internal sealed class TabletTurn : IAsyncDisposable
{
    private readonly VTTablet _tablet;
    private readonly TabletTransaction _transaction;
    private readonly IEngineConnection _connection;
    private readonly TabletMetrics.Measured _start;
    private VitessException? _failure;
    private bool _left;

    private TabletTurn(VTTablet tablet, TabletTransaction transaction, IEngineConnection connection, string? sql)
    {
        _tablet = tablet;
        _transaction = transaction;
        _connection = connection;
        _start = tablet.Metrics.Start(sql);
        transaction.Entered(connection);
    }

    /// <summary>Where the statement runs.</summary>
    public IEngineConnection Connection => _connection;

    /// <summary>Waits for the turn and finds the connection.</summary>
    public static async ValueTask<TabletTurn> EnterAsync(VTTablet tablet, string txId, string shard, string? sql, bool write, CancellationToken cancellationToken)
    {
        try
        {
            tablet.Require(shard);
            var transaction = await tablet.Transactions.EnterAsync(txId, cancellationToken);
            try
            {
                return new TabletTurn(tablet, transaction, await tablet.Transactions.ConnectionAsync(transaction, write, cancellationToken), sql);
            }
            catch
            {
                _ = await tablet.Transactions.LeaveAsync(transaction);
                throw;
            }
        }
        catch (Exception exception) when (tablet.Translate(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Runs one statement in a turn of its own: enters, runs and leaves.</summary>
    /// <remarks>Hot path: bench pg, TPC-B. Where the turn is free there is one state machine for all of it.</remarks>
    public static ValueTask<T> RunAsync<T>(VTTablet tablet, string txId, string shard, string? sql, bool write, Func<IEngineConnection, bool, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var entering = EnterAsync(tablet, txId, shard, sql, write, cancellationToken);
        return entering.IsCompletedSuccessfully ? entering.Result.RunAsync(work, leaves: true) : WaitAsync();

        async ValueTask<T> WaitAsync() => await (await entering).RunAsync(work, leaves: true);
    }

    /// <summary>Runs something on the connection.</summary>
    /// <param name="work">Gets the connection, and whether what fails is undone alone, by a savepoint: on the one writer (SEMANTICS S4.1).</param>
    /// <param name="leaves">Whether the turn ends with it. It ends with what fails in any case.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> RunAsync<T>(Func<IEngineConnection, bool, ValueTask<T>> work, bool leaves = false)
    {
        var writes = _transaction.Writer is not null;
        try
        {
            try
            {
                return await work(_connection, writes && _tablet.Writer.IsOne);
            }
            finally
            {
                // The writer sees commits that are not on the disk yet: they could be lost though somebody has been told of them.
                if (writes) await _tablet.Writer.Mark(_connection).WaitAsync();
            }
        }
        catch (Exception exception) when (_tablet.Translate(exception) is { } failure)
        {
            _failure = failure;
            if (await LeaveAsync() is { } instead) throw _tablet.Translate(instead)!;
            throw failure;
        }
        finally
        {
            if (leaves && !_left) _ = await LeaveAsync();
        }
    }

    /// <summary>Ends the turn.</summary>
    public async ValueTask DisposeAsync() => _ = await LeaveAsync();

    private async ValueTask<VitessException?> LeaveAsync()
    {
        if (_left) return null;
        _left = true;
        _transaction.Left();
        _tablet.Metrics.End(_start, _failure);
        _tablet.Transactions.StatementDone(_transaction, !VTTablet.IsEngineFailure(_failure));
        return await _tablet.Transactions.LeaveAsync(_transaction);
    }
}
