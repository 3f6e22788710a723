namespace Shale.Sql;

/// <summary>Translates arrays, which SQLite shards hold as PostgreSQL's text of them.</summary>
internal sealed class ArrayTranslator(TranslationContext context)
{
    private static readonly SqlType Text = new(SqlTypeKind.Text);
    private static readonly SqlType Int4 = new(SqlTypeKind.Int4);

    private Binding Binding => context.Binding;

    private ExpressionTranslator Expressions => context.Expressions;

    /// <summary>ARRAY[…].</summary>
    public Expr Made(ArrayConstructor array, SqlType type, bool isExplicit = false) =>
        SqlBuild.Call("shale_array_of", [.. array.Items.Select(item => Element(item, type with { IsArray = false }, isExplicit))]);

    /// <summary>ARRAY(SELECT …).</summary>
    public Expr Made(ArraySubquery array)
    {
        var query = context.Queries.Translate(array.Query);
        if (query.OrderBy.Count > 0 && query.Limit is null) query = query with { Limit = SqlBuild.Integer(-1) };
        var type = Binding.OutputsOf(array.Query)[0].Type;
        if (type.IsArray) throw SqlErrors.Unsupported("an array of arrays", array);
        var value = SqlBuild.Column(null, "shale_v");
        var all = SqlBuild.Call("shale_array_agg", SqlBuild.Text(""), ItemText(value, type), value);
        var rows = FromTranslator.Renamed(query, [SqlBuild.Name("shale_v")], SqlBuild.Name("shale_q"));
        return new Subquery(SqlBuild.Select(new SelectCore([new SelectItem(SqlBuild.Call("coalesce", all, SqlBuild.Text("{}")), null)]) { From = [rows] }));
    }

    /// <summary>The text of an element inside an array.</summary>
    public Expr Element(Expr item, SqlType element, bool isExplicit = false)
    {
        var type = Binding.TypeOf(item);
        if (type.Kind == SqlTypeKind.Bytea || element.Kind == SqlTypeKind.Bytea) throw SqlErrors.Unsupported("an array of bytea", item);
        if (element is { Kind: SqlTypeKind.Numeric, Modifier: null } && (type.Kind == SqlTypeKind.Numeric || TypeRules.IsInteger(type.Kind))) return Expressions.As(item, Text);
        return ItemText(Expressions.Convert(item, element, isExplicit), element);
    }

    /// <summary>a[i], a[i:j], and j['key'] of jsonb.</summary>
    public Expr Part(Subscript subscript)
    {
        var type = Binding.TypeOf(subscript.Operand);
        var operand = Expressions.Translate(subscript.Operand);
        if (!type.IsArray && TypeRules.IsText(type.Kind)) return SqlBuild.Call("substr", operand, new Binary("+", Expressions.As(subscript.Index!, Int4), SqlBuild.Integer(1)), SqlBuild.Integer(1));
        if (!type.IsArray) return SqlBuild.Call("shale_jsonb_get", operand, Expressions.Translate(subscript.Index!));
        if (!subscript.Slice) return SqlBuild.Call("shale_array_get", operand, Counted(subscript.Operand, Expressions.As(subscript.Index!, Int4), 1), Kind(type));
        var from = subscript.Index is null ? SqlBuild.Integer(1) : Expressions.As(subscript.Index, Int4);
        return SqlBuild.Call("shale_array_slice", operand, from, subscript.Upper is null ? SqlBuild.Integer(int.MaxValue) : Expressions.As(subscript.Upper, Int4));
    }

    /// <summary>A place in an array, counted as PostgreSQL counts in it (-1) or as we do (1): its vectors begin at 0.</summary>
    public Expr Counted(Expr array, Expr place, int step) => CatalogColumns.IsVector(array, Binding) ? new Binary("+", place, SqlBuild.Integer(step)) : place;

    /// <summary>A conversion to, from or between arrays.</summary>
    public static Expr Convert(Expr value, SqlType from, SqlType to)
    {
        if (!to.IsArray || (from.IsArray && from.Kind == to.Kind && to.Modifier is null)) return value;
        if (from.IsArray && (from.Kind, to.Kind) is (SqlTypeKind.Int2 or SqlTypeKind.Int4, SqlTypeKind.Int4 or SqlTypeKind.Int8 or SqlTypeKind.Numeric)
            or (SqlTypeKind.Text or SqlTypeKind.Varchar, SqlTypeKind.Text)) return value;
        if (to.Modifier is not null) throw SqlErrors.Unsupported("an array of a type with a length", value);
        return SqlBuild.Call("shale_array_cast", value, SqlBuild.Text(from.IsArray ? from.Name : "text"), Kind(to));
    }

