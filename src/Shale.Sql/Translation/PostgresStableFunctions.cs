using System.Globalization;

namespace Shale.Sql;

/// <summary>PostgreSQL's clock of the transaction, fixed at the gate (SEMANTICS S3.6), and what the session is: each shard has its own.</summary>
public static class PostgresStableFunctions
{
    /// <summary>
    /// Replaces now(), transaction_timestamp(), CURRENT_TIMESTAMP, LOCALTIMESTAMP and CURRENT_DATE in a statement for PostgreSQL by the reserved parameter, and current_database() and its kin by what they give. Where none is used the statement is the same object.
    /// </summary>
    /// <param name="statement">The statement.</param>
    /// <param name="database">What current_database() is.</param>
    public static TranslationResult Fix(Statement statement, string database)
    {
        if (statement is not (SelectStatement or InsertStatement or UpdateStatement or DeleteStatement)) return new TranslationResult(statement, null);
        statement = SessionNames.Fix(statement, database);
        var count = 0;
        var used = false;
        var isTable = SqlTree.Any(statement, node =>
        {
            if (node is Parameter parameter) count = Math.Max(count, parameter.Index);
            used |= node is FunctionCall call && TypesOf(call) is not null;
            return node is FunctionTable { Call: var table } && TypesOf(table) is not null;
        });

        // Where a table is read from the clock, the shard's has to do.
        if (!used || isTable) return new TranslationResult(statement, null);
        var now = new Cast(new Parameter(ParameterStyle.Dollar, count + 1, TranslationResult.NowName), new TypeName("timestamptz", []));
        var isFixed = SqlTree.Rewrite(statement, node => node is FunctionCall call && TypesOf(call) is { } types ? types.Aggregate(now, (value, type) => new Cast(value, new TypeName(type, []))) : null);
        return new TranslationResult(isFixed, count + 1);
    }

    /// <summary>The reserved parameter, where an expression is the time itself.</summary>
    public static Parameter? TimeOf(Expr expression) => expression is Cast { Operand: Parameter { Name: TranslationResult.NowName } now, Type: { Name: "timestamptz", ArrayDimensions: 0 } } ? now : null;

    /// <summary>An expression with a time in place of the clock's; the same where it does not ask for it.</summary>
    public static Expr At(Expr expression, DateTimeOffset time)
    {
        var constant = new Literal(LiteralKind.String, time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture));
        return SqlTree.Rewrite(expression, node => node is FunctionCall call && TypesOf(call) is { } types
            ? types.Aggregate(new Cast(constant, new TypeName("timestamptz", [])), (value, type) => new Cast(value, new TypeName(type, []))) : null);
    }

    // What the time is cast to; null for other functions.
    private static string[]? TypesOf(FunctionCall call) => call is not { Args.Count: 0, Name: { Schema: null, Name.Name: var name } } ? null : name.ToLowerInvariant() switch
    {
        "now" or "transaction_timestamp" or "current_timestamp" => [],
        "localtimestamp" => ["timestamp"],
        "current_date" => ["date"],
        _ => null,
    };
}
