namespace Shale.Sql;

/// <summary>An identifier as the dialect reads it: folded to lower case in PostgreSQL unless quoted, as written in SQLite.</summary>
/// <param name="Name">The folded or quoted name.</param>
/// <param name="Quoted">Whether it was quoted.</param>
public sealed record Identifier(string Name, bool Quoted = false) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;

    /// <summary>Same name; quoting does not count.</summary>
    public bool Equals(Identifier? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

/// <summary>A possibly qualified name of a table, index, function, sequence or type.</summary>
/// <param name="Schema">Keyspace or schema, or null.</param>
/// <param name="Name">The last part.</param>
public sealed record ObjectName(Identifier? Schema, Identifier Name) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Schema, out var schema) | mapper.On(Name, out var name) ? this with { Schema = schema, Name = name! } : this;
}

/// <summary>A data type as it was written.</summary>
/// <param name="Name">Words in lower case, one space between them, aliases kept: <c>double precision</c>, <c>timestamp with time zone</c>,
/// <c>varchar</c>. Empty for SQLite columns without a type.</param>
/// <param name="Modifiers">Numbers in parentheses, as text: length, or precision and scale.</param>
/// <param name="ArrayDimensions">How many <c>[]</c> follow; 0 for no array.</param>
public sealed record TypeName(string Name, NodeList<string> Modifiers, int ArrayDimensions = 0) : SqlNode
{
    /// <summary>Its text as it was written (dialect sqlite, where catalog and results show it so); null where it has to be printed.</summary>
    public string? Written { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;

    /// <summary>Same type; how it was written does not count.</summary>
    public bool Equals(TypeName? other) =>
        other is not null && Name == other.Name && Modifiers.Equals(other.Modifiers) && ArrayDimensions == other.ArrayDimensions;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Modifiers, ArrayDimensions);
}
