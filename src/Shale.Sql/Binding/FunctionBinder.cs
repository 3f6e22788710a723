namespace Shale.Sql;

/// <summary>Binds function calls: arguments, the overload, aggregates and windows.</summary>
internal sealed class FunctionBinder(BindContext context)
{
    private static readonly SqlType Text = new(SqlTypeKind.Text);

    /// <summary>Binds a call and returns its result's type.</summary>
    public SqlType Bind(FunctionCall call, Scope? scope, bool inFrom)
    {
        foreach (var argument in call.Args) BindArgument(argument, scope);
        foreach (var item in call.OrderBy) context.Typer.BindSettled(item.Value, scope);
        if (call.Filter is not null)
        {
            context.Typer.Bind(call.Filter, scope);
            context.Typer.RequireBool(call.Filter, "FILTER");
        }

        if (call.Over is not null && scope is not null) context.Typer.BindWindow(call.Over, scope);
        var isAggregate = call.Over is null && FunctionCatalog.IsAggregate(call, context.Dialect);
        if (isAggregate && scope is not null) OwnerOf(call, scope).Aggregates.Add(call);
        return context.IsPostgres ? Postgres(call, inFrom) : Sqlite(call);
    }

    private void BindArgument(Expr argument, Scope? scope)
    {
        if (argument is Star star)
        {
            // SQLite and PostgreSQL allow count(*) only, which has no argument node; f(t.*) is a whole row.
            context.Binding.SetType(star, new SqlType(SqlTypeKind.Record));
            return;
        }

        context.Typer.Bind(argument, scope);
    }

    // An aggregate over columns of an outer query only belongs to that query.
    private Scope OwnerOf(FunctionCall call, Scope scope)
    {
        var blocks = new HashSet<QueryBlock>();
        foreach (var column in SqlTree.All<ColumnRef>(call))
            if (context.Binding.ColumnOf(column) is { } found) blocks.Add(found.Block);
        if (blocks.Count == 0) return scope;
        for (var at = scope; at is not null; at = at.Parent)
            if (blocks.Contains(at.Block)) return at;
        return scope;
    }

    private SqlType Postgres(FunctionCall call, bool inFrom)
    {
        var name = call.Name.Name.Name;
        if (call.Name.Schema is { Name: not "pg_catalog" } && FunctionCatalog.Overloads(name) is null)
            throw SqlErrors.UndefinedFunction(Signature(call), call);
        if (FunctionCatalog.IsForm(name)) return Form(call, name);
        if (SqlTypeNamed(name) is { } target && call.Args.Count == 1 && FunctionCatalog.Overloads(name) is null) return TypeCall(call, target);
        var overloads = FunctionCatalog.Overloads(name) ?? throw Missing(call, name);

        // What the gate puts into a tree itself has no place in a text.
        if (name == FunctionCatalog.SequenceColumn && call.Span.Length > 0) throw SqlErrors.UndefinedFunction(Signature(call), call);
        if (name == "count" && call is { IsStar: false, Args.Count: 0 }) throw SqlErrors.Query("count(*) must be used to call a parameterless aggregate function", "42809", call);
        if (call.IsStar && name != "count") throw SqlErrors.UndefinedFunction(name + "()", call);
        var arguments = Arguments(call);
        var types = arguments.Select(context.Binding.TypeOf).ToList();
        var overload = FunctionResolver.Resolve(overloads, types) ?? throw SqlErrors.UndefinedFunction(Signature(call), call);
        Check(call, overload, inFrom);
        if (!inFrom && overload is { Name: "unnest", Variadic: true }) throw SqlErrors.UndefinedFunction(Signature(call), call);
        CheckDistinctOrder(call);
        context.Binding.SetOverload(call, overload);
        return Settle(call, overload, arguments);
    }

    private void CheckDistinctOrder(FunctionCall call)
    {
        if (!call.Distinct || call.WithinGroup) return;
        var other = call.OrderBy.FirstOrDefault(item => !call.Args.Any(argument => QueryBinder.Same(argument, item.Value, context.Binding)));
        if (other is not null) throw SqlErrors.Query("in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list", "42P10", other);
    }

