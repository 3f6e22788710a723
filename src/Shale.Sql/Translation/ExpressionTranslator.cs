namespace Shale.Sql;

/// <summary>Translates expressions: the result's value is the one PostgreSQL computes, in the form that SQLite shards hold its type.</summary>
internal sealed class ExpressionTranslator(TranslationContext context)
{
    private static readonly SqlType Bool = new(SqlTypeKind.Bool);

    private Binding Binding => context.Binding;

    /// <summary>Translates a condition of WHERE or ON; null for none. <paramref name="joins"/> as <see cref="ConditionOrder.Of"/> has it.</summary>
    public Expr? Condition(Expr? condition, bool joins) => condition is null ? null : ConditionOrder.Of(Translate(condition), joins);

    /// <summary>Translates an expression.</summary>
    public Expr Translate(Expr expression)
    {
        SqlErrors.GuardStack();
        switch (expression)
        {
            case Literal literal: return Constant(literal, Binding.TypeOf(literal));
            case TypedLiteral typed: return Typed(typed);
            case IntervalExpr interval: return SqlBuild.Call("shale_interval_of", As(interval.Value, new SqlType(SqlTypeKind.Float8)), SqlBuild.Text(interval.Unit));
            case Parameter parameter:
                if (Binding.TypeOf(parameter).Kind == SqlTypeKind.TimeTz) throw SqlErrors.Unsupported("the type time with time zone", parameter);
                var given = new Parameter(ParameterStyle.QuestionNumber, parameter.Index);
                return Binding.TypeOf(parameter) is { IsArray: false } type && TypeRules.IsReg(type.Kind) ? CatalogTranslator.OidOf(given, type.Kind) : given;
            case ColumnRef column: return Column(column);
            case Unary unary: return new OperatorTranslator(context).Translate(unary);
            case Binary binary: return new OperatorTranslator(context).Translate(binary);
            case FunctionCall call: return context.Functions.Translate(call);
            case Cast cast: return Cast(cast);
            case Collate collate: return Collate(collate);
            case Case choice: return Case(choice);
            case Extract extract: return Extract(extract);
            default: return Predicate(expression);
        }
    }

    /// <summary>Translates an expression and converts it to the type, as PostgreSQL does without being asked.</summary>
    public Expr As(Expr expression, SqlType type) => Convert(expression, type, isExplicit: false);

    /// <summary>Translates an expression and converts it.</summary>
    public Expr Convert(Expr expression, SqlType type, bool isExplicit)
    {
        return CastEmitter.Convert(Translate(expression), Binding.TypeOf(expression), type, isExplicit);
    }

    /// <summary>What is written to a column.</summary>
    public Expr Assigned(Expr expression, ColumnSchema column)
    {
        if (expression is DefaultValue) return Default(column);

        var value = Convert(expression, column.Type, isExplicit: false);
        if (NumericTranslator.IsNative(column)) return NumericTranslator.ToNative(value);
        if (!ReferenceEquals(column, context.Key) || value is Literal { Kind: not LiteralKind.Null } or Unary { Operand: Literal }) return value;
        if (value is not Parameter parameter) return SqlBuild.Call("shale_not_null", value, SqlBuild.Text(column.Name));
        context.Required.Add(new RequiredParameter(parameter.Index, column.Name, context.KeyTable));
        return value;
    }

    /// <summary>The operands of a comparison, in a form that compares as their common type does.</summary>
    public Expr Comparable(Expr expression, SqlType common)
    {
        var type = Binding.TypeOf(expression);
        if (common.Kind is SqlTypeKind.Interval or SqlTypeKind.Jsonb) return NumericTranslator.Key(As(expression, common), common);

        // SQLite compares integers and floats exactly as numbers; only int8 loses digits in PostgreSQL's float8.
        if (TypeRules.IsNumeric(common.Kind) && common.Kind != SqlTypeKind.Numeric && TypeRules.IsNumeric(type.Kind) && type.Kind is not (SqlTypeKind.Int8 or SqlTypeKind.Numeric)) return Translate(expression);
        return Own(As(expression, common.Kind == SqlTypeKind.Char && type.Kind == SqlTypeKind.Char ? type : common.Plain), common);
    }

    // A COLLATE of numerics somewhere inside would decide how texts compare.
    private static Expr Own(Expr value, SqlType type) =>
        TypeRules.IsText(type.Kind) && value is not Shale.Sql.Collate && SqlTree.Any(value, node => node is Shale.Sql.Collate) ? new Collate(value, SqlBuild.Object("BINARY")) : value;

    /// <summary>42883 or 0A000 for comparing what only PostgreSQL can order or hash.</summary>
    public static void RequireHashable(SqlType type, string construct, SqlNode at)
    {
        if (type is { Kind: SqlTypeKind.Json, IsArray: false }) throw SqlErrors.UndefinedOperator("json = json", at);
        if (type.IsArray && !ArrayTranslator.IsText(type)) throw SqlErrors.Unsupported($"{construct} of {type.Name}", at);
    }

