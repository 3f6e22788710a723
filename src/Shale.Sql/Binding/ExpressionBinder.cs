namespace Shale.Sql;

/// <summary>Binds expressions bottom-up: names, types, untyped literals and parameters by what stands beside them.</summary>
internal sealed class ExpressionBinder(BindContext context)
{
    private static readonly SqlType Bool = new(SqlTypeKind.Bool);
    private static readonly SqlType Int4 = new(SqlTypeKind.Int4);
    private static readonly SqlType Int8 = new(SqlTypeKind.Int8);
    private static readonly SqlType Text = new(SqlTypeKind.Text);
    private static readonly SqlType Numeric = new(SqlTypeKind.Numeric);
    private static readonly SqlType Record = new(SqlTypeKind.Record);

    /// <summary>Binds an expression; an untyped literal or parameter stays unknown for the caller to settle.</summary>
    public SqlType Bind(Expr expression, Scope? scope)
    {
        SqlErrors.GuardStack();
        var type = TypeOf(expression, scope);
        context.Binding.SetType(expression, type);
        return type;
    }

    /// <summary>Binds an expression; what is still untyped is text.</summary>
    public SqlType BindSettled(Expr expression, Scope? scope)
    {
        Bind(expression, scope);
        return Coerce(expression, Text);
    }

    /// <summary>Binds a condition: it must be a boolean (42804), and hold no aggregates in WHERE and ON (42803).</summary>
    public void BindCondition(Expr condition, Scope scope, string clause)
    {
        var aggregates = scope.Aggregates.Count;
        Bind(condition, scope);
        if (!context.IsPostgres) return;
        if (clause != "HAVING" && scope.Aggregates.Count > aggregates)
            throw SqlErrors.Query($"aggregate functions are not allowed in {clause}", "42803", condition, "Use HAVING, or a subquery.");
        RequireBool(condition, clause);
    }

    /// <summary>Binds what is written to a column.</summary>
    public void BindAssigned(Expr value, ColumnSchema column, Scope scope)
    {
        Bind(value, scope);
        if (context.IsPostgres) Assign(value, column);
    }

    /// <summary>Checks that a bound value can be stored in the column, and gives it the column's type if it has none.</summary>
    public void Assign(Expr value, ColumnSchema column)
    {
        if (value is DefaultValue) return;
        TypeRules.RequireAssignable(Coerce(value, column.Type), column, value);
        if (value is Parameter parameter) context.Parameters.Assign(parameter, column.Type);
    }

    /// <summary>Gives an untyped literal or parameter a type (dialect postgres); returns the expression's type.</summary>
    public SqlType Coerce(Expr expression, SqlType type)
    {
        var current = context.Binding.TypeOf(expression);
        if (!context.IsPostgres || current.Kind != SqlTypeKind.Unknown || type.Kind == SqlTypeKind.Unknown) return current;
        switch (expression)
        {
            case Parameter parameter:
                current = context.Parameters.Set(parameter, type);
                break;
            case Collate collate:
                Coerce(collate.Operand, type);
                current = type.Plain;
                break;
            case ArrayConstructor array:
                foreach (var item in array.Items) Coerce(item, new SqlType(type.Kind));
                current = new SqlType(type.Kind, true);
                break;
            default:
                current = type.Plain;
                break;
        }

        context.Binding.SetType(expression, current);
        return current;
    }

    /// <summary>The common type of several bound expressions; untyped ones take it. Error: 42804.</summary>
    public SqlType Unify(IReadOnlyList<Expr> expressions, string construct, SqlNode at)
    {
        var type = SqlType.Unknown;
        foreach (var expression in expressions)
        {
            var other = context.Binding.TypeOf(expression);
            var common = context.IsPostgres ? TypeRules.Common(type, other) : TypeRules.Loose(type, other);
            type = common ?? throw SqlErrors.DatatypeMismatch($"{construct} types {type.Display()} and {other.Display()} cannot be matched", at);
        }

        if (type.Kind == SqlTypeKind.Unknown && context.IsPostgres) type = Text;
        foreach (var expression in expressions) Coerce(expression, type);
        return type;
    }