    // The direct arguments of WITHIN GROUP come first, then what is ordered.
    private static List<Expr> Arguments(FunctionCall call) =>
        call.WithinGroup ? [.. call.Args, .. call.OrderBy.Select(item => item.Value)] : [.. call.Args];

    private void Check(FunctionCall call, FunctionOverload overload, bool inFrom)
    {
        if (overload.Kind == FunctionKind.Window && call.Over is null)
            throw SqlErrors.Query($"window function {overload.Name} requires an OVER clause", "42809", call);
        if (call.Over is not null && overload.Kind is FunctionKind.Scalar or FunctionKind.Set && call.Over is not null)
            throw SqlErrors.Query($"OVER specified, but {overload.Name} is not a window function nor an aggregate function", "42809", call);
        if ((call.Distinct || call.Filter is not null) && overload.Kind is FunctionKind.Scalar or FunctionKind.Set && (call.Distinct || call.Filter is not null))
            throw SqlErrors.Query($"{(call.Distinct ? "DISTINCT" : "FILTER")} specified, but {overload.Name} is not an aggregate function", "42809", call);
        if (call.WithinGroup != IsOrderedSet(overload.Name))
            throw SqlErrors.Query(call.WithinGroup ? $"{overload.Name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP" : $"WITHIN GROUP is required for ordered-set aggregate {overload.Name}",
                "42809", call);
        if (overload.Kind == FunctionKind.Aggregate && call.Over is null && call.Args.Any(argument => HasAggregate(argument)))
            throw SqlErrors.Query("aggregate function calls cannot be nested", "42803", call);
        if (inFrom && overload.Kind is FunctionKind.Aggregate or FunctionKind.Window && inFrom)
            throw SqlErrors.Query("aggregate functions are not allowed in functions in FROM", "42803", call);
    }

    private bool IsOrderedSet(string name) => context.IsPostgres && name is "mode" or "percentile_cont" or "percentile_disc";

    private bool HasAggregate(Expr expression) => SqlTree.All<FunctionCall>(expression, node => node is not SelectStatement)
        .Any(call => call.Over is null && FunctionCatalog.IsAggregate(call, context.Dialect));

    private SqlType Settle(FunctionCall call, FunctionOverload overload, List<Expr> arguments)
    {
        var elements = new List<Expr>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var wanted = overload.At(i);
            if (wanted.Element) elements.Add(arguments[i]);
            else context.Typer.Coerce(arguments[i], wanted.Any ? new SqlType(SqlTypeKind.Text, wanted.Type.IsArray) : wanted.Type);
        }

