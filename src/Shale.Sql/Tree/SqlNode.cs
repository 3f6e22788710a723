namespace Shale.Sql;

/// <summary>
/// A node of the syntax tree. Nodes are immutable and equal when they say the same: spans do not count.
/// Every node can map its children, and all walks and rewrites are made of that one operation.
/// </summary>
public abstract record SqlNode
{
    /// <summary>Where it stood in the text; default for nodes made by a rewrite.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>This node with each child replaced by what the mapper gives; this very node if nothing changed.</summary>
    public abstract SqlNode MapChildren(NodeMapper mapper);

    /// <summary>Same type; derived records add their members.</summary>
    public virtual bool Equals(SqlNode? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();
}
