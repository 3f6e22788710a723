using System.Globalization;
using System.Runtime.CompilerServices;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Where a block goes on behind a statement.</summary>
internal enum BlockFlow
{
    /// <summary>With the next one.</summary>
    Next,

    /// <summary>Behind a loop or block.</summary>
    Exit,

    /// <summary>With a loop's next round.</summary>
    Continue,

    /// <summary>Nowhere: it has ended.</summary>
    Return,
}

/// <summary>
/// Runs a block of PL/pgSQL in the session's transaction. Its SQL goes the way of all statements of the session, so that it means the same on SQLite and on PostgreSQL shards, over any number of them. Not thread-safe.
/// </summary>
internal sealed partial class BlockRunner
{
    private static readonly SqlType Whole = new(SqlTypeKind.Int4), Text = new(SqlTypeKind.Text), Truth = new(SqlTypeKind.Bool);

    private readonly PlRoutine _routine;
    private readonly SessionStatements _statements;
    private readonly SessionTransaction _transaction;
    private readonly Action _rest;
    private readonly bool _mayEnd;
    private readonly BlockVariables _variables;
    private readonly BlockSql _sql;
    private readonly Stack<VitessException> _caught = [];
    private VitessException? _located;
    private string? _goal;
    private long _rows;
    private int _guards, _loops;

    /// <summary>Of a routine, for one run.</summary>
    /// <param name="routine">The routine.</param>
    /// <param name="statements">What runs its SQL.</param>
    /// <param name="transaction">What its handlers go back in.</param>
    /// <param name="rest">Throws where the statement is cancelled or out of time.</param>
    /// <param name="mayEnd">Whether it may end the transaction, which is its own.</param>
    public BlockRunner(PlRoutine routine, SessionStatements statements, SessionTransaction transaction, Action rest, bool mayEnd)
    {
        (_routine, _statements, _transaction, _rest, _mayEnd) = (routine, statements, transaction, rest, mayEnd);
        _variables = new BlockVariables(routine.Slots);
        _sql = new BlockSql(statements, _variables);
    }

    /// <summary>Runs it. Errors: those of its statements, with the line in the context.</summary>
    public async ValueTask RunAsync()
    {
        _variables.Begin(_routine.Found, Truth);
        SetFound(false);
        await RunAsync(_routine.Body);
    }

    private async ValueTask<BlockFlow> RunAllAsync(IReadOnlyList<PlStatement> statements)
    {
        foreach (var statement in statements)
        {
            _rest();
            var flow = await RunAsync(statement);
            if (flow != BlockFlow.Next) return flow;
        }

        return BlockFlow.Next;
    }