    /// <summary>What an array compares and sorts by.</summary>
    public static Expr Key(Expr value, SqlType type)
    {
        if (type.Kind is SqlTypeKind.Interval or SqlTypeKind.Inet or SqlTypeKind.Cidr or SqlTypeKind.Jsonb or SqlTypeKind.Json or SqlTypeKind.Char or SqlTypeKind.Bytea) throw SqlErrors.Unsupported($"comparison of {type.Name}", value);
        return SqlBuild.Call("shale_array_key", value, Kind(type));
    }

    /// <summary>Whether arrays of the type are equal only if their texts are.</summary>
    public static bool IsText(SqlType type) => TypeRules.IsInteger(type.Kind) || type.Kind is SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Bool or SqlTypeKind.Uuid or SqlTypeKind.Oid
        or SqlTypeKind.Date or SqlTypeKind.Time or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Inet or SqlTypeKind.Cidr or SqlTypeKind.MacAddr;

    /// <summary>Concatenation of arrays, or of an array and an element.</summary>
    public Expr Joined(Binary binary)
    {
        var type = Binding.TypeOf(binary);
        var element = new SqlType(type.Kind);
        var left = Binding.TypeOf(binary.Left).IsArray;
        if (left && Binding.TypeOf(binary.Right).IsArray) return SqlBuild.Call("shale_array_cat", Expressions.As(binary.Left, type), Expressions.As(binary.Right, type));
        return left ? SqlBuild.Call("shale_array_append", Expressions.As(binary.Left, type), Element(binary.Right, element))
            : SqlBuild.Call("shale_array_prepend", Element(binary.Left, element), Expressions.As(binary.Right, type));
    }

    /// <summary>@&gt;, &lt;@ and &amp;&amp;.</summary>
    public Expr Sets(Binary binary)
    {
        var type = Binding.TypeOf(binary.Left);
        if (!IsText(type)) throw SqlErrors.Unsupported($"{binary.Op} of {type.Name}", binary);
        var (left, right) = (Expressions.As(binary.Left, type), Expressions.As(binary.Right, type));
        if (binary.Op == "<@") (left, right) = (right, left);
        return SqlBuild.Call(binary.Op == "&&" ? "shale_array_overlaps" : "shale_array_contains", left, right);
    }

    /// <summary>array_append and its kin, whose other arguments are elements.</summary>
    public Expr Function(FunctionCall call, string name)
    {
        var array = call.Args.FirstOrDefault(argument => Binding.TypeOf(argument).IsArray)
            ?? throw SqlErrors.Unsupported($"{name} of an array whose type is not told", call, "Cast it, as in NULL::int[].");
        var type = Binding.TypeOf(array);
        if (name is not ("array_append" or "array_prepend") && !IsText(type)) throw SqlErrors.Unsupported($"{name} of {type.Name}", call);
        return SqlBuild.Call("shale_" + name, [.. call.Args.Select(argument => ReferenceEquals(argument, array) ? Expressions.Translate(argument) : Loose(argument, type))]);
    }

    // An untyped literal beside an array has been taken for text; it is an element.
    private Expr Loose(Expr argument, SqlType array)
    {
        if (argument is Literal { Kind: LiteralKind.Null }) return argument;
        if (argument is Literal { Kind: LiteralKind.String } literal) return SqlBuild.Text(PgArrays.ItemText(PgArrays.Item(literal.Text, new SqlType(array.Kind)), new SqlType(array.Kind)));
        var type = Binding.TypeOf(argument);
        var common = TypeRules.Common(type, new SqlType(array.Kind));
        if (common is null || (common.Value.Kind != array.Kind && !TypeRules.IsInteger(common.Value.Kind)))
            throw SqlErrors.Unsupported($"an element of type {type.Display()} beside an array of type {array.Display()}", argument, "Cast it.");
        return Element(argument, new SqlType(array.Kind == SqlTypeKind.Unknown ? type.Kind : common.Value.Kind));
    }

    /// <summary>The name of the type of the elements, as an argument.</summary>
    public static Expr Kind(SqlType type) => SqlBuild.Text(new SqlType(type.Kind).Name);

    private static Expr ItemText(Expr value, SqlType element)
    {
        if (element.Kind == SqlTypeKind.Bytea) throw SqlErrors.Unsupported("an array of bytea", value);
        if (element.Kind == SqlTypeKind.Bool) return SqlBuild.Call("shale_bool_short", value);
        return CastEmitter.Convert(value, element, Text, isExplicit: false);
    }
}
