namespace Shale.Sql;

/// <summary>Conditions taken apart at their ANDs, and put together again.</summary>
public static class Conjuncts
{
    /// <summary>Adds the conditions that must all hold for this one to hold.</summary>
    public static void Split(Expr? condition, List<Expr> into)
    {
        var pending = new Stack<Expr>();
        if (condition is not null) pending.Push(condition);
        while (pending.TryPop(out var next))
        {
            if (next is Binary { Op: "AND" } both)
            {
                pending.Push(both.Right);
                pending.Push(both.Left);
            }
            else
            {
                into.Add(next);
            }
        }
    }

    /// <summary>The conditions that must all hold for this one to hold.</summary>
    public static List<Expr> Of(Expr? condition)
    {
        var found = new List<Expr>();
        Split(condition, found);
        return found;
    }

    /// <summary>All of these; null for none.</summary>
    public static Expr? And(IReadOnlyList<Expr> conditions) => Combine("AND", conditions);

    /// <summary>Any of these; null for none.</summary>
    public static Expr? Or(IReadOnlyList<Expr> conditions) => Combine("OR", conditions);

    private static Expr? Combine(string op, IReadOnlyList<Expr> conditions)
    {
        Expr? all = null;
        foreach (var condition in conditions) all = all is null ? condition : new Binary(op, all, condition);
        return all;
    }
}
