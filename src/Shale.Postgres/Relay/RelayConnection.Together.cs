using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Postgres.Wire;
using Shale.Vitess;

namespace Shale.Postgres.Relay;

/// <summary>The same read for several sessions: their parameters one behind the other, and one Sync behind them all, so that the server wakes and answers once.</summary>
internal sealed partial class RelayConnection : ISharedReader
{
    // The places of those that have been sent and have no answer yet.
    private readonly Queue<int> _sent = new();

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> QueryTogetherAsync(List<SharedRead?> reads)
    {
        try
        {
            RequireReady(CancellationToken.None);
            if (KnownDefinitions != Engine.Definitions) ForgetAll();

            // Preparing may wait for a lock, and whoever is cancelled would wait with it: the first on a connection go alone.
            if (!_statements.TryGet(reads[0]!.Request.Sql, reads[0]!.Request.Params, out var statement)) return true;
            await SendAsync(statement, reads);
            while (true)
            {
                while (!_answer.Take()) _link.Filled(await _link.FillAsync());
                if (_answer.IsEnded) break;
                TakeOut(reads).Succeed(new ShardResult(_answer.Rows()));
            }

            await EndAsync();
            return _answer.Failure is not { } failure || Tell(failure, statement, reads);
        }
        catch (Exception exception) when (Failed(exception) is not null)
        {
            // Each of them finds out for itself.
            await _running.EndAsync();
            return true;
        }
        finally
        {
            foreach (var place in _sent) reads[place]!.Leave();
            _sent.Clear();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(RelayStatement statement, List<SharedRead?> reads)
    {
        var output = _link.Output;
        var formats = statement.Formats(reads[0]!.Request.Encoding);
        for (var i = 0; i < reads.Count; i++)
        {
            if (TryWrite(statement, reads[i]!.Request.Params, formats)) _sent.Enqueue(i);
        }

        output.Bare(FrontendMessage.Sync);
        _answer.BeginRepeated(statement.Shape, formats, reads[0]!.Request.Encoding is not null);
        _link.LeavesPoll = false;
        await _link.SendAsync();
        _running.Begin(CancellationToken.None);
        foreach (var place in _sent) reads[place]!.Enter(this);
    }

    // Not those whose parameters go in another way, and those that no server could read.
    private bool TryWrite(RelayStatement statement, IReadOnlyList<SqlValue> parameters, bool[] formats)
    {
        if (!PostgresParameters.Fit(statement.Wires, parameters)) return false;
        var before = _link.Output.Length;
        try
        {
            _link.Output.Bind(statement.Name, statement.Wires, parameters, formats);
        }
        catch (VitessException)
        {
            _link.Output.CutBack(before);
            return false;
        }

        _link.Output.Execute();
        return true;
    }

    private SharedRead TakeOut(List<SharedRead?> reads)
    {
        var place = _sent.Dequeue();
        var read = reads[place]!;
        reads[place] = null;
        return read;
    }

    // The server has come to one that failed; those behind it are run again. So is one that was stopped in place of another, and one that was prepared for a table that is another now.
    private bool Tell(ServerFailure failure, RelayStatement statement, List<SharedRead?> reads)
    {
        if (_sent.Count == 0 || IsOutdated(statement, failure)) return true;
        var isForAnother = failure.SqlState == "57014" && !reads[_sent.Peek()]!.IsCancelled && _sent.Any(place => reads[place]!.IsCancelled);
        if (isForAnother) return true;
        var told = PostgresErrors.Translate(failure)!;
        TakeOut(reads).Fail(told);
        return told.Code != ErrorCodes.ShardError.Code;
    }
}