    /// <summary>42883 unless values of the two types can be compared.</summary>
    public void CheckComparable(SqlType left, SqlType right, string op, SqlNode at)
    {
        if (context.IsPostgres) OperatorTypes.Resolve(op, ref left, ref right, at);
    }

    /// <summary>Binds a function that stands in FROM.</summary>
    public SqlType BindTableFunction(FunctionCall call, Scope scope)
    {
        var type = new FunctionBinder(context).Bind(call, scope, inFrom: true);
        context.Binding.SetType(call, type);
        return type;
    }

    /// <summary>Binds the expressions of a window.</summary>
    public void BindWindow(WindowSpec window, Scope scope)
    {
        if (context.IsPostgres && window is { Frame.Unit: "groups", OrderBy.Count: 0, Base: null })
            throw SqlErrors.Query("GROUPS mode requires an ORDER BY clause", "42P20", window);
        foreach (var item in window.PartitionBy) BindSettled(item, scope);
        foreach (var item in window.OrderBy) BindSettled(item.Value, scope);
        if (window.Frame?.Start.Offset is { } start) BindOffset(start, window, scope);
        if (window.Frame?.End?.Offset is { } end) BindOffset(end, window, scope);
    }

    /// <summary>Binds and requires a boolean (42804).</summary>
    public void RequireBool(Expr condition, string clause)
    {
        var type = Coerce(condition, Bool);
        if (context.IsPostgres && type != Bool)
            throw SqlErrors.DatatypeMismatch($"argument of {clause} must be type boolean, not type {type.Display()}", condition);
    }

    private void BindOffset(Expr offset, WindowSpec window, Scope scope)
    {
        Bind(offset, scope);
        var range = window.Frame!.Unit == "range" && window.OrderBy.Count == 1;
        var key = range ? context.Binding.TypeOf(window.OrderBy[0].Value) : Int8;
        Coerce(offset, TypeRules.IsNumeric(key.Kind) ? key : new SqlType(SqlTypeKind.Interval));
    }

    private SqlType TypeOf(Expr expression, Scope? scope)
    {
        switch (expression)
        {
            case Literal literal: return LiteralType(literal);
            case TypedLiteral typed: return SqlTypes.Of(typed.Type, context.Dialect);
            case IntervalExpr interval:
                Bind(interval.Value, scope);
                Coerce(interval.Value, new SqlType(SqlTypeKind.Float8));
                return new SqlType(SqlTypeKind.Interval);
            case Parameter parameter: return context.Parameters.Use(parameter);
            case ColumnRef column: return context.NameResolver.Resolve(column, scope);
            case Unary unary: return UnaryType(unary, scope);
            case Binary binary: return BinaryType(binary, scope);
            case FunctionCall call: return new FunctionBinder(context).Bind(call, scope, inFrom: false);
            case Cast cast: return CastType(cast, scope);
            case Collate collate: return CollateType(collate, scope);
            case Case choice: return CaseType(choice, scope);
            case Extract extract: return ExtractType(extract, scope);
            case Star: throw SqlErrors.Syntax("a star is not allowed here", expression);
            case DefaultValue: return SqlType.Unknown;
            default: return Predicate(expression, scope);
        }
    }

    private SqlType Predicate(Expr expression, Scope? scope)
    {
        switch (expression)
        {
            case IsNull test:
                BindSettled(test.Operand, scope);
                return Bool;
            case Between between:
                Bind(between.Operand, scope);
                Bind(between.Low, scope);
                Bind(between.High, scope);
                CompareBetween(between);
                return Bool;
            case InList list: return InListType(list, scope);
            case InQuery query: return InQueryType(query.Operand, query.Query, query, "=", scope);
            case InTable table: return InTableType(table, scope);
            case Like like: return LikeType(like, scope);
            case Quantified quantified: return QuantifiedType(quantified, scope);
            case Exists exists:
                context.Queries.BindSelect(exists.Query, scope, scope?.Tables);
                return Bool;
            default: return Composite(expression, scope);
        }
    }

