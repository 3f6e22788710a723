using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Looks for aggregate calls, not going into subqueries.</summary>
internal static class Aggregates
{
    /// <summary>Whether any of the nodes holds an aggregate of its own block.</summary>
    public static bool In<T>(NodeList<T> nodes, SqlDialect engine)
        where T : SqlNode
    {
        foreach (var node in nodes)
        {
            if (In(node, engine)) return true;
        }

        return false;
    }

    /// <summary>Whether the node holds an aggregate of its own block.</summary>
    public static bool In(SqlNode node, SqlDialect engine)
    {
        foreach (var call in SqlTree.All<FunctionCall>(node, child => child is not SelectStatement))
        {
            if (call.Over is null && FunctionCatalog.IsAggregate(call, engine)) return true;
        }

        return false;
    }
}
