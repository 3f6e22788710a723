namespace Shale.Sql;

/// <summary>Translates function calls that are no aggregates or windows.</summary>
internal sealed class FunctionTranslator(TranslationContext context)
{
    private static readonly SqlType Text = new(SqlTypeKind.Text);
    private static readonly SqlType TimestampTz = new(SqlTypeKind.TimestampTz);

    private Binding Binding => context.Binding;

    private ExpressionTranslator Expressions => context.Expressions;

    /// <summary>Translates a call.</summary>
    public Expr Translate(FunctionCall call)
    {
        var name = call.Name.Name.Name;
        if (FunctionCatalog.IsForm(name)) return Form(call, name);
        var overload = Binding.OverloadOf(call);
        if (overload is null) return Expressions.Convert(call.Args[0], FunctionBinder.SqlTypeNamed(name)!.Value, isExplicit: true);
        if (overload.Kind is FunctionKind.Aggregate or FunctionKind.Window) return context.Aggregates.Translate(call, overload);
        if (overload.Kind == FunctionKind.Set) return context.Sets?.Column(call) ?? throw SqlErrors.Unsupported($"the set-returning function {name} outside FROM and the select list", call, "Put it in FROM.");
        if (overload.Emit.Length == 0 || call.Variadic) throw SqlErrors.Unsupported($"the function {name}", call);
        var call2 = Ordered(call);
        if (overload is { Body: not null, Returns.Kind: SqlTypeKind.Record }) throw SqlErrors.Unsupported($"the row that {name} gives as one value", call, $"Write ({name}(…)).identity, or put it in FROM.");
        if (overload.Body is not null) return Inlined(call2, overload);
        if (overload.Emit == "*") return Own(call2, name, overload);
        var translated = SqlBuild.Call(overload.Emit, [.. call2.Args.Select((argument, i) => Argument(argument, overload.At(i).Type))]);
        return name is "array_upper" or "array_lower" ? context.Arrays.Counted(call.Args[0], translated, -1) : translated;
    }

    /// <summary>The row that a call gives, as a JSON array.</summary>
    public Expr Row(FunctionCall call) => Inlined(call, Binding.OverloadOf(call)!);

    /// <summary>The text of a value as concat and format print it; NULL stays NULL.</summary>
    public Expr Printed(Expr argument)
    {
        var type = Binding.TypeOf(argument);
        if (type.Kind == SqlTypeKind.Bool) return SqlBuild.Call("shale_bool_short", Expressions.Translate(argument));
        return Expressions.As(argument, Text);
    }

    private Expr Inlined(FunctionCall call, FunctionOverload overload) => CatalogTranslator.Inlined(overload.Body!, [.. call.Args.Select((argument, i) => Argument(argument, overload.At(i).Type))]);

    /// <summary>The JSON text of a value; NULL becomes null.</summary>
    public Expr Json(Expr argument)
    {
        var type = Binding.TypeOf(argument);
        if (type.Kind == SqlTypeKind.Record) throw SqlErrors.Unsupported("JSON of a row", argument);
        if (type.IsArray) return SqlBuild.Call("shale_json_of_json", ArrayJson(argument, type));
        if (type.Kind == SqlTypeKind.Numeric) return SqlBuild.Call("shale_json_of_number", Expressions.As(argument, Text));
        var function = type.Kind switch
        {
            SqlTypeKind.Bool => "shale_json_of_bool",
            SqlTypeKind.Json or SqlTypeKind.Jsonb => "shale_json_of_json",
            SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz => "shale_json_of_timestamp",
            SqlTypeKind.Float4 or SqlTypeKind.Float8 => "shale_json_of_number",
            _ when TypeRules.IsInteger(type.Kind) => "shale_json_of_number",
            _ => "shale_json_of_text",
        };
        var isFloat = TypeRules.IsFloat(type.Kind);
        return SqlBuild.Call(function, isFloat || type.Kind == SqlTypeKind.Bytea || TypeRules.IsText(type.Kind) ? Expressions.As(argument, Text) : Expressions.Translate(argument));
    }

    /// <summary>The text of a value as the key of a JSON object; NULL stays NULL. Errors: 22023 for what is no scalar.</summary>
    public Expr JsonKey(Expr argument)
    {
        var type = Binding.TypeOf(argument);
        if (!type.IsArray && type.Kind is SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz) return SqlBuild.Call("json_extract", Json(argument), SqlBuild.Text("$"));
        if (!type.IsArray && type.Kind is not (SqlTypeKind.Record or SqlTypeKind.Json or SqlTypeKind.Jsonb)) return Expressions.As(argument, Text);
        throw SqlErrors.Query("key value must be scalar, not array, composite, or json", "22023", argument);
    }

    private Expr ArrayJson(Expr argument, SqlType type)
    {
        if (type.Kind is SqlTypeKind.TimestampTz or SqlTypeKind.Bytea) throw SqlErrors.Unsupported($"JSON of {type.Name}", argument);
        return SqlBuild.Call("shale_json_of_array", Expressions.Translate(argument), ArrayTranslator.Kind(type));
    }

    private Expr Argument(Expr argument, SqlType type)
    {
        // Of anyarray the element is unknown: the array stays what it is.
        return type is { IsArray: true, Kind: SqlTypeKind.Unknown } ? Expressions.Translate(argument) : Expressions.As(argument, type);
    }