    private SqlType Composite(Expr expression, Scope? scope)
    {
        switch (expression)
        {
            case Subquery subquery:
                var columns = context.Queries.BindSelect(subquery.Query, scope, scope?.Tables);
                if (columns.Count != 1 && context.IsPostgres) throw SqlErrors.Syntax("subquery must return only one column", expression);
                if (columns.Count == 1) context.Binding.SetCollation(expression, columns[0].Collation);
                return columns.Count == 1 ? columns[0].Type : Record;
            case ArraySubquery array:
                var outputs = context.Queries.BindSelect(array.Query, scope, scope?.Tables);
                return new SqlType(outputs[0].Type.Kind, true);
            case ArrayConstructor array:
                return new ArrayBinder(context).Bind(array, scope);
            case RowConstructor row:
                foreach (var item in row.Items) Bind(item, scope);
                return Record;
            case Subscript subscript:
                return new ArrayBinder(context).Bind(subscript, scope);
            case FieldAccess access:
                Bind(access.Operand, scope);
                if (access is { FieldName: { } name, Operand: FunctionCall composite } && PostgresTableFunctions.PlaceOf(composite, name.Name) is { } place)
                    return place >= 0 ? PostgresTableFunctions.TypeOf(composite, name.Name) : throw SqlErrors.Query($"could not identify column \"{name.Name}\" in record data type", "42703", access);
                return access.FieldName is { Name: var field } && context.Binding.EmptySetOf(access.Operand) is { } call ? PostgresTableFunctions.TypeOf(call, field) : SqlType.Unknown;
            case GroupingSet set:
                foreach (var item in set.Items) BindSettled(item, scope);
                return Record;
            default:
                throw SqlErrors.Syntax($"{expression.GetType().Name} is not an expression here", expression);
        }
    }

    private SqlType LiteralType(Literal literal)
    {
        switch (literal.Kind)
        {
            case LiteralKind.True or LiteralKind.False:
                return Bool;
            case LiteralKind.Integer:
                if (!context.IsPostgres) return Int8;
                return int.TryParse(literal.Text, out _) ? Int4 : long.TryParse(literal.Text, out _) ? Int8 : Numeric;
            case LiteralKind.Number:
                return context.IsPostgres ? Numeric : new SqlType(SqlTypeKind.Float8);
            case LiteralKind.Blob:
                return new SqlType(SqlTypeKind.Bytea);
            case LiteralKind.String when !context.IsPostgres:
                return Text;
            default:
                return SqlType.Unknown;
        }
    }

    private SqlType UnaryType(Unary unary, Scope? scope)
    {
        var type = Bind(unary.Operand, scope);
        if (unary.Op == "NOT")
        {
            RequireBool(unary.Operand, "NOT");
            return Bool;
        }

        if (!context.IsPostgres) return unary.Op == "~" ? Int8 : type;
        if (type.Kind == SqlTypeKind.Unknown) type = Coerce(unary.Operand, new SqlType(SqlTypeKind.Float8));
        var fits = unary.Op switch
        {
            "-" or "+" => TypeRules.IsNumeric(type.Kind) || type.Kind == SqlTypeKind.Interval,
            "@" => TypeRules.IsNumeric(type.Kind),
            "~" => TypeRules.IsInteger(type.Kind) || TypeRules.IsNetwork(type.Kind),
            "|/" or "||/" => TypeRules.IsNumeric(type.Kind),
            _ => false,
        };
        if (!fits || type.IsArray) throw SqlErrors.UndefinedOperator($"{unary.Op} {type.Display()}", unary);

        // PostgreSQL reads -2147483648 as one number, which is an int4.
        if (unary is { Op: "-", Operand: Literal { Kind: LiteralKind.Integer } number })
            return int.TryParse("-" + number.Text, out _) ? Int4 : long.TryParse("-" + number.Text, out _) ? Int8 : Numeric;
        return unary.Op is "|/" or "||/" ? new SqlType(SqlTypeKind.Float8) : type.Plain;
    }

    private SqlType BinaryType(Binary binary, Scope? scope)
    {
        var left = Bind(binary.Left, scope);
        var right = Bind(binary.Right, scope);
        if (binary.Op is "AND" or "OR")
        {
            RequireBool(binary.Left, binary.Op);
            RequireBool(binary.Right, binary.Op);
            return Bool;
        }

        if (binary.Op is "IS" or "IS NOT")
        {
            if (context.IsPostgres) RequireBool(binary.Left, binary.Op + " TRUE");
            return Bool;
        }

        if (!context.IsPostgres) return SqliteBinary(binary.Op, left, right);
        if (binary.Left is RowConstructor a && binary.Right is RowConstructor b) return Rows(binary.Op, a, b, binary);
        if (binary.Right is Subquery && left.Kind == SqlTypeKind.Record) return Bool;
        return Operator(binary.Op, binary.Left, binary.Right, binary);
    }

