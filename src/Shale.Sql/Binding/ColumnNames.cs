namespace Shale.Sql;

/// <summary>The name of an output column that has no alias.</summary>
internal static class ColumnNames
{
    /// <summary>The name as the dialect gives it.</summary>
    public static string Of(SelectItem item, Binding binding)
    {
        if (item.Alias is not null) return item.Alias.Name;
        return binding.Dialect == SqlDialect.Postgres ? Postgres(item.Value, binding) ?? "?column?" : Sqlite(item.Value, binding);
    }

    // SQLite: a plain column has the column's own name (as declared), anything else its text.
    private static string Sqlite(Expr value, Binding binding)
    {
        if (value is ColumnRef column)
        {
            if (binding.ColumnOf(column) is { Relation.Columns: { } columns } found) return columns[found.Index].Name;
            if (!binding.IsDqsString(column)) return column.Column.Name;
        }

        if (binding.Text is { } text && value.Span.Length > 0 && value.Span.End <= text.Length) return value.Span.Of(text);
        return value is FunctionCall call ? call.Name.Name.Name + (call.IsStar ? "(*)" : "(...)") : "?";
    }

    // PostgreSQL: FigureColname of its parse_target.c.
    private static string? Postgres(Expr value, Binding binding)
    {
        switch (value)
        {
            case ColumnRef column:
                return column.Column.Name;
            case FieldAccess { FieldName: { } field }:
                return field.Name;
            case Subscript subscript:
                return Postgres(subscript.Operand, binding);
            case FunctionCall call:
                return call.Name.Name.Name;
            case Extract:
                return "extract";
            case Cast cast:
                return Postgres(cast.Operand, binding) ?? TypeColumnName(SqlTypes.Of(cast.Type, SqlDialect.Postgres), cast.Type);
            case TypedLiteral typed:
                return TypeColumnName(SqlTypes.Of(typed.Type, SqlDialect.Postgres), typed.Type);
            case IntervalExpr:
                return "interval";
            case Collate collate:
                return Postgres(collate.Operand, binding);
            case Case choice:
                return choice.Else is null ? "case" : Postgres(choice.Else, binding) is { } inner && choice.Else is ColumnRef or FunctionCall or Cast or Subquery ? inner : "case";
            case Literal { Kind: LiteralKind.True or LiteralKind.False }:
                return "bool";
            case RowConstructor:
                return "row";
            case ArrayConstructor or ArraySubquery:
                return "array";
            case Exists:
                return "exists";
            case Subquery subquery:
                return binding.OutputsOf(subquery.Query) is [var only, ..] && only.Name != "?column?" ? only.Name : null;
            case Binary { Op: "AT TIME ZONE" }:
                return "timezone";
            default:
                return null;
        }
    }

    private static string TypeColumnName(SqlType type, TypeName written) => type.Kind switch
    {
        SqlTypeKind.Char when written.Name == "bpchar" || written.Modifiers.Count >= 0 => "bpchar",
        SqlTypeKind.Unknown => "?column?",
        _ => type.Kind.ToString().ToLowerInvariant(),
    };
}