    /// <summary>What ORDER BY sorts by.</summary>
    public Expr SortKey(Expr value)
    {
        var type = Binding.TypeOf(value);
        if (type.IsArray) return ArrayTranslator.Key(Output(value), type);
        return HasKey(type) ? NumericTranslator.Key(Output(value), type) : Own(context.Numerics.Ordered(value, Translate(value)), type);
    }

    /// <summary>The same for a column of a type that has been translated.</summary>
    public static Expr SortKey(Expr column, SqlType type)
    {
        if (type.IsArray) return ArrayTranslator.Key(column, type);
        return HasKey(type) ? NumericTranslator.Key(column, type) : column;
    }

    // Texts that sort otherwise than their values.
    private static bool HasKey(SqlType type) => type.Kind is SqlTypeKind.Interval or SqlTypeKind.Jsonb || TypeRules.IsNetwork(type.Kind);

    /// <summary>What aggregates of ours sort by: they know no collations.</summary>
    public Expr CollectedKey(Expr value) => NumericTranslator.IsNumeric(Binding.TypeOf(value)) ? NumericTranslator.Key(Output(value), Binding.TypeOf(value)) : SortKey(value);

    /// <summary>What SQLite groups by.</summary>
    public Expr GroupKey(Expr value) => Own(context.Numerics.Ordered(value, Translate(value)), Binding.TypeOf(value));

    // An output's number stands for it in ORDER BY only where it stands alone.
    private Expr Output(Expr value)
    {
        if (value is not ColumnRef name || Binding.OutputAliasOf(name) is not { } output) return Translate(value);
        if (output.Value is not Star star) return Translate(output.Value);
        return context.From.Merged(Binding.ExpandMerged(star).First(column => column.Name == name.Column.Name));
    }

    /// <summary>An ORDER BY key with the places of NULL that PostgreSQL has: last, or first when descending.</summary>
    public OrderItem Order(OrderItem item)
    {
        if (item.UsingOperator is { } way) item = way switch
        {
            "<" => item with { UsingOperator = null },
            ">" => item with { UsingOperator = null, Descending = true },
            _ => throw SqlErrors.Unsupported($"ORDER BY … USING {way}", item),
        };
        return new OrderItem(SortKey(item.Value), item.Descending, IsNeverNull(item.Value) ? null : item.NullsFirst ?? item.Descending);
    }

    // Without a word about NULLs SQLite can read an index in its order.
    private bool IsNeverNull(Expr value)
    {
        if (value is not ColumnRef name) return false;
        if (Binding.OutputAliasOf(name) is { } output) return output.Value is ColumnRef inner && !ReferenceEquals(inner, name) && IsNeverNull(inner);
        return Binding.ColumnOf(name) is { Column.NotNull: true, Block.Node: SelectCore core }
            && !core.From.Any(item => SqlTree.Any(item, node => node is Join { Kind: JoinKind.Left or JoinKind.Right or JoinKind.Full }));
    }

    /// <summary>The DEFAULT of a column as an expression.</summary>
    public Expr Default(ColumnSchema column)
    {
        if (column.Default is null) return SqlBuild.Null;
        var binding = Binder.BindDefault(column.Default, column, SqlDialect.Postgres);
        var inner = new TranslationContext(binding);
        var value = inner.Expressions.Convert(column.Default, column.Type, isExplicit: false);
        if (NumericTranslator.IsNative(column)) value = NumericTranslator.ToNative(value);
        if (inner.NowParameter is null) return value;
        return SqlTree.Rewrite(value, node => node is Parameter { Name: TranslationResult.NowName } ? context.Now() : null);
    }

    /// <summary>IS [NOT] NULL of a translated value.</summary>
    public Expr NullTest(Expr value, bool not) => context.InReturning && value is ColumnRef
        ? new Binary(not ? "<>" : "=", SqlBuild.Call("typeof", value), SqlBuild.Text("null")) : new IsNull(value, not);

    private static Expr Constant(Literal literal, SqlType type)
    {
        switch (literal.Kind)
        {
            case LiteralKind.Null: return literal;
            case LiteralKind.True: return SqlBuild.Integer(1);
            case LiteralKind.False: return SqlBuild.Integer(0);
            case LiteralKind.Bits: throw SqlErrors.Unsupported("a bit string", literal);
            case LiteralKind.Number: return SqlBuild.Value(PgNumeric.Parse(literal.Text));
            case LiteralKind.Integer: return type.Kind == SqlTypeKind.Numeric ? SqlBuild.Value(PgNumeric.Parse(literal.Text)) : literal;
            case LiteralKind.String when TypeRules.IsReg(type.Kind) && !type.IsArray: return CatalogTranslator.OidOf(literal, type.Kind);
            case LiteralKind.String when (!TypeRules.IsText(type.Kind) || type.IsArray) && type.Kind is not (SqlTypeKind.Unknown or SqlTypeKind.Record):
                return SqlBuild.Value(PgCasts.Convert(SqlValue.Text(literal.Text), SqlType.Unknown, type, isExplicit: false));
            default: return literal;
        }
    }