    private SqlType Operator(string op, Expr leftNode, Expr rightNode, SqlNode at)
    {
        var left = context.Binding.TypeOf(leftNode);
        var right = context.Binding.TypeOf(rightNode);
        var result = OperatorTypes.Resolve(op, ref left, ref right, at);
        Coerce(leftNode, left);
        Coerce(rightNode, right);
        return result;
    }

    private static SqlType SqliteBinary(string op, SqlType left, SqlType right) => op switch
    {
        "||" or "->>" or "->" => Text,
        "&" or "|" or "<<" or ">>" => Int8,
        "+" or "-" or "*" or "/" or "%" => TypeRules.Loose(left, right) is var type && TypeRules.IsNumeric(type.Kind) ? type : SqlType.Unknown,
        _ => Bool,
    };

    private SqlType Rows(string op, RowConstructor left, RowConstructor right, SqlNode at)
    {
        if (left.Items.Count != right.Items.Count) throw SqlErrors.Syntax("unequal number of entries in row expressions", at);
        for (var i = 0; i < left.Items.Count; i++) Compare(left.Items[i], right.Items[i], op, at);
        return Bool;
    }

    private void Compare(Expr left, Expr right, string op, SqlNode at)
    {
        if (!context.IsPostgres) return;
        if (left is RowConstructor a && right is RowConstructor b) Rows(op, a, b, at);
        else Operator(op, left, right, at);
    }

    private void CompareBetween(Between between)
    {
        // An operand without a type takes that of a bound that has one, whichever that is.
        if (context.Binding.TypeOf(between.Low).Kind == SqlTypeKind.Unknown)
        {
            Compare(between.Operand, between.High, "<=", between);
            Compare(between.Operand, between.Low, ">=", between);
        }
        else
        {
            Compare(between.Operand, between.Low, ">=", between);
            Compare(between.Operand, between.High, "<=", between);
        }
    }

    private SqlType CastType(Cast cast, Scope? scope)
    {
        var target = SqlTypes.Of(cast.Type, context.Dialect);
        if (context.IsPostgres && target.IsArray && cast.Operand is ArrayConstructor array) return new ArrayBinder(context).BindElements(array, target, scope);
        var from = Bind(cast.Operand, scope);
        if (!context.IsPostgres) return target;
        from = Coerce(cast.Operand, target);
        if (!TypeRules.CanCast(from, target)) throw SqlErrors.CannotCast(from, target, cast);
        return target;
    }

    private SqlType CollateType(Collate collate, Scope? scope)
    {
        var type = Bind(collate.Operand, scope);
        context.Binding.SetCollation(collate, collate.Collation.Name.Name);
        if (context.IsPostgres && type.Kind != SqlTypeKind.Unknown && !TypeRules.IsText(type.Kind))
            throw SqlErrors.DatatypeMismatch($"collations are not supported by type {type.Display()}", collate);
        return type;
    }

    private SqlType CaseType(Case choice, Scope? scope)
    {
        if (choice.Operand is not null) Bind(choice.Operand, scope);
        foreach (var when in choice.Whens)
        {
            Bind(when.Condition, scope);
            if (choice.Operand is null) RequireBool(when.Condition, "CASE/WHEN");
        }

        if (choice.Operand is not null)
            foreach (var when in choice.Whens) Compare(choice.Operand, when.Condition, "=", when);
        var results = new List<Expr>();
        if (choice.Else is not null) results.Add(choice.Else);
        results.AddRange(choice.Whens.Select(when => when.Result));
        foreach (var result in results) Bind(result, scope);
        return Unify(results, "CASE", choice);
    }

