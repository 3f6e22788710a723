namespace Shale.Sql;

/// <summary>The name of an output column that has no alias.</summary>
internal static class ColumnNames
{
    /// <summary>The name as the dialect gives it.</summary>
    public static string Of(SelectItem item, Binding binding)
    {
        if (item.Alias is not null) return item.Alias.Name;
        return binding.Dialect == SqlDialect.Postgres ? Figured(item.Value, binding).Name ?? "?column?" : Sqlite(item, binding);
    }

    // SQLite: a plain column has the column's own name (as declared), anything else its text.
    private static string Sqlite(SelectItem item, Binding binding)
    {
        var value = item.Value;
        if (value is ColumnRef column)
        {
            if (binding.IsRowId(column, out var table)) return table.Table!.RowIdColumn?.Name ?? "rowid";
            if (binding.ColumnOf(column) is { Relation.Columns: { } columns } found) return columns[found.Index].Name;
            if (!binding.IsDqsString(column)) return column.Column.Name;
        }

        var span = item.Span.Length > 0 ? item.Span : value.Span;
        if (binding.Text is { } text && span.Length > 0 && span.End <= text.Length) return span.Of(text);
        return value is FunctionCall call ? call.Name.Name.Name + (call.IsStar ? "(*)" : "(...)") : "?";
    }

    /// <summary>PostgreSQL's FigureColname of its parse_target.c. A weak name gives way to the name of a cast around it. Only queries in the value need the binding.</summary>
    public static (string? Name, bool Weak) Figured(Expr value, Binding? binding)
    {
        switch (value)
        {
            case ColumnRef column:
                return (column.Column.Name, false);
            case FieldAccess { FieldName: { } field }:
                return (field.Name, false);
            case Subscript subscript:
                return Figured(subscript.Operand, binding);
            case FunctionCall call:
                return (call.Name.Name.Name, false);
            case Extract:
                return ("extract", false);
            case Cast cast:
                var inner = Figured(cast.Operand, binding);
                return inner is { Name: not null, Weak: false } ? inner : (TypeColumnName(cast.Type), true);
            case TypedLiteral typed:
                return (TypeColumnName(typed.Type), true);
            case IntervalExpr:
                return ("interval", true);
            case Collate collate:
                return Figured(collate.Operand, binding);
            case Case choice:
                return choice.Else is not null && Figured(choice.Else, binding) is { Name: not null, Weak: false } otherwise ? otherwise : ("case", true);
            case RowConstructor:
                return ("row", false);
            case ArrayConstructor or ArraySubquery:
                return ("array", false);
            case Exists:
                return ("exists", false);
            case Subquery subquery:
                return binding?.OutputsOf(subquery.Query) is [var only, ..] && only.Name != "?column?" ? (only.Name, false) : (null, true);
            case Binary { Op: "AT TIME ZONE" }:
                return ("timezone", false);
            default:
                return (null, true);
        }
    }

    // Types that are held as text have names of their own.
    private static string TypeColumnName(TypeName type) => type.Name switch
    {
        "name" => "name",
        "\"char\"" => "char",
        _ => SqlTypes.Of(type, SqlDialect.Postgres).Kind is var kind && kind == SqlTypeKind.Char ? "bpchar" : kind.ToString().ToLowerInvariant(),
    };
}
