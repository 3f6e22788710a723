using Shale.Sql;

namespace Shale.DoSql;

/// <summary>
/// What CALL and RESTORE do: <c>dosql_branch(name[, from])</c>, <c>dosql_drop_branch(name)</c>, <c>dosql_snapshot(name[, at])</c>, <c>dosql_drop_snapshot(name)</c>;
/// <c>RESTORE DATABASE TO point</c>. Points as arguments are texts: a branch, a snapshot, or branch@version.
/// </summary>
internal static class Procedures
{
    /// <summary>Runs a statement on a branch. Its row says what came of it. Errors: NOT_FOUND (42883) for another procedure; those of the methods.</summary>
    public static async Task<RunResult> RunAsync(DoSqlBranch branch, StatementText text, SqlValue[] values, CancellationToken cancellationToken) => SqlParser.Parse(text.Sql, SqlDialect.Sqlite) switch
    {
        CallStatement call => await CallAsync(branch, call.Call, values, cancellationToken),
        RestoreStatement { IsDatabase: true } restore => await RestoreAsync(branch, restore, values, cancellationToken),
        _ => throw new VitessException(ErrorCodes.QueryError, "a keyspace is restored by its gate", sqlState: "0A000", hint: "Write RESTORE DATABASE TO …"),
    };

    private static async Task<RunResult> CallAsync(DoSqlBranch branch, FunctionCall call, SqlValue[] values, CancellationToken cancellationToken)
    {
        var name = call.Name.Name.Name.ToLowerInvariant();
        var arguments = call.Args.Select(argument => Text(argument, values)).ToArray();
        var engine = branch.Engine;
        switch (name, arguments)
        {
            case ("dosql_branch", [var made, ..]) when arguments.Length <= 2:
                engine.CreateBranch(made, branch.Name, arguments.Length == 2 ? Point(engine, arguments[1]) : null);
                return Row("branch", SqlValue.Text(made));
            case ("dosql_drop_branch", [var dropped]):
                await engine.DropBranchAsync(dropped, cancellationToken);
                return Row("branch", SqlValue.Text(dropped));
            case ("dosql_snapshot", [var made, ..]) when arguments.Length <= 2:
                var snapshot = engine.CreateSnapshot(made, branch.Name, arguments.Length == 2 ? Point(engine, arguments[1]) : null);
                return Row("snapshot", SqlValue.Text($"{snapshot.Branch}@{snapshot.Version}")) with { Lsn = snapshot.Lsn };
            case ("dosql_drop_snapshot", [var dropped]):
                engine.Store.DropSnapshot(dropped);
                return Row("snapshot", SqlValue.Text(dropped));
            default:
                throw new VitessException(ErrorCodes.NotFound, $"there is no procedure {name} with {arguments.Length} argument(s)", sqlState: "42883",
                    hint: "There are dosql_branch(name[, from]), dosql_drop_branch(name), dosql_snapshot(name[, at]), dosql_drop_snapshot(name).", position: call.Span.Start + 1);
        }
    }

    private static async Task<RunResult> RestoreAsync(DoSqlBranch branch, RestoreStatement restore, SqlValue[] values, CancellationToken cancellationToken)
    {
        var point = TimePoints.Resolve(restore.Point, expression => Value(expression, values));
        var done = await branch.RestoreAsync(point, cancellationToken);
        return Row("bookmark", SqlValue.Text(done.Undo)) with { Lsn = done.Lsn };
    }

    // A name of a branch is its head; else a snapshot, or branch@version.
    private static TimePoint Point(DoSqlEngine engine, string text) =>
        engine.Store.Branches.Any(branch => branch.Name == text) ? TimePoint.OfBranch(text) : TimePoint.OfSnapshot(text);

    private static string Text(Expr argument, SqlValue[] values) => Value(argument, values) is { Kind: SqlValueKind.Text } value
        ? value.AsText()
        : throw new VitessException(ErrorCodes.TypeError, "the arguments are strings", sqlState: "42804", position: argument.Span.Start + 1);

    private static SqlValue Value(Expr expression, SqlValue[] values) => expression switch
    {
        Literal { Kind: LiteralKind.String } literal => SqlValue.Text(literal.Text),
        Parameter parameter when parameter.Index >= 1 && parameter.Index <= values.Length => values[parameter.Index - 1],
        _ => throw new VitessException(ErrorCodes.QueryError, "only strings and parameters can stand here", sqlState: "0A000", position: expression.Span.Start + 1),
    };

    private static RunResult Row(string column, SqlValue value)
    {
        var rows = new RowSet([new Field(column, "text")]);
        rows.Add([value]);
        return new RunResult(0, null, default) { Rows = rows };
    }
}
