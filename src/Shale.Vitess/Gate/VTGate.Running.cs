using System.Runtime.CompilerServices;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>One statement from its entry in the process list to its end, alone or in a transaction.</summary>
public sealed partial class VTGate
{
    private async ValueTask<GateResult> TracedAsync(GateRequest request, CancellationToken cancellationToken)
    {
        using var activity = GateTelemetry.Start(request);
        try
        {
            var result = await RunAsync(request, cancellationToken);
            GateTelemetry.Succeed(activity, result);
            return result;
        }
        catch (Exception failure)
        {
            ShaleTelemetry.Fail(activity, failure);
            throw;
        }
    }

    // Hot path: bench main, point SELECT. No state machine where the shard answers at once.
    private ValueTask<GateResult> RunAsync(GateRequest request, CancellationToken cancellationToken)
    {
        var transaction = request.TxId is null ? null : _transactions.Get(request.TxId);
        if (transaction is not null) RefuseKey(request.IdempotencyKey);
        var running = _processes.Enter(request, transaction, cancellationToken);
        if (transaction is not null) return InTransactionAsync(request, running);
        GateResult result;
        try
        {
            if (request.Timeout is { } limit) running.ExpireAfter(limit);
            var pending = _runner.RunAsync(request, null, running);
            if (!pending.IsCompletedSuccessfully) return FinishAsync(pending, request, running);
            result = pending.Result;
        }
        catch (Exception exception)
        {
            var failure = running.Translate(exception);
            End(running, null, failure);
            if (failure == exception) throw;
            throw failure;
        }

        if (result.Rest is not null) return new ValueTask<GateResult>(Open(result, running));
        End(running, result, null);
        return new ValueTask<GateResult>(result);
    }

    // It runs until its rows have been read, or nobody wants them any more.
    private GateResult Open(GateResult result, RunningStatement running) => result with
    {
        Rest = new RunningRest(result.Rest!, running, failure =>
        {
            End(running, null, failure);
            return ValueTask.CompletedTask;
        }),
    };

    private GateResult Open(GateResult result, GateTransaction transaction, RunningStatement running) =>
        Open(result with { Rest = new RunningRest(result.Rest!, running, failure => LeaveAsync(transaction, failure)) }, running);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GateResult> FinishAsync(ValueTask<GateResult> pending, GateRequest request, RunningStatement running)
    {
        GateResult? result = null;
        Exception? failure = null;
        try
        {
            try
            {
                result = await pending;
            }
            catch (Exception moved) when (_runner.RunsAgain(moved, request, running))
            {
                result = await _runner.RunAgainAsync(request, running);
            }

            return result.Rest is null ? result : Open(result, running);
        }
        catch (Exception exception)
        {
            failure = running.Translate(exception);
            if (failure == exception) throw;
            throw failure;
        }
        finally
        {
            if (result?.Rest is null) End(running, result, failure);
        }
    }

    private void End(RunningStatement running, GateResult? result, Exception? failure)
    {
        GateTelemetry.Ended(running, _options.Clock, result, failure);
        _processes.Leave(running);
    }

    // Hot path: bench pg, TPC-B. One state machine for the statement's end and its transaction's turn.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GateResult> InTransactionAsync(GateRequest request, RunningStatement running)
    {
        GateTransaction? transaction = null;
        GateResult? result = null;
        Exception? failure = null;
        try
        {
            if (request.Timeout is { } limit) running.ExpireAfter(limit);
            running.State = "waiting for its transaction";
            transaction = await _transactions.EnterAsync(request.TxId!, running.Token);
            running.State = "running";
            transaction.Shards.LockTimeout = request.LockTimeout;
            result = await _runner.RunAsync(request, transaction, running);
            return result.Rest is null ? result : Open(result, transaction, running);
        }
        catch (Exception exception)
        {
            failure = exception;
            if (transaction is not null) await FailAsync(transaction, exception);
            failure = running.Translate(exception);
            if (failure == exception) throw;
            throw failure;
        }
        finally
        {
            if (result?.Rest is null)
            {
                if (transaction is not null) Leave(transaction);
                End(running, result, failure);
            }
        }
    }

    private async ValueTask LeaveAsync(GateTransaction transaction, Exception? failure)
    {
        try
        {
            if (failure is not null) await FailAsync(transaction, failure);
        }
        finally
        {
            Leave(transaction);
        }
    }

    private void Leave(GateTransaction transaction)
    {
        transaction.UsedAt = _options.Clock.GetUtcNow();
        transaction.Turn.Release();
    }

    private static async ValueTask FailAsync(GateTransaction transaction, Exception failure)
    {
        var isDeadlock = failure is VitessException known && known.Code == ErrorCodes.DeadlockDetected.Code;
        if (isDeadlock || transaction.Dialect == SqlDialect.Postgres) transaction.Failed = true;

        // Others wait for what it holds; its client may take its time.
        if (isDeadlock) await transaction.Shards.AbortAsync();
    }
}
