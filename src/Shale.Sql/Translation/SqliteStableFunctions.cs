namespace Shale.Sql;

/// <summary>SQLite's functions of the clock: what reads it, and how it is fixed for a statement (SEMANTICS S3.6).</summary>
public static class SqliteStableFunctions
{
    /// <summary>
    /// Replaces the clock in a statement of dialect sqlite by the reserved parameter: <c>'now'</c>, missing time values, CURRENT_TIMESTAMP and its
    /// kin. Where the clock is used all parameters become <c>?n</c>. Defaults in DDL keep their own clock.
    /// </summary>
    public static TranslationResult Fix(Statement statement)
    {
        if (statement is not (SelectStatement or InsertStatement or UpdateStatement or DeleteStatement)) return new TranslationResult(statement, null);
        var count = 0;
        var used = false;
        SqlTree.Any(statement, node =>
        {
            if (node is Parameter parameter) count = Math.Max(count, parameter.Index);
            used |= node is FunctionCall call && Fixable(call);
            return false;
        });
        if (!used) return new TranslationResult(statement, null);
        var now = new Parameter(ParameterStyle.QuestionNumber, count + 1, TranslationResult.NowName);
        return new TranslationResult(new Fixer(now).Map(statement), count + 1);
    }

    /// <summary>Whether a call of date, time, datetime, julianday, strftime or unixepoch may depend on the clock or the time zone.</summary>
    internal static bool ReadsClock(FunctionCall call)
    {
        var name = Name(call);
        var first = name == "strftime" ? 1 : 0;
        if (call.Args.Count <= first || call.Args[first] is Parameter) return true;
        return call.Args.Any(argument => argument is Literal { Kind: LiteralKind.String } literal && literal.Text.Trim().ToLowerInvariant() is "now" or "localtime" or "utc" && argument is Literal);
    }

    private static string Name(FunctionCall call) => call.Name.Name.Name.ToLowerInvariant();

    private static bool IsDate(string name) => name is "date" or "time" or "datetime" or "julianday" or "strftime" or "unixepoch";

    private static bool Fixable(FunctionCall call)
    {
        var name = Name(call);
        if (name is "current_timestamp" or "current_date" or "current_time") return call.Args.Count == 0;
        if (!IsDate(name)) return false;
        var first = name == "strftime" ? 1 : 0;
        return call.Args.Count == first || (call.Args.Count > first && IsNow(call.Args[first]));
    }

    private static bool IsNow(Expr argument) => argument is Literal { Kind: LiteralKind.String } literal && literal.Text.Trim().Equals("now", StringComparison.OrdinalIgnoreCase);

    private sealed class Fixer(Parameter now) : NodeMapper
    {
        public override SqlNode Map(SqlNode node) => node switch
        {
            Parameter parameter => new Parameter(ParameterStyle.QuestionNumber, parameter.Index),
            FunctionCall call when Fixable(call) => Fix((FunctionCall)call.MapChildren(this)),
            _ => node.MapChildren(this),
        };

        private FunctionCall Fix(FunctionCall call)
        {
            var name = Name(call);
            if (name.StartsWith("current_", StringComparison.Ordinal))
                return SqlBuild.Call(name == "current_timestamp" ? "datetime" : name["current_".Length..], now);
            var first = name == "strftime" ? 1 : 0;
            var arguments = call.Args.Take(first).Append(now).Concat(call.Args.Skip(first + 1));
            return call with { Args = arguments.ToNodeList(), NoParentheses = false };
        }
    }
}