    private static Expr Typed(TypedLiteral typed)
    {
        var type = SqlTypes.Of(typed.Type, SqlDialect.Postgres);
        if (TypeRules.IsReg(type.Kind)) return CatalogTranslator.OidOf(SqlBuild.Text(typed.Text), type.Kind);
        if (type.Kind != SqlTypeKind.Interval)
            return SqlBuild.Value(PgCasts.Convert(SqlValue.Text(typed.Text), SqlType.Unknown, type, isExplicit: true));
        return SqlBuild.Text(Interval(typed.Type, typed.Text).ToString());
    }

    private static PgInterval Interval(TypeName type, string text)
    {
        var fields = type.Name.Length > 8 ? type.Name["interval".Length..].Trim() : "";
        var unit = fields.Length == 0 ? "second" : fields.Split(' ')[^1];
        if (fields.Contains(" to ", StringComparison.Ordinal) && !text.AsSpan().ContainsAny(":-") && !text.Any(char.IsAsciiLetter))
            throw SqlErrors.Unsupported($"INTERVAL '{text}' {fields.ToUpperInvariant()}", type, "Write the units in the string.");
        var value = PgInterval.Parse(text, unit);
        return fields switch
        {
            "" or "second" or "day to second" or "hour to second" => value,
            "year" => new PgInterval(value.Months / 12 * 12, 0, 0),
            "month" or "year to month" => new PgInterval(value.Months, 0, 0),
            "day" => value with { Micros = 0 },
            "hour" or "day to hour" => value with { Micros = value.Micros / 3_600_000_000 * 3_600_000_000 },
            "minute" or "day to minute" or "hour to minute" => value with { Micros = value.Micros / 60_000_000 * 60_000_000 },
            _ => throw SqlErrors.Unsupported($"INTERVAL … {fields.ToUpperInvariant()}", type),
        };
    }

    private Expr Column(ColumnRef column)
    {
        if (Binding.IsExcluded(column, out var place)) return Excluded(column, place);
        if (Binding.OutputIndexOf(column) is { } index) return SqlBuild.Integer(index + 1);
        if (Binding.MergedOf(column) is { } merged) return context.From.Merged(merged);
        if (Binding.ColumnOf(column) is { } found) return context.From.Column(found, column);
        throw SqlErrors.Unsupported($"the whole row \"{column.Column.Name}\" as a value", column);
    }

    private Expr Excluded(ColumnRef column, int place)
    {
        var value = new ColumnRef(null, SqlBuild.Name("excluded"), column.Column);
        return Binding.Statement is InsertStatement insert && Binding.BlockOf(insert).Relations[0].Table!.Columns[place] is var target && NumericTranslator.IsNative(target)
            ? NumericTranslator.OfNative(value, target.Type) : value;
    }

    private Expr Cast(Cast cast)
    {
        var target = SqlTypes.Of(cast.Type, SqlDialect.Postgres);
        if (target.IsArray && cast.Operand is ArrayConstructor array) return context.Arrays.Made(array, target, isExplicit: true);
        if (target.Kind == SqlTypeKind.Interval && cast.Operand is Literal { Kind: LiteralKind.String } text) return SqlBuild.Text(Interval(cast.Type, text.Text).ToString());
        if (!target.IsArray && TypeRules.IsText(target.Kind) && CatalogColumns.IsVector(cast.Operand, Binding))
            return CastEmitter.Convert(SqlBuild.Call("shale_vector", Translate(cast.Operand)), new SqlType(SqlTypeKind.Text), target, isExplicit: true);
        return Convert(cast.Operand, target, isExplicit: true);
    }

    private Expr Collate(Collate collate)
    {
        if (collate.Collation.Name.Name is not ("C" or "POSIX" or "default" or "ucs_basic" or "C.UTF-8" or "C.utf8"))
            throw SqlErrors.Unsupported($"the collation \"{collate.Collation.Name.Name}\"", collate, "SQLite shards sort by code points, as the collation \"C\" does.");
        return Translate(collate.Operand);
    }

    private Expr Case(Case choice)
    {
        var type = Binding.TypeOf(choice);
        var whens = choice.Whens.Select(when => new WhenClause(
            choice.Operand is null ? Translate(when.Condition) : new OperatorTranslator(context).Compare("=", choice.Operand, when.Condition),
            As(when.Result, type)));
        return new Case(null, whens.ToNodeList(), choice.Else is null ? null : As(choice.Else, type));
    }