    private async ValueTask<BlockFlow> RunAsync(PlStatement statement)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new VitessException(ErrorCodes.SyntaxError, "stack depth limit exceeded", sqlState: "54001", hint: "Nest blocks less deeply.");
        try
        {
            return await DispatchAsync(statement);
        }
        catch (VitessException failure) when (!ReferenceEquals(failure, _located))
        {
            throw _located = failure.Within((failure.Context is { } context ? context + "\n" : "") + BlockFailures.Where(statement));
        }
    }

    private ValueTask<BlockFlow> DispatchAsync(PlStatement statement) => statement switch
    {
        PlBlock block => RunBlockAsync(block),
        PlAssign assign => ThenNext(AssignAsync(assign)),
        PlIf branches => RunIfAsync(branches),
        PlCase cases => RunCaseAsync(cases),
        PlLoop loop => RunLoopAsync(loop),
        PlForNumbers numbers => RunForAsync(numbers),
        PlForRows rows => RunForAsync(rows),
        PlForEach each => RunForEachAsync(each),
        PlExit exit => RunExitAsync(exit),
        PlReturn => new ValueTask<BlockFlow>(BlockFlow.Return),
        PlRaise raise => ThenNext(RaiseAsync(raise)),
        PlAssert assert => ThenNext(AssertAsync(assert)),
        PlPerform perform => ThenNext(PerformAsync(perform)),
        PlSql sql => ThenNext(RunSqlAsync(sql)),
        PlExecute execute => ThenNext(ExecuteAsync(execute)),
        PlDiagnostics diagnostics => ThenNext(DiagnoseAsync(diagnostics)),
        PlEnd end => ThenNext(EndAsync(end)),
        PlNothing => new ValueTask<BlockFlow>(BlockFlow.Next),
        _ => throw new InvalidOperationException($"a block has a {statement.GetType().Name}"),
    };

    private static async ValueTask<BlockFlow> ThenNext(ValueTask done)
    {
        await done;
        return BlockFlow.Next;
    }

    private async ValueTask<BlockFlow> RunBlockAsync(PlBlock block)
    {
        foreach (var variable in block.Variables) await BeginAsync(variable);
        var flow = block.Handlers.Count == 0 ? await RunAllAsync(block.Body) : await RunGuardedAsync(block);
        Ends(ref flow, block.Label, isLoop: false);
        return flow;
    }

    private async ValueTask<BlockFlow> RunGuardedAsync(PlBlock block)
    {
        var mark = NextName("block");
        await _transaction.MarkAsync("SAVEPOINT", mark, _statements.Marking("SAVEPOINT", mark));
        BlockFlow flow;
        try
        {
            _guards++;
            flow = await RunAllAsync(block.Body);
            _guards--;
        }
        catch (VitessException failure) when (block.Handlers.Any(handler => Catches(handler, failure)))
        {
            _guards--;
            await _transaction.MarkAsync("ROLLBACK", mark, _statements.Marking("ROLLBACK TO", mark));
            await _transaction.MarkAsync("RELEASE", mark, _statements.Marking("RELEASE", mark));
            return await HandleAsync(block, failure);
        }

        await _transaction.MarkAsync("RELEASE", mark, _statements.Marking("RELEASE", mark));
        return flow;
    }

    private async ValueTask EndAsync(PlEnd end)
    {
        if (!_mayEnd || _guards > 0) throw new VitessException(ErrorCodes.TransactionError, _guards > 0 ? $"cannot {(end.IsCommit ? "commit" : "roll back")} while a subtransaction is active" : "invalid transaction termination", sqlState: "2D000", hint: "A block ends transactions where it is sent by itself, outside of transactions, and not between BEGIN and EXCEPTION.");
        if (_loops > 0) throw new VitessException(ErrorCodes.QueryError, $"{end.Kind} in a loop over rows is not supported", sqlState: "0A000", hint: "Gather the keys first, as with array_agg, and go over these.");
        await _statements.TakeTurnAsync(end.IsCommit);
    }

    private static bool Catches(PlHandler handler, VitessException failure) => handler.Conditions.Any(condition => PlConditions.Matches(condition, failure.SqlState ?? "XX000"));

    private async ValueTask<BlockFlow> HandleAsync(PlBlock block, VitessException failure)
    {
        Set(block.State!, SqlValue.Text(failure.SqlState ?? "XX000"), Text);
        Set(block.Message!, SqlValue.Text(failure.Message), Text);
        _caught.Push(failure);
        try
        {
            return await RunAllAsync(block.Handlers.First(handler => Catches(handler, failure)).Body);
        }
        finally
        {
            _caught.Pop();
        }
    }

    private async ValueTask BeginAsync(PlVariable variable)
    {
        try
        {
            await DeclareAsync(variable);
            if (variable.Default is not { } value) return;
            if (!variable.IsScalar) throw new VitessException(ErrorCodes.QueryError, $"a default of record \"{variable.Name}\" is not supported", sqlState: "0A000", hint: "SELECT … INTO it.");
            var (first, type) = await _sql.EvaluateAsync(value);
            _variables.Assign(new PlTarget(variable, null), first, type);
        }
        catch (VitessException failure) when (!ReferenceEquals(failure, _located))
        {
            throw _located = failure.Within($"PL/pgSQL function inline_code_block line {variable.Line} during statement block local variable initialization");
        }
    }

    private async ValueTask DeclareAsync(PlVariable variable)
    {
        switch (variable.Kind)
        {
            case PlKind.Record:
                _variables.Begin(variable, default);
                return;
            case PlKind.RowType:
                await DeclareRowAsync(variable);
                return;
            case PlKind.ColumnType:
                var dot = variable.Type.LastIndexOf('.');
                if (dot < 0) throw new VitessException(ErrorCodes.SyntaxError, $"invalid type name \"{variable.Type}%TYPE\"");
                var column = await _statements.DescribeAsync($"SELECT {variable.Type[(dot + 1)..]} FROM {variable.Type[..dot]}", null);
                _variables.Begin(variable, SqlTypes.Of(column.Fields![0]));
                return;
            default:
                _variables.Begin(variable, SqlTypes.Of(((Cast)SqlParser.ParseExpression($"NULL::{variable.Type}", SqlDialect.Postgres)).Type, SqlDialect.Postgres));
                return;
        }
    }

    private async ValueTask DeclareRowAsync(PlVariable variable)
    {
        var fields = (await _statements.DescribeAsync($"SELECT * FROM {variable.Type}", null)).Fields!.Select(field => (field.Name, SqlTypes.Of(field))).ToList();
        _variables.Begin(variable, default, new BlockRecord(fields, new SqlValue[fields.Count]));
    }

    private static SqlType TypeOf(Field field) => SqlTypes.Named(field.Type);

    private async ValueTask AssignAsync(PlAssign assign)
    {
        if (assign.Target is { Variable.IsScalar: false, Field: null })
        {
            await using var open = await _sql.OpenAsync(assign.Value);
            await TakeRowAsync(open, new PlInto([assign.Target], IsStrict: false));
            return;
        }

        var (value, type) = await _sql.EvaluateAsync(assign.Value);
        _variables.Assign(assign.Target, value, type);
    }

    private void Set(PlVariable variable, SqlValue value, SqlType type)
    {
        _variables.Begin(variable, type);
        _variables.Assign(new PlTarget(variable, null), value, type);
    }

    private void SetFound(bool found) => _variables.Assign(new PlTarget(_routine.Found, null), SqlValue.Boolean(found), Truth);

    private string NextName(string what) => string.Create(CultureInfo.InvariantCulture, $"shale {what} {_statements.NextNumber()}");
}
