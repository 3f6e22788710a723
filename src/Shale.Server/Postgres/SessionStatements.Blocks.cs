using System.Diagnostics;
using Shale.Postgres.Sockets;
using Shale.Postgres.Wire;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>DO: blocks of PL/pgSQL.</summary>
internal sealed partial class SessionStatements
{
    // When the outermost block began, while one runs.
    private long? _blockBegan;
    private int _named;

    /// <summary>A number for the name of a block's savepoint or cursor: blocks may stand in one another.</summary>
    public int NextNumber() => ++_named;

    /// <summary>The names in a statement that stand for variables of its block.</summary>
    public ValueTask<IReadOnlyList<VariableUse>> FindVariablesAsync(string text, IVariableSource variables) => _gate.FindVariablesAsync(Request(text, [], _transaction.TxId), variables);

    /// <summary>A statement for <see cref="SessionTransaction.MarkAsync"/>.</summary>
    /// <param name="word">SAVEPOINT, RELEASE or ROLLBACK TO.</param>
    /// <param name="name">The savepoint.</param>
    public GateRequest Marking(string word, string name) => Request($"{word} \"{name}\"", []);

    // A block is one statement: what it runs has the time that is left of it.
    private TimeSpan? TimeLeft
    {
        get
        {
            var limit = _variables.Settings.Statement;
            if (limit is null || _blockBegan is not { } began) return limit;
            var left = limit.Value - Stopwatch.GetElapsedTime(began);
            return left > TimeSpan.Zero ? left : throw new VitessException(ErrorCodes.Timeout, "canceling statement due to statement timeout", hint: "Raise statement_timeout, or do less in one block.");
        }
    }

    /// <summary>Ends the transaction of statements that were sent together, and begins the next.</summary>
    public async ValueTask TakeTurnAsync(bool commits)
    {
        if (commits) await _transaction.EndImpliedAsync();
        else await _transaction.RollbackAsync();
        await _transaction.JoinAsync(Target, _cancel.Begin());
    }

    /// <summary>Tells the client something at once: what comes behind it may take long.</summary>
    public async ValueTask NoticeNowAsync(ErrorFields fields)
    {
        Notice(fields);
        await _pipes.Output.FlushAsync(_cancel.Check());
    }

    private async ValueTask<OpenResult> RunBlockAsync(string text, bool alone)
    {
        var routine = PlRoutine.ParseDo(text);
        await SocketPoll.LeaveAsync();
        var mayEnd = alone && !_transaction.IsBlock && !_transaction.IsImplied;
        await _transaction.JoinAsync(Target, _cancel.Begin());
        var outer = _blockBegan;
        try
        {
            _blockBegan ??= Stopwatch.GetTimestamp();
            await new BlockRunner(routine, this, _transaction, MayGoOn, mayEnd).RunAsync();
            return OpenResult.Done("DO");
        }
        finally
        {
            _blockBegan = outer;
            _cancel.End();
        }
    }

    private void MayGoOn()
    {
        _cancel.Check();
        _ = TimeLeft;
    }
}
