namespace Shale.Sql;

/// <summary>Visits every node, parents before children; a derived class decides at each node whether to go below it.</summary>
public abstract class SqlWalker : NodeMapper
{
    /// <summary>Called for each node. Returns whether its children are visited too.</summary>
    protected abstract bool Visit(SqlNode node);

    /// <inheritdoc/>
    public sealed override SqlNode Map(SqlNode node)
    {
        if (Visit(node)) node.MapChildren(this);
        return node;
    }
}

/// <summary>Short forms of walks.</summary>
public static class SqlTree
{
    /// <summary>The node and all nodes below it that are of the type, in order of the text, as far as <paramref name="into"/> lets it go.</summary>
    public static IReadOnlyList<T> All<T>(SqlNode root, Func<SqlNode, bool>? into = null)
        where T : SqlNode
    {
        var walker = new Collector<T>(into);
        walker.Map(root);
        return walker.Found;
    }

    /// <summary>Whether any node, the root included, satisfies the condition.</summary>
    public static bool Any(SqlNode root, Func<SqlNode, bool> condition)
    {
        var walker = new Finder(condition);
        walker.Map(root);
        return walker.Found;
    }

    /// <summary>The tree with each node replaced by what the function gives; null keeps the node and goes below it.</summary>
    public static T Rewrite<T>(T root, Func<SqlNode, SqlNode?> function)
        where T : SqlNode => new FunctionMapper(function).Map(root);

    private sealed class Collector<T>(Func<SqlNode, bool>? into) : SqlWalker
        where T : SqlNode
    {
        public List<T> Found { get; } = [];

        protected override bool Visit(SqlNode node)
        {
            if (node is T found) Found.Add(found);
            return into is null || into(node);
        }
    }

    private sealed class Finder(Func<SqlNode, bool> condition) : SqlWalker
    {
        public bool Found { get; private set; }

        protected override bool Visit(SqlNode node) => !Found && !(Found = condition(node));
    }

    private sealed class FunctionMapper(Func<SqlNode, SqlNode?> function) : NodeMapper
    {
        public override SqlNode Map(SqlNode node) => function(node) ?? node.MapChildren(this);
    }
}
