using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Shale.Sql.Parsing;

namespace Shale.Sql;

/// <summary>
/// A function from nodes to nodes that <see cref="SqlNode.MapChildren"/> applies to each child. A rewrite overrides <see cref="Map"/>
/// and goes down itself by <c>node.MapChildren(this)</c>. The <c>On</c> methods are for the nodes; they say whether anything changed.
/// A tree too deep for the stack is SYNTAX_ERROR (54001).
/// </summary>
public abstract class NodeMapper
{
    /// <summary>What stands in the place of the node: itself, or another node that may stand there.</summary>
    public abstract SqlNode Map(SqlNode node);

    /// <summary>Maps one child.</summary>
    public T Map<T>(T node)
        where T : SqlNode => (T)Map((SqlNode)node);

    internal bool On<T>(T? child, [NotNullIfNotNull(nameof(child))] out T? mapped)
        where T : SqlNode
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw SyntaxErrors.TooDeep();
        mapped = child is null ? null : (T)Map((SqlNode)child);
        return !ReferenceEquals(mapped, child);
    }

    internal bool On<T>(NodeList<T> children, out NodeList<T> mapped)
        where T : SqlNode
    {
        T[]? changed = null;
        for (var i = 0; i < children.Count; i++)
        {
            if (!On(children[i], out var item)) continue;
            changed ??= [.. children];
            changed[i] = item!;
        }

        mapped = changed is null ? children : new NodeList<T>(changed);
        return changed is not null;
    }

    internal bool On<T>(NodeList<NodeList<T>> children, out NodeList<NodeList<T>> mapped)
        where T : SqlNode
    {
        NodeList<T>[]? changed = null;
        for (var i = 0; i < children.Count; i++)
        {
            if (!On(children[i], out var item)) continue;
            changed ??= [.. children];
            changed[i] = item;
        }

        mapped = changed is null ? children : new NodeList<NodeList<T>>(changed);
        return changed is not null;
    }
}
