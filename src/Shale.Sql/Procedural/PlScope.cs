namespace Shale.Sql;

/// <summary>The variables that are seen at a place of a block of PL/pgSQL: its own, and those of the blocks around it. Made by the parser; immutable behind it.</summary>
/// <param name="parent">What is around it; null for nothing.</param>
/// <param name="label">The block's name; null for none.</param>
public sealed class PlScope(PlScope? parent, string? label)
{
    private readonly Dictionary<string, PlVariable> _variables = new(StringComparer.Ordinal);

    /// <summary>Adds a variable; false where the block has one of that name.</summary>
    internal bool TryAdd(PlVariable variable) => _variables.TryAdd(variable.Name, variable);

    /// <summary>The variable that a name stands for, from the innermost block outwards; null for none.</summary>
    public PlVariable? Find(string name)
    {
        for (var at = this; at is not null; at = at.Outer)
            if (at._variables.TryGetValue(name, out var variable)) return variable;
        return null;
    }

    /// <summary>What a name with another in front stands for: a variable of the block with that label, or a field of a record.</summary>
    /// <param name="qualifier">The first name.</param>
    /// <param name="name">The second.</param>
    /// <returns>The variable, and the field where it is a record; null for none.</returns>
    public (PlVariable Variable, string? Field)? Find(string qualifier, string name)
    {
        for (var at = this; at is not null; at = at.Outer)
        {
            if (at._variables.TryGetValue(qualifier, out var record) && !record.IsScalar) return (record, name);
            if (at.Label == qualifier && at._variables.TryGetValue(name, out var variable)) return (variable, null);
        }

        return null;
    }

    private PlScope? Outer => parent;

    private string? Label => label;
}

/// <summary>What a variable of PL/pgSQL is declared as.</summary>
public enum PlKind
{
    /// <summary>A value of a type that is named.</summary>
    Scalar,

    /// <summary>A value of the type that a column has: <c>t.c%TYPE</c>.</summary>
    ColumnType,

    /// <summary>A row of any shape: <c>record</c>.</summary>
    Record,

    /// <summary>A row of a table: <c>t%ROWTYPE</c>.</summary>
    RowType,
}

/// <summary>A variable of a block of PL/pgSQL.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Slot">Its number among all of the block, from 0.</param>
/// <param name="Kind">What it is declared as.</param>
/// <param name="Type">The type, the column or the table, as they were written; empty for a record.</param>
/// <param name="Line">The line of the block, from 1.</param>
public sealed record PlVariable(string Name, int Slot, PlKind Kind, string Type, int Line)
{
    /// <summary>Whether it is one value, and no row.</summary>
    public bool IsScalar => Kind is PlKind.Scalar or PlKind.ColumnType;

    /// <summary>Whether nothing may be assigned to it.</summary>
    public bool IsConstant { get; init; }

    /// <summary>Whether it may not be NULL.</summary>
    public bool IsNotNull { get; init; }

    /// <summary>What it begins as; null for NULL.</summary>
    public PlText? Default { get; init; }
}
