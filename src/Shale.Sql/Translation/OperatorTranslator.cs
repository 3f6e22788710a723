namespace Shale.Sql;

/// <summary>Translates operators. What can overflow, divide by zero or meet a date is a function of ours.</summary>
internal sealed class OperatorTranslator(TranslationContext context)
{
    private static readonly SqlType Text = new(SqlTypeKind.Text);

    private Binding Binding => context.Binding;

    private ExpressionTranslator Expressions => context.Expressions;

    /// <summary>Translates a prefix operator.</summary>
    public Expr Translate(Unary unary)
    {
        var type = Binding.TypeOf(unary.Operand);
        switch (unary.Op)
        {
            case "NOT":
                return new Unary("NOT", Expressions.Translate(unary.Operand));
            case "+":
                return Expressions.Translate(unary.Operand);
            case "-":
                return Negated(unary, type);
            case "~" when NetworkOperators.Is(type):
                return SqlBuild.Call("shale_inet_not", Expressions.As(unary.Operand, new SqlType(SqlTypeKind.Inet)));
            case "~":
                return new Unary("~", Expressions.Translate(unary.Operand));
            case "@":
                return TypeRules.IsInteger(type.Kind)
                    || type.Kind == SqlTypeKind.Numeric ? SqlBuild.Call("shale_abs_" + Word(type.Kind), Expressions.Translate(unary.Operand)) : SqlBuild.Call("abs", Expressions.Translate(unary.Operand));
            case "|/":
                return SqlBuild.Call("shale_sqrt", Expressions.As(unary.Operand, new SqlType(SqlTypeKind.Float8)));
            case "||/":
                return SqlBuild.Call("shale_cbrt", Expressions.As(unary.Operand, new SqlType(SqlTypeKind.Float8)));
            default:
                throw SqlErrors.Unsupported($"the operator {unary.Op}", unary);
        }
    }

    /// <summary>Translates an infix operator.</summary>
    public Expr Translate(Binary binary)
    {
        if (!OperatorTypes.IsComparison(binary.Op) && (NetworkOperators.Is(Binding.TypeOf(binary.Left)) || NetworkOperators.Is(Binding.TypeOf(binary.Right))) && binary.Op is not ("||" or "IS" or "IS NOT"))
            return Network(binary);
        switch (binary.Op)
        {
            case "AND" or "OR":
                return new Binary(binary.Op, Expressions.Translate(binary.Left), Expressions.Translate(binary.Right));
            case "IS" or "IS NOT":
                return Is(binary);
            case "||":
                return Concatenated(binary);
            case "+" or "-" or "*" or "/" or "%" or "^":
                return Arithmetic(binary);
            case "&" or "|":
                return new Binary(binary.Op, Expressions.Translate(binary.Left), Expressions.Translate(binary.Right));
            case "#":
                return SqlBuild.Call("shale_xor", Expressions.Translate(binary.Left), Expressions.Translate(binary.Right));
            case "<<" or ">>":
                var shift = binary.Op == "<<" ? "shale_shl_" : "shale_shr_";
                return SqlBuild.Call(shift + Word(Binding.TypeOf(binary).Kind), Expressions.Translate(binary.Left), Expressions.Translate(binary.Right));
            case "~" or "~*" or "!~" or "!~*":
                return new PatternTranslator(context).Regex(binary);
            case "~~" or "~~*" or "!~~" or "!~~*":
                var like = new Like(binary.Op.EndsWith('*') ? LikeKind.ILike : LikeKind.Like, binary.Left, binary.Right, null, binary.Op[0] == '!');
                return new PatternTranslator(context).Translate(like);
            case "^@":
                return SqlBuild.Call("shale_starts_with", Expressions.As(binary.Left, Text), Expressions.As(binary.Right, Text));
            case "AT TIME ZONE":
                return AtTimeZone(binary);
            default:
                return OperatorTypes.IsComparison(binary.Op) ? Compare(binary.Op, binary.Left, binary.Right) : Json(binary);
        }
    }