    private Expr Extract(Extract extract)
    {
        var type = Binding.TypeOf(extract.Source);
        var function = type.Kind switch
        {
            SqlTypeKind.Time => "shale_extract_time",
            SqlTypeKind.Interval => "shale_extract_interval",
            SqlTypeKind.TimeTz => throw SqlErrors.Unsupported("the type time with time zone", extract),
            _ => "shale_extract",
        };
        return SqlBuild.Call(function, SqlBuild.Text(extract.FieldName), Translate(extract.Source));
    }

    private Expr Predicate(Expr expression)
    {
        switch (expression)
        {
            case IsNull { Operand: RowConstructor row } test:
                return Rows(row, test.Not);
            case IsNull test:
                return NullTest(Translate(test.Operand), test.Not);
            case Between between:
                return Between(between);
            case InList list:
                return new QuantifiedTranslator(context).In(list);
            case InQuery query:
                return new QuantifiedTranslator(context).In(query.Operand, query.Query, query.Not, query);
            case Quantified quantified:
                return new QuantifiedTranslator(context).Translate(quantified);
            case Exists exists:
                return new Exists(WithAnItem(context.Queries.Translate(exists.Query)));
            case Like like:
                return new PatternTranslator(context).Translate(like);
            case Subquery subquery:
                return context.Queries.Scalar(subquery);
            case RowConstructor row:
                return new RowConstructor(row.Items.Select(Translate).ToNodeList(), false);
            case GroupingSet:
                throw SqlErrors.Unsupported("GROUPING SETS here", expression);
            case ArrayConstructor array:
                return context.Arrays.Made(array, Binding.TypeOf(array));
            case ArraySubquery array:
                return context.Arrays.Made(array);
            case Subscript subscript:
                return context.Arrays.Part(subscript);
            case FieldAccess { FieldName: not null } access when Binding.EmptySetOf(access.Operand) is not null:
                return Translate(access.Operand);
            case FieldAccess { FieldName: { } field } access when PostgresTableFunctions.PlaceOf(access.Operand, field.Name) is { } place:
                return SqlBuild.Call("json_extract", context.Functions.Row((FunctionCall)access.Operand), SqlBuild.Text($"$[{place}]"));
            case FieldAccess:
                throw SqlErrors.Unsupported("a field of a row", expression);
            case DefaultValue:
                throw SqlErrors.Syntax("DEFAULT is not allowed in this context", expression);
            default:
                throw SqlErrors.Unsupported(expression.GetType().Name, expression);
        }
    }

    // EXISTS (SELECT FROM t): SQLite has no row without columns.
    private static SelectStatement WithAnItem(SelectStatement query) => query.Body is SelectCore { Items.Count: 0 } core ? query with { Body = core with { Items = [new SelectItem(SqlBuild.Integer(1), null)] } } : query;

    private Expr Rows(RowConstructor row, bool not)
    {
        Expr? all = null;
        foreach (var item in row.Items) all = SqlBuild.And(all, NullTest(Translate(item), not));
        return all ?? SqlBuild.Integer(1);
    }

    private Expr Between(Between between)
    {
        var operators = new OperatorTranslator(context);
        Expr Range(Expr low, Expr high) => SqlBuild.And(operators.Compare(">=", between.Operand, low), operators.Compare("<=", between.Operand, high));
        if (!between.Symmetric && Same(between, out var common)
            && (common.Kind != SqlTypeKind.Numeric || context.Numerics.IsOrdered(between.Operand, Translate(between.Operand))))
            return new Between(Comparable(between.Operand, common), Comparable(between.Low, common), Comparable(between.High, common), between.Not);
        if (FunctionCatalog.VolatilityOf((SqlNode)between, SqlDialect.Postgres) == Volatility.Volatile)
            throw SqlErrors.Unsupported("BETWEEN over a volatile expression", between);
        var inside = Range(between.Low, between.High);
        if (between.Symmetric) inside = SqlBuild.Or(inside, Range(between.High, between.Low));
        return between.Not ? new Unary("NOT", inside) : inside;
    }

    // One common type for all three keeps the simple form, which indexes understand.
    private bool Same(Between between, out SqlType common)
    {
        common = Bool;
        if (between.Operand is RowConstructor) return false;
        var low = TypeRules.Common(Binding.TypeOf(between.Operand), Binding.TypeOf(between.Low));
        var high = TypeRules.Common(Binding.TypeOf(between.Operand), Binding.TypeOf(between.High));
        if (low is null || high is null || low.Value.Plain != high.Value.Plain || low.Value.Kind is SqlTypeKind.Jsonb or SqlTypeKind.Char) return false;
        common = low.Value;
        return true;
    }
}
