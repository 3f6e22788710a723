namespace Shale.Sql;

/// <summary>SQLite's functions of the clock: what reads it, and how it is fixed for a statement (SEMANTICS S3.6).</summary>
public static class SqliteStableFunctions
{
    /// <summary>Whether a call of date, time, datetime, julianday, strftime or unixepoch may depend on the clock or the time zone.</summary>
    internal static bool ReadsClock(FunctionCall call)
    {
        var name = call.Name.Name.Name.ToLowerInvariant();
        var first = name == "strftime" ? 1 : 0;
        if (call.Args.Count <= first) return true;
        if (call.Args[first] is Parameter) return true;
        foreach (var argument in call.Args)
            if (argument is Literal { Kind: LiteralKind.String } literal && literal.Text.Trim().ToLowerInvariant() is "now" or "localtime" or "utc"
                && argument is Literal) return true;
        return false;
    }
}