    /// <summary>A comparison of two bound expressions.</summary>
    public Expr Compare(string op, Expr left, Expr right)
    {
        op = op switch { "IS DISTINCT FROM" => "IS NOT", "IS NOT DISTINCT FROM" => "IS", _ => op };
        if (left is RowConstructor a && right is RowConstructor b) return Rows(op, a, b);
        if (op is "IS" or "IS NOT" && right is Literal { Kind: LiteralKind.Null }) return Expressions.NullTest(Expressions.Translate(left), op == "IS NOT");
        if (op is "IS" or "IS NOT" && left is Literal { Kind: LiteralKind.Null }) return Expressions.NullTest(Expressions.Translate(right), op == "IS NOT");
        if (right is Subquery query && Binding.TypeOf(left).Kind == SqlTypeKind.Record) return RowAndQuery(op, left, query);
        var common = TypeRules.Common(Binding.TypeOf(left), Binding.TypeOf(right)) ?? Text;
        if (common.IsArray)
        {
            var (a1, b1) = (Expressions.As(left, common), Expressions.As(right, common));
            return ArrayTranslator.IsText(common) && op is "=" or "<>" or "IS" or "IS NOT" && ArrayTranslator.IsText(common)
                ? new Binary(op, a1, b1) : new Binary(op, ArrayTranslator.Key(a1, common), ArrayTranslator.Key(b1, common));
        }

        if (common.Kind == SqlTypeKind.Numeric) return context.Numerics.Compare(op, left, right);
        if (common.Kind == SqlTypeKind.Record) throw SqlErrors.Unsupported("comparison of whole rows", left);
        if (common.Kind == SqlTypeKind.Char) return Padded(op, left, right);
        if (NetworkOperators.Is(common) && IsOrder(op)) return new Binary(op, NumericTranslator.Key(Expressions.As(left, common), common), NumericTranslator.Key(Expressions.As(right, common), common));
        return new Binary(op, Expressions.Comparable(left, common), Expressions.Comparable(right, common));
    }

    private static bool IsOrder(string op) => op is "<" or "<=" or ">" or ">=";

    // A number stands on one side at most, and + takes both sides in any order.
    private Expr Network(Binary binary)
    {
        var inet = new SqlType(SqlTypeKind.Inet);
        Expr Operand(Expr side) => NetworkOperators.Is(Binding.TypeOf(side)) ? Expressions.As(side, inet) : Expressions.Translate(side);
        var (left, right) = (Operand(binary.Left), Operand(binary.Right));
        return NetworkOperators.Is(Binding.TypeOf(binary.Left)) ? SqlBuild.Call(NetworkOperators.FunctionOf(binary.Op), left, right) : SqlBuild.Call(NetworkOperators.FunctionOf(binary.Op), right, left);
    }

    private static string Word(SqlTypeKind kind) => kind.ToString().ToLowerInvariant();

    // char(n): blanks at the end do not count. Against a constant or the same length, the stored form compares as it is.
    private Expr Padded(string op, Expr left, Expr right)
    {
        var a = Binding.TypeOf(left);
        var b = Binding.TypeOf(right);
        if (a.Modifier is not null && a == b) return new Binary(op, Expressions.Translate(left), Expressions.Translate(right));
        if (a.Modifier is { } length && right is Literal { Kind: LiteralKind.String } text && PgCasts.Length(text.Text.TrimEnd(' ')) <= length)
            return new Binary(op, Expressions.Translate(left), SqlBuild.Value(PgCasts.Convert(SqlValue.Text(text.Text.TrimEnd(' ')), Text, a, true)));
        return new Binary(op, Stripped(left, a), Stripped(right, b));
    }

    private Expr Stripped(Expr value, SqlType type) =>
        SqlBuild.Call("rtrim", type.Kind == SqlTypeKind.Char ? Expressions.Translate(value) : Expressions.As(value, Text), SqlBuild.Text(" "));

    private Expr Negated(Unary unary, SqlType type)
    {
        var operand = unary.Operand;
        if (operand is Literal { Kind: LiteralKind.Integer or LiteralKind.Number } literal)
            return Binding.TypeOf(unary).Kind == SqlTypeKind.Numeric ? SqlBuild.Value(PgNumeric.Parse("-" + literal.Text)) : new Unary("-", literal);
        if (type.Kind == SqlTypeKind.Numeric) return SqlBuild.Call("shale_neg_numeric", Expressions.Translate(operand));
        if (type.Kind == SqlTypeKind.Interval) return SqlBuild.Call("shale_interval_neg", Expressions.Translate(operand));
        return TypeRules.IsInteger(type.Kind)
            ? SqlBuild.Call("shale_sub_" + Word(type.Kind), SqlBuild.Integer(0), Expressions.Translate(operand))
            : new Unary("-", Expressions.Translate(operand));
    }

