namespace Shale.Sql;

/// <summary>Binds ARRAY[…] and subscripts.</summary>
internal sealed class ArrayBinder(BindContext context)
{
    private static readonly SqlType Int4 = new(SqlTypeKind.Int4);
    private static readonly SqlType Text = new(SqlTypeKind.Text);

    /// <summary>ARRAY[…]: its elements have one type; without any typed one they are text.</summary>
    public SqlType Bind(ArrayConstructor array, Scope? scope)
    {
        foreach (var item in array.Items) context.Typer.Bind(item, scope);
        if (!context.IsPostgres) return SqlType.Unknown;
        if (array.Items.Count == 0) throw SqlErrors.Query("cannot determine type of empty array", "42P18", array, "Explicitly cast to the desired type, for example ARRAY[]::integer[].");
        if (array.Items.Any(item => context.Binding.TypeOf(item).IsArray)) throw SqlErrors.Unsupported("an array of arrays", array);
        return new SqlType(context.Typer.Unify(array.Items, "ARRAY", array).Kind, true);
    }

    /// <summary>ARRAY['1', '2']::int[] converts each element.</summary>
    public SqlType BindElements(ArrayConstructor array, SqlType target, Scope? scope)
    {
        var element = new SqlType(target.Kind);
        foreach (var item in array.Items)
        {
            context.Typer.Bind(item, scope);
            var type = context.Typer.Coerce(item, element);
            if (type.IsArray) throw SqlErrors.Unsupported("an array of arrays", array);
            if (!TypeRules.CanCast(type, element)) throw SqlErrors.CannotCast(type, element, array);
        }

        context.Binding.SetType(array, target.Plain);
        return target;
    }

    /// <summary>a[i], a[i:j], and j['key'] of jsonb.</summary>
    public SqlType Bind(Subscript subscript, Scope? scope)
    {
        var type = context.Typer.Bind(subscript.Operand, scope);
        var isJson = type is { Kind: SqlTypeKind.Jsonb, IsArray: false };
        if (IsLetterOfName(subscript, type))
        {
            BindIndex(subscript.Index, Int4, scope);
            return Text;
        }

        if (context.IsPostgres && !isJson && !type.IsArray)
            throw SqlErrors.DatatypeMismatch($"cannot subscript type {type.Display()} because it does not support subscripting", subscript);
        if (isJson && subscript.Slice) throw SqlErrors.DatatypeMismatch("jsonb subscript does not support slices", subscript);
        BindIndex(subscript.Index, isJson ? Text : Int4, scope);
        BindIndex(subscript.Upper, isJson ? Text : Int4, scope);
        return type.IsArray && !subscript.Slice ? new SqlType(type.Kind) : type;
    }

    // Names of the catalog are arrays of letters to PostgreSQL, counted from 0.
    private bool IsLetterOfName(Subscript subscript, SqlType type) => context.IsPostgres && type == Text && !subscript.Slice && subscript.Operand is ColumnRef column
        && context.Binding.ColumnOf(column) is { Relation.Table.Name: var table } && table.StartsWith("pg_catalog.", StringComparison.Ordinal);

    private void BindIndex(Expr? index, SqlType type, Scope? scope)
    {
        if (index is null) return;
        context.Typer.Bind(index, scope);
        context.Typer.Coerce(index, type);
    }
}