    private SqlType ExtractType(Extract extract, Scope? scope)
    {
        var type = Bind(extract.Source, scope);
        if (type.Kind == SqlTypeKind.Unknown) type = Coerce(extract.Source, new SqlType(SqlTypeKind.TimestampTz));
        if (context.IsPostgres && TypeRules.Category(type) is not ('D' or 'T'))
            throw SqlErrors.UndefinedFunction($"pg_catalog.extract(unknown, {type.Display()})", extract);
        return Numeric;
    }

    private SqlType InListType(InList list, Scope? scope)
    {
        Bind(list.Operand, scope);
        foreach (var item in list.Items) Bind(item, scope);
        if (!context.IsPostgres) return Bool;
        if (list.Operand is RowConstructor || list.Items.Any(item => item is RowConstructor or Subquery))
        {
            foreach (var item in list.Items) Compare(list.Operand, item, "=", list);
            return Bool;
        }

        // Untyped items take the type that the operand and the typed items have in common.
        var type = context.Binding.TypeOf(list.Operand);
        foreach (var item in list.Items)
        {
            var other = context.Binding.TypeOf(item);
            type = TypeRules.Common(type, other) ?? throw SqlErrors.UndefinedOperator($"{type.Display()} = {other.Display()}", list);
        }

        if (type.Kind == SqlTypeKind.Unknown) type = Text;
        Coerce(list.Operand, type);
        foreach (var item in list.Items)
        {
            Coerce(item, type);
            Compare(list.Operand, item, "=", list);
        }

        return Bool;
    }

    private SqlType InQueryType(Expr operand, SelectStatement query, SqlNode at, string op, Scope? scope)
    {
        Bind(operand, scope);
        var columns = context.Queries.BindSelect(query, scope, scope?.Tables);
        IReadOnlyList<Expr> left = operand is RowConstructor row ? row.Items : [operand];
        if (!context.IsPostgres) return Bool;
        if (operand is Subquery) return Bool;
        if (left.Count != columns.Count) throw SqlErrors.Syntax($"subquery has too {(columns.Count > left.Count ? "many" : "few")} columns", at);
        for (var i = 0; i < left.Count; i++)
        {
            var mine = context.Binding.TypeOf(left[i]);
            var other = columns[i].Type;
            OperatorTypes.Resolve(op, ref mine, ref other, at);
            Coerce(left[i], mine);
        }

        return Bool;
    }

    private SqlType InTableType(InTable table, Scope? scope)
    {
        Bind(table.Operand, scope);
        var block = new QueryBlock { Node = table, Parent = scope?.Block };
        context.Binding.Add(block);
        context.From.Bind(table.Table, new Scope(scope, block, scope?.Tables));
        return Bool;
    }

    private SqlType LikeType(Like like, Scope? scope)
    {
        Bind(like.Operand, scope);
        Bind(like.Pattern, scope);
        if (like.Escape is not null) BindSettled(like.Escape, scope);
        if (!context.IsPostgres) return Bool;
        var left = context.Binding.TypeOf(like.Operand);
        var right = context.Binding.TypeOf(like.Pattern);
        OperatorTypes.Resolve(like.Kind == LikeKind.ILike ? "~~*" : "~~", ref left, ref right, like);
        Coerce(like.Operand, left);
        Coerce(like.Pattern, right);
        return Bool;
    }

    private SqlType QuantifiedType(Quantified quantified, Scope? scope)
    {
        if (quantified.Right is Subquery subquery)
        {
            InQueryType(quantified.Left, subquery.Query, quantified, quantified.Op, scope);
            context.Binding.SetType(subquery, SqlType.Unknown);
            return Bool;
        }

        var left = Bind(quantified.Left, scope);
        var right = Bind(quantified.Right, scope);
        if (!context.IsPostgres) return Bool;
        if (right.Kind == SqlTypeKind.Unknown)
        {
            if (left.Kind == SqlTypeKind.Unknown) left = Coerce(quantified.Left, Text);
            right = Coerce(quantified.Right, new SqlType(left.Kind, true));
        }

        if (!right.IsArray) throw SqlErrors.Query("op ANY/ALL (array) requires array on right side", "42809", quantified);
        var element = new SqlType(right.Kind);
        OperatorTypes.Resolve(quantified.Op, ref left, ref element, quantified);
        Coerce(quantified.Left, left);
        return Bool;
    }
}