    private Expr Is(Binary binary)
    {
        var value = Expressions.Translate(binary.Left);
        return binary.Right switch
        {
            Literal { Kind: LiteralKind.True } => new Binary(binary.Op, value, SqlBuild.Integer(1)),
            Literal { Kind: LiteralKind.False } => new Binary(binary.Op, value, SqlBuild.Integer(0)),
            Literal { Kind: LiteralKind.Null } => Expressions.NullTest(value, binary.Op == "IS NOT"),
            _ => throw SqlErrors.Unsupported($"the test {binary.Op}", binary),
        };
    }

    private Expr Rows(string op, RowConstructor left, RowConstructor right)
    {
        var a = new List<Expr>();
        var b = new List<Expr>();
        for (var i = 0; i < left.Items.Count; i++)
        {
            var common = TypeRules.Common(Binding.TypeOf(left.Items[i]), Binding.TypeOf(right.Items[i])) ?? Text;
            if (common.Kind is SqlTypeKind.Jsonb or SqlTypeKind.Char || common.IsArray || (NetworkOperators.Is(common) && IsOrder(op))) throw SqlErrors.Unsupported($"comparison of rows with {common.Name}", left);
            var (item, other) = (left.Items[i], right.Items[i]);
            var isNumeric = NumericTranslator.IsNumeric(common);
            var asKey = isNumeric && !context.Numerics.IsOrdered(item, Expressions.Translate(item));
            a.Add(isNumeric ? context.Numerics.Comparable(item, asKey) : Expressions.Comparable(item, common));
            b.Add(isNumeric ? context.Numerics.Comparable(other, asKey) : Expressions.Comparable(other, common));
        }

        if (a.Count == 1) return new Binary(op, a[0], b[0]);
        return new Binary(op, new RowConstructor(a.ToNodeList(), false), new RowConstructor(b.ToNodeList(), false));
    }

    private Expr RowAndQuery(string op, Expr left, Subquery query)
    {
        if (left is not RowConstructor row) throw SqlErrors.Unsupported("comparison of a row with a query", query);
        var outputs = Binding.OutputsOf(query.Query);
        if (outputs.Count != row.Items.Count) throw SqlErrors.Syntax("unequal number of entries in row expressions", query);
        var types = outputs.Select((output, i) => TypeRules.Common(Binding.TypeOf(row.Items[i]), output.Type) ?? Text).ToList();
        var items = row.Items.Select((item, i) => Expressions.As(item, types[i]) is var value && NumericTranslator.IsNumeric(types[i]) ? NumericTranslator.Ordered(value, types[i]) : value).ToNodeList();
        return new Binary(op, new RowConstructor(items, false), new Subquery(context.Queries.Translate(query.Query, types)));
    }

    private Expr Concatenated(Binary binary)
    {
        var type = Binding.TypeOf(binary);
        if (type.IsArray) return context.Arrays.Joined(binary);
        if (type.Kind == SqlTypeKind.Jsonb) return SqlBuild.Call("shale_jsonb_concat", Expressions.Translate(binary.Left), Expressions.Translate(binary.Right));
        if (type.Kind == SqlTypeKind.Bytea) return SqlBuild.Call("shale_bytea_concat", Expressions.Translate(binary.Left), Expressions.Translate(binary.Right));
        return new Binary("||", Expressions.As(binary.Left, Text), Expressions.As(binary.Right, Text));
    }

    private Expr Arithmetic(Binary binary)
    {
        var left = Binding.TypeOf(binary.Left);
        var right = Binding.TypeOf(binary.Right);
        var type = Binding.TypeOf(binary);
        if (!TypeRules.IsNumeric(left.Kind) || !TypeRules.IsNumeric(right.Kind)) return DateTimes(binary, left, right);
        if (binary.Op == "^") return SqlBuild.Call(type.Kind == SqlTypeKind.Numeric ? "shale_power_numeric" : "shale_power", Expressions.As(binary.Left, type), Expressions.As(binary.Right, type));
        var operation = binary.Op switch { "+" => "add", "-" => "sub", "*" => "mul", "/" => "div", _ => "mod" };
        return SqlBuild.Call($"shale_{operation}_{Word(type.Kind)}", Expressions.As(binary.Left, type), Expressions.As(binary.Right, type));
    }

