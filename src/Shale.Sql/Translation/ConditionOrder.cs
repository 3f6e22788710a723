namespace Shale.Sql;

/// <summary>
/// Has SQLite ask last what can fail: whether a text is a number above 30, only of rows that the rest lets through. PostgreSQL, which asks first what costs least, does the same,
/// and applications rely on it.
/// </summary>
internal static class ConditionOrder
{
    private static readonly string[] MayFail = ["shale_div_", "shale_mod_", "shale_text_to_"];

    /// <summary>The condition in that order.</summary>
    /// <param name="condition">A translated one.</param>
    /// <param name="joins">Whether it stands beside others that SQLite may ask later: those of a join.</param>
    public static Expr Of(Expr condition, bool joins)
    {
        var all = Conjuncts.Of(condition).ToLookup(Fails);
        if (!all[true].Any() || (!all[false].Any() && !joins)) return condition;
        return Conjuncts.And([.. all[false], .. all[true].Select(each => joins ? Behind(each) : each)])!;
    }

    // SQLite asks subqueries that depend on a row behind all else about it.
    private static Expr Behind(Expr condition) => SqlTree.Any(condition, node => node is SelectStatement)
        ? condition : new Subquery(SqlBuild.Select(new SelectCore([new SelectItem(condition, null)])));

    private static bool Fails(Expr condition) => SqlTree.Any(condition, node => node is FunctionCall { Name: { Schema: null, Name.Name: var name } }
        && name != "shale_text_to_text" && MayFail.Any(each => name.StartsWith(each, StringComparison.Ordinal)));
}
