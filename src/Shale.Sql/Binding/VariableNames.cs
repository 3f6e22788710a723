namespace Shale.Sql;

/// <summary>Tells the names of a statement that stand for variables from those of columns, as it is bound.</summary>
/// <param name="statement">The statement as it was written: names in views are none of its own.</param>
/// <param name="source">The variables.</param>
internal sealed class VariableNames(Statement statement, IVariableSource source)
{
    private readonly HashSet<SqlNode> _own = new(SqlTree.All<ColumnRef>(statement), ReferenceEqualityComparer.Instance);
    private readonly HashSet<SqlNode> _items = new(SqlTree.All<SelectItem>(statement).Where(item => item.Alias is null).Select(item => item.Value), ReferenceEqualityComparer.Instance);
    private readonly Dictionary<SourceSpan, VariableUse> _uses = [];

    /// <summary>Those that were found, in order of the text.</summary>
    public IReadOnlyList<VariableUse> Uses => [.. _uses.Values.OrderBy(use => use.Span.Start)];

    /// <summary>The type of the variable that a name stands for; null where it stands for none.</summary>
    public SqlType? TypeOf(ColumnRef name) => name.Schema is null && _own.Contains(name) ? source.TypeOf(name.Table?.Name, name.Column.Name) : null;

    /// <summary>Records that a name stands for a variable, and returns its type; null where it does not.</summary>
    public SqlType? Take(ColumnRef name)
    {
        if (TypeOf(name) is not { } type) return null;
        _uses[name.Span] = new VariableUse(name.Span, name.Table?.Name, name.Column.Name, type, _items.Contains(name));
        return type;
    }

    /// <summary>A name that a column has must be no variable's. Errors: QUERY_ERROR (42702).</summary>
    public void RequireNone(ColumnRef name)
    {
        if (TypeOf(name) is null) return;
        throw SqlErrors.AmbiguousColumn(name.Table is null ? name.Column.Name : $"{name.Table.Name}.{name.Column.Name}", name).About(new FailureSubject { Detail = "It could refer to either a PL/pgSQL variable or a table column." });
    }
}