    // make_interval(days => 10): arguments by name in their places.
    private static FunctionCall Ordered(FunctionCall call)
    {
        if (call.ArgNames.Count == 0 || call.ArgNames.All(argument => argument is null)) return call;
        if (call.Name.Name.Name != "make_interval") throw SqlErrors.Unsupported("arguments by name", call);
        string[] names = ["years", "months", "weeks", "days", "hours", "mins", "secs"];
        var arguments = new Expr[7];
        Array.Fill(arguments, SqlBuild.Integer(0));
        for (var i = 0; i < call.Args.Count; i++)
        {
            var place = call.ArgNames[i] is { } name ? Array.IndexOf(names, name) : i;
            if (place < 0) throw SqlErrors.UndefinedFunction($"make_interval({call.ArgNames[i]} => …)", call);
            arguments[place] = call.Args[i];
        }

        return call with { Args = arguments.ToNodeList(), ArgNames = NodeList<string?>.Empty };
    }

    private Expr Own(FunctionCall call, string name, FunctionOverload overload)
    {
        switch (name)
        {
            case "now" or "transaction_timestamp" or "statement_timestamp":
                return context.Now();
            case "current_timestamp":
                return Rounded(context.Now(), call);
            case "current_date":
                return CastEmitter.Convert(context.Now(), TimestampTz, new SqlType(SqlTypeKind.Date), false);
            case "localtimestamp":
                return Rounded(CastEmitter.Convert(context.Now(), TimestampTz, new SqlType(SqlTypeKind.Timestamp), false), call);
            case "localtime":
                return CastEmitter.Convert(context.Now(), TimestampTz, new SqlType(SqlTypeKind.Time), false);
            case "age":
                var today = CastEmitter.Convert(CastEmitter.Convert(context.Now(), TimestampTz, new SqlType(SqlTypeKind.Date), false), new SqlType(SqlTypeKind.Date), overload.At(0).Type, false);
                return SqlBuild.Call("shale_age", today, Expressions.As(call.Args[0], overload.At(0).Type));
            case "array_append" or "array_prepend" or "array_remove" or "array_replace" or "array_position" or "array_positions":
                return context.Arrays.Function(call, name);
            case "array_to_json":
                return ArrayJson(call.Args[0], Binding.TypeOf(call.Args[0]));
            case "concat" or "concat_ws":
                return SqlBuild.Call("shale_" + name, [.. call.Args.Select(Printed)]);
            case "format":
                return SqlBuild.Call("shale_format", [.. call.Args.Select(Printed)]);
            case "pg_typeof":
                var typeName = SqlBuild.Text(call.Args[0] is Literal { Kind: LiteralKind.String or LiteralKind.Null } ? "unknown" : Binding.TypeOf(call.Args[0]).Display());
                return QueryTranslator.HasAggregate(call.Args[0]) ? QueryTranslator.OneGroup([new SelectItem(typeName, null)])[0].Value : typeName;
            case "num_nulls" or "num_nonnulls":
                return call.Args.Select(argument => Expressions.NullTest(Expressions.Translate(argument), name == "num_nonnulls")).Aggregate((left, right) => new Binary("+", left, right));
            case "version" or "current_database" or "current_catalog" or "current_schema" or "current_user" or "current_role" or "session_user" or "user":
                return SqlBuild.Text(SessionNames.Of(name, Binding.Database) ?? "PostgreSQL 15.0 (Shale)");
            case "to_json" or "to_jsonb":
                return Strict(call.Args[0], Jsonb(name == "to_jsonb", Json(call.Args[0])));
            case "json_build_object" or "jsonb_build_object":
                return Jsonb(name[4] == 'b', SqlBuild.Call("shale_json_build_object", [.. call.Args.Select((argument, i) => i % 2 == 0 ? JsonKey(argument) : Json(argument))]));
            case "json_build_array" or "jsonb_build_array":
                return Jsonb(name[4] == 'b', SqlBuild.Call("shale_json_build_array", [.. call.Args.Select(Json)]));
            default:
                throw SqlErrors.Unsupported($"the function {name}", call);
        }
    }

    private Expr Strict(Expr argument, Expr value) => argument is Literal { Kind: not LiteralKind.Null }
        ? value : new Case(null, [new WhenClause(Expressions.NullTest(Expressions.Translate(argument), true), value)], null);

    private static Expr Jsonb(bool isJsonb, Expr json) => isJsonb ? SqlBuild.Call("shale_json_to_jsonb", json) : json;

    private static Expr Rounded(Expr value, FunctionCall call) =>
        call.Args is [Literal { Kind: LiteralKind.Integer } digits] ? SqlBuild.Call("shale_round_timestamp", value, digits) : value;

    private Expr Form(FunctionCall call, string name)
    {
        var type = Binding.TypeOf(call);
        switch (name)
        {
            case "coalesce":
                return call.Args.Count == 1 ? Expressions.As(call.Args[0], type) : SqlBuild.Call("coalesce", [.. call.Args.Select(argument => Expressions.As(argument, type))]);
            case "nullif":
                var equal = new OperatorTranslator(context).Compare("=", call.Args[0], call.Args[1]);
                if (FunctionCatalog.VolatilityOf(call.Args[0], SqlDialect.Postgres) == Volatility.Volatile) throw SqlErrors.Unsupported("NULLIF of a volatile expression", call);
                return new Case(null, [new WhenClause(equal, SqlBuild.Null)], Expressions.As(call.Args[0], type));
            case "greatest" or "least":
                if (type.Kind is SqlTypeKind.Jsonb or SqlTypeKind.Char or SqlTypeKind.Inet or SqlTypeKind.Cidr || type.IsArray) throw SqlErrors.Unsupported($"{name} of {type.Name}", call);
                return SqlBuild.Call("shale_" + name + (type.Kind switch { SqlTypeKind.Numeric => "_numeric", SqlTypeKind.Interval => "_interval", _ => "" }), [.. call.Args.Select(argument => Expressions.As(argument, type))]);
            default:
                throw SqlErrors.Unsupported("GROUPING here", call);
        }
    }
}