    private Expr DateTimes(Binary binary, SqlType left, SqlType right)
    {
        var a = Expressions.Translate(binary.Left);
        var b = Expressions.Translate(binary.Right);
        var minus = binary.Op == "-";
        switch (left.Kind, right.Kind)
        {
            case (SqlTypeKind.Jsonb, _):
                return SqlBuild.Call("shale_jsonb_delete", a, b);
            case (SqlTypeKind.Date, SqlTypeKind.Date):
                return SqlBuild.Call("shale_date_diff", a, b);
            case (SqlTypeKind.Interval, SqlTypeKind.Interval):
                return SqlBuild.Call(minus ? "shale_interval_sub" : "shale_interval_add", a, b);
            case (SqlTypeKind.Interval, _) when TypeRules.IsNumeric(right.Kind):
                return SqlBuild.Call(binary.Op == "*" ? "shale_interval_mul" : "shale_interval_div", a, b);
            case (_, SqlTypeKind.Interval) when TypeRules.IsNumeric(left.Kind):
                return SqlBuild.Call("shale_interval_mul", b, a);
            case (SqlTypeKind.Date, _) when TypeRules.IsInteger(right.Kind):
                return SqlBuild.Call(minus ? "shale_date_sub" : "shale_date_add", a, b);
            case (_, SqlTypeKind.Date) when TypeRules.IsInteger(left.Kind):
                return SqlBuild.Call("shale_date_add", b, a);
            case (SqlTypeKind.Time, SqlTypeKind.Interval):
                return SqlBuild.Call(minus ? "shale_time_sub" : "shale_time_add", a, b);
            case (SqlTypeKind.Interval, SqlTypeKind.Time):
                return SqlBuild.Call("shale_time_add", b, a);
            case (SqlTypeKind.Time, SqlTypeKind.Time):
                return SqlBuild.Call("shale_time_diff", a, b);
            case (SqlTypeKind.Date, SqlTypeKind.Time):
                return SqlBuild.Call("shale_date_time", a, b);
            case (SqlTypeKind.Time, SqlTypeKind.Date):
                return SqlBuild.Call("shale_date_time", b, a);
            case (_, SqlTypeKind.Interval):
                return SqlBuild.Call(minus ? "shale_timestamp_sub" : "shale_timestamp_add", a, b);
            case (SqlTypeKind.Interval, _):
                return SqlBuild.Call("shale_timestamp_add", b, a);
            default:
                return SqlBuild.Call("shale_timestamp_diff", a, b);
        }
    }

    private Expr AtTimeZone(Binary binary)
    {
        var type = Binding.TypeOf(binary.Left);
        var zone = Expressions.As(binary.Right, Text);
        return type.Kind switch
        {
            SqlTypeKind.Timestamp => SqlBuild.Call("shale_timestamp_at_zone", zone, Expressions.Translate(binary.Left)),
            SqlTypeKind.TimestampTz or SqlTypeKind.Date =>
                SqlBuild.Call("shale_timestamptz_at_zone", zone, Expressions.As(binary.Left, new SqlType(SqlTypeKind.TimestampTz))),
            _ => throw SqlErrors.Unsupported("AT TIME ZONE of a time", binary),
        };
    }

    private Expr Json(Binary binary)
    {
        var left = Binding.TypeOf(binary.Left);
        if (left.IsArray) return context.Arrays.Sets(binary);
        var prefix = left.Kind == SqlTypeKind.Jsonb ? "shale_jsonb_" : "shale_json_";
        var function = binary.Op switch
        {
            "->" => prefix + "get",
            "->>" => "shale_json_get_text",
            "#>" => prefix + "path",
            "#>>" => "shale_json_path_text",
            "@>" => "shale_jsonb_contains",
            "<@" => "shale_jsonb_contained",
            "?" => "shale_jsonb_exists",
            "?|" => "shale_jsonb_exists_any",
            "?&" => "shale_jsonb_exists_all",
            "#-" => "shale_jsonb_delete_path",
            _ => throw SqlErrors.Unsupported($"the operator {binary.Op}", binary),
        };
        return SqlBuild.Call(function, Expressions.Translate(binary.Left), Expressions.Translate(binary.Right));
    }
}