        if (!overload.ReturnsElement) return overload.Returns;
        if (elements.Count == 0) return overload.Returns;
        var array = overload.Arguments.Any(argument => argument.Element && argument.Type.IsArray);
        var type = array ? context.Binding.TypeOf(elements[0]) : context.Typer.Unify(elements, overload.Name, call);
        return overload.Returns.IsArray ? new SqlType(type.Kind, true) : array ? new SqlType(type.Kind) : type.Plain;
    }

    private SqlType Form(FunctionCall call, string name)
    {
        if (name == "grouping") return new SqlType(SqlTypeKind.Int4);
        if (call.Args.Count == 0 || (name == "nullif" && call.Args.Count != 2)) throw SqlErrors.UndefinedFunction(Signature(call), call);
        if (name != "nullif") return context.Typer.Unify(call.Args, name.ToUpperInvariant(), call);
        var left = context.Binding.TypeOf(call.Args[0]);
        var right = context.Binding.TypeOf(call.Args[1]);
        OperatorTypes.Resolve("=", ref left, ref right, call);
        context.Typer.Coerce(call.Args[0], left);
        context.Typer.Coerce(call.Args[1], right);

        // There is no operator of an integer and a numeric, so that the integer becomes one; and varchar compares as text.
        if (TypeRules.IsInteger(left.Kind) && right is { Kind: SqlTypeKind.Numeric, IsArray: false }) return right.Plain;
        return left.Kind == SqlTypeKind.Varchar ? new SqlType(SqlTypeKind.Text, left.IsArray) : left;
    }

    // date('2024-01-01'), text(5), float8('1'): a type's name called like a function is a cast.
    private SqlType TypeCall(FunctionCall call, SqlType target)
    {
        var from = context.Typer.Coerce(call.Args[0], target);
        if (!TypeRules.CanCast(from, target)) throw SqlErrors.UndefinedFunction(Signature(call), call);
        return target;
    }

    /// <summary>The type that a function-like cast names, or null.</summary>
    public static SqlType? SqlTypeNamed(string name) => name switch
    {
        "text" => new SqlType(SqlTypeKind.Text),
        "date" => new SqlType(SqlTypeKind.Date),
        "int2" => new SqlType(SqlTypeKind.Int2),
        "int4" => new SqlType(SqlTypeKind.Int4),
        "int8" => new SqlType(SqlTypeKind.Int8),
        "float4" => new SqlType(SqlTypeKind.Float4),
        "float8" => new SqlType(SqlTypeKind.Float8),
        "numeric" => new SqlType(SqlTypeKind.Numeric),
        "bool" => new SqlType(SqlTypeKind.Bool),
        "varchar" => new SqlType(SqlTypeKind.Varchar),
        "bpchar" => new SqlType(SqlTypeKind.Char),
        "timestamptz" => new SqlType(SqlTypeKind.TimestampTz),
        "jsonb" => new SqlType(SqlTypeKind.Jsonb),
        "json" => new SqlType(SqlTypeKind.Json),
        "uuid" => new SqlType(SqlTypeKind.Uuid),
        _ => null,
    };

    private SqlType Sqlite(FunctionCall call)
    {
        var first = call.Args.Count > 0 ? context.Binding.TypeOf(call.Args[0]) : SqlType.Unknown;
        switch (call.Name.Name.Name.ToLowerInvariant())
        {
            case "count" or "length" or "instr" or "unicode" or "row_number" or "rank" or "dense_rank" or "ntile" or "changes" or "last_insert_rowid"
                or "random" or "json_array_length" or "unixepoch" or "total_changes" or "json_valid":
                return new SqlType(SqlTypeKind.Int8);
            case "avg" or "total" or "percent_rank" or "cume_dist" or "julianday" or "round" or "sqrt" or "power" or "pow" or "exp" or "ln" or "pi":
                return new SqlType(SqlTypeKind.Float8);
            case "lower" or "upper" or "trim" or "ltrim" or "rtrim" or "substr" or "substring" or "replace" or "printf" or "format" or "hex"
                or "group_concat" or "string_agg" or "typeof" or "date" or "time" or "datetime" or "strftime" or "char" or "quote" or "json"
                or "json_array" or "json_object" or "json_group_array" or "json_group_object" or "current_timestamp" or "current_date"
                or "current_time":
                return Text;
            case "min" or "max" or "sum" or "abs" or "lag" or "lead" or "first_value" or "last_value" or "nth_value" or "nullif" or "likely" or "unlikely":
                if (call.Args.Count == 1) context.Binding.SetCollation(call, context.Binding.CollationOf(call.Args[0]));
                return call.Args.Count == 1 || call.Name.Name.Name.ToLowerInvariant() is not ("min" or "max") ? first : LooseAll(call.Args);
            case "coalesce" or "ifnull" or "iif":
                return LooseAll(call.Args);
            default:
                return SqlType.Unknown;
        }
    }

    private SqlType LooseAll(NodeList<Expr> arguments)
    {
        var type = context.Binding.TypeOf(arguments[^1]);
        foreach (var argument in arguments) type = TypeRules.Loose(type, context.Binding.TypeOf(argument));
        return type;
    }

    // What PostgreSQL has and we have not built is told apart from what nobody has.
    private VitessException Missing(FunctionCall call, string name) =>
        PostgresFunctionList.NotBuilt.Contains(name) ? SqlErrors.Unsupported($"the function {name}", call) : SqlErrors.UndefinedFunction(Signature(call), call);

    private string Signature(FunctionCall call) =>
        $"{call.Name.Name.Name}({string.Join(", ", call.Args.Select(argument => context.Binding.TypeOf(argument).Display()))})";
}
