using System.Globalization;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Branches and loops.</summary>
internal sealed partial class BlockRunner
{
    // So many rows of a loop's query are fetched at once.
    private const int LoopRows = 64;

    private async ValueTask<BlockFlow> RunIfAsync(PlIf statement)
    {
        foreach (var (condition, body) in statement.Branches)
        {
            if (await _sql.HoldsAsync(condition)) return await RunAllAsync(body);
        }

        return await RunAllAsync(statement.Else);
    }

    private async ValueTask<BlockFlow> RunCaseAsync(PlCase statement)
    {
        if (statement.Subject is { } subject)
        {
            var (value, type) = await _sql.EvaluateAsync(subject.Value);
            _variables.Begin(subject.Variable, default, new BlockRecord([("value", type)], [value]));
        }

        foreach (var (condition, body) in statement.Branches)
        {
            if (await _sql.HoldsAsync(condition)) return await RunAllAsync(body);
        }

        return statement.Else is { } rest ? await RunAllAsync(rest) : throw new VitessException(ErrorCodes.QueryError, "case not found", sqlState: "20000", hint: "CASE statement is missing ELSE part.");
    }

    private async ValueTask<BlockFlow> RunLoopAsync(PlLoop loop)
    {
        while (loop.Condition is null || await _sql.HoldsAsync(loop.Condition))
        {
            if (await RoundAsync(loop.Body, loop.Label) is { } flow) return flow;
        }

        return BlockFlow.Next;
    }

    private async ValueTask<BlockFlow> RunForAsync(PlForNumbers loop)
    {
        var from = await BoundAsync(loop.From, "lower bound of FOR loop");
        var to = await BoundAsync(loop.To, "upper bound of FOR loop");
        var step = loop.By is null ? 1 : await BoundAsync(loop.By, "BY value of FOR loop");
        if (step <= 0) throw new VitessException(ErrorCodes.TypeError, "BY value of FOR loop must be greater than zero", sqlState: "22023");
        var found = false;
        for (long i = from; loop.IsReverse ? i >= to : i <= to; i += loop.IsReverse ? -step : step)
        {
            found = true;
            Set(loop.Variable, SqlValue.Integer(i), Whole);
            if (await RoundAsync(loop.Body, loop.Label) is { } flow) return Ended(true, flow);
        }

        return Ended(found);
    }

    private async ValueTask<int> BoundAsync(PlText text, string what)
    {
        var value = await _sql.EvaluateAsync(text, Whole);
        return value.IsNull ? throw new VitessException(ErrorCodes.TypeError, $"{what} cannot be null", sqlState: "22004") : (int)value.AsInteger();
    }

    private async ValueTask<BlockFlow> RunForAsync(PlForRows loop)
    {
        var cursor = NextName("loop");
        if (loop.Dynamic is { } dynamic) await _sql.DeclareAsync(cursor, dynamic);
        else await _sql.DeclareAsync(cursor, loop.Query!);
        var found = false;
        try
        {
            _loops++;
            while (true)
            {
                var rows = await FetchAsync(cursor);
                for (var i = 0; i < rows.RowCount; i++)
                {
                    found = true;
                    Take(loop.Into, rows, i);
                    if (await RoundAsync(loop.Body, loop.Label) is { } flow) return Ended(true, flow);
                }

                if (rows.RowCount >= LoopRows) continue;
                if (!found) Take(loop.Into, rows, -1);
                return Ended(found);
            }
        }
        finally
        {
            _loops--;
            await _statements.CloseCursorAsync(cursor);
        }
    }

    private async ValueTask<RowSet> FetchAsync(string cursor)
    {
        await using var open = await _statements.FetchAsync(new CursorMove(cursor, CursorMoveKind.Forward, LoopRows));
        var rows = new RowSet(open.Rows.Fields);
        while (await open.TakeAsync() is { } chunk)
        {
            for (var i = 0; i < chunk.RowCount; i++) rows.Add(chunk[i]);
        }

        return rows;
    }

    private async ValueTask<BlockFlow> RunForEachAsync(PlForEach loop)
    {
        var (array, type) = await _sql.EvaluateAsync(loop.Array);
        if (array.IsNull) throw new VitessException(ErrorCodes.TypeError, "FOREACH expression must not be null", sqlState: "22004");
        if (!type.IsArray) throw new VitessException(ErrorCodes.TypeError, $"FOREACH expression must yield an array, not type {type.Display()}", sqlState: "42804");
        var element = new SqlType(type.Kind);
        var found = false;
        foreach (var item in ParameterConversion.ElementsOf(array, type))
        {
            found = true;
            _variables.Assign(loop.Target, item, element);
            if (await RoundAsync(loop.Body, loop.Label) is { } flow) return Ended(true, flow);
        }

        return Ended(found);
    }

    // Null where the loop goes on; else the flow behind it.
    private async ValueTask<BlockFlow?> RoundAsync(IReadOnlyList<PlStatement> body, string? label)
    {
        _rest();
        var flow = await RunAllAsync(body);
        return Ends(ref flow, label) ? flow : null;
    }

    private BlockFlow Ended(bool found, BlockFlow flow = BlockFlow.Next)
    {
        SetFound(found);
        return flow;
    }

    private async ValueTask<BlockFlow> RunExitAsync(PlExit exit)
    {
        if (exit.When is not null && !await _sql.HoldsAsync(exit.When)) return BlockFlow.Next;
        _goal = exit.Label;
        return exit.IsContinue ? BlockFlow.Continue : BlockFlow.Exit;
    }

    // Whether a loop or block ends behind a statement; then the flow is the one behind it.
    private bool Ends(ref BlockFlow flow, string? label, bool isLoop = true)
    {
        if (flow == BlockFlow.Next) return false;
        var isMeant = flow != BlockFlow.Return && (_goal is null ? isLoop : _goal == label);
        if (!isMeant) return true;
        (_goal, var was) = (null, flow);
        flow = BlockFlow.Next;
        return was == BlockFlow.Exit;
    }
}
