namespace Shale.Sql;

/// <summary>Translates aggregates and window functions.</summary>
internal sealed class AggregateTranslator(TranslationContext context)
{
    private static readonly SqlType Text = new(SqlTypeKind.Text);

    private ExpressionTranslator Expressions => context.Expressions;

    /// <summary>Translates a call.</summary>
    public Expr Translate(FunctionCall call, FunctionOverload overload)
    {
        var name = overload.Name;
        if (overload.Emit.Length == 0) throw SqlErrors.Unsupported($"the aggregate {name}", call);
        if (call.Over is not null && call.Distinct) throw SqlErrors.Unsupported("DISTINCT in a window function", call);
        if (call.WithinGroup) return WithinGroup(call, name);
        if (overload.Emit == "*") return Collected(call, name);
        if (overload.Emit is "shale_sum_int8" or "shale_avg_int4" or "shale_avg_int8") return Integers(call, overload);
        if (overload.Name == "count" && call.Args is [RowConstructor row]) return Around(SqlBuild.Call("count", Row(row, call)) with { Distinct = call.Distinct }, call);
        var arguments = call.Args.Select((argument, i) => Argument(argument, overload, i, call)).ToList();
        if (call.Distinct && arguments.Count > 1) throw SqlErrors.Unsupported($"{name}(DISTINCT …) of several arguments", call);
        return Around(SqlBuild.Call(overload.Emit, [.. arguments]) with { IsStar = call.IsStar, Distinct = call.Distinct }, call);
    }

    /// <summary>Translates a window: NULLs in PostgreSQL's places.</summary>
    public WindowSpec Window(WindowSpec window)
    {
        foreach (var item in window.PartitionBy) ExpressionTranslator.RequireHashable(context.Binding.TypeOf(item), "PARTITION BY", item);
        return window with
        {
            PartitionBy = window.PartitionBy.Select(Expressions.GroupKey).ToNodeList(),
            OrderBy = HasOffset(window.Frame) && TimeOf(window) is { } time ? [Place(window.OrderBy[0], time)] : window.OrderBy.Select(Expressions.Order).ToNodeList(),
            Frame = window.Frame is null ? null : Frame(window.Frame, window),
        };
    }

    private Expr Argument(Expr argument, FunctionOverload overload, int index, FunctionCall call)
    {
        var wanted = overload.At(index);
        var own = context.Binding.TypeOf(argument);
        if (call.Distinct) ExpressionTranslator.RequireHashable(own, $"{overload.Name}(DISTINCT …)", call);
        if (argument is Star || own.Kind == SqlTypeKind.Record) throw SqlErrors.Unsupported($"{overload.Name} of a whole row", call);
        var value = wanted.Any ? Expressions.Translate(argument) : Expressions.As(argument, wanted.Element ? context.Binding.TypeOf(call) : wanted.Type);
        var isCompared = call.Distinct || overload.Name is "min" or "max";
        var held = wanted.Any || wanted.Element ? own : wanted.Type;
        return (isCompared && NumericTranslator.IsNumeric(held)) || call.Distinct ? context.Numerics.IsOrdered(argument, value) ? value : NumericTranslator.Ordered(value, held) : value;
    }

    // A row is never NULL, whatever it holds. Those that are equal have equal texts where their values have: not so numerics, which keep their zeros, and floats.
    private Expr Row(RowConstructor row, FunctionCall call)
    {
        Expr? all = null;
        foreach (var item in row.Items)
        {
            var own = context.Binding.TypeOf(item);
            if (call.Distinct && (own.IsArray || own.Kind is not (SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 or SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Bool or SqlTypeKind.Uuid or SqlTypeKind.Date or SqlTypeKind.Bytea)))
                throw SqlErrors.Unsupported($"count(DISTINCT …) of rows with a value of type {own.Name}", call);
            var text = SqlBuild.Call("quote", Expressions.Translate(item));
            all = all is null ? text : new Binary("||", new Binary("||", all, SqlBuild.Text(",")), text);
        }

        return all ?? SqlBuild.Text("");
    }

    // Sums of integers that a bigint may not hold, by aggregates of SQLite's own: the halves of each value are added up by themselves.
    private Expr Integers(FunctionCall call, FunctionOverload overload)
    {
        var argument = call.Args[0];
        if (call.Distinct || FunctionCatalog.VolatilityOf(argument, SqlDialect.Postgres) == Volatility.Volatile || SqlTree.Any(argument, node => node is SelectStatement))
            return Around(SqlBuild.Call(overload.Name == "sum" ? "shale_sum_numeric" : "shale_avg_numeric", Argument(argument, overload, 0, call)) with { Distinct = call.Distinct }, call);
        Expr Native(string name, Func<Expr, Expr> part) => Around(SqlBuild.Call(name, part(Argument(argument, overload, 0, call))), call);
        var count = Native("count", value => value);
        if (overload.Emit == "shale_avg_int4") return SqlBuild.Call("shale_int4_mean", Native("sum", value => value), count);
        var high = Native("sum", value => new Binary(">>", value, SqlBuild.Integer(32)));
        var low = Native("sum", value => new Binary("&", value, SqlBuild.Integer(uint.MaxValue)));
        return overload.Emit == "shale_sum_int8" ? SqlBuild.Call("shale_int8_total", high, low) : SqlBuild.Call("shale_int8_mean", high, low, count);
    }

    private FunctionCall Around(FunctionCall translated, FunctionCall call) => translated with
    {
        Filter = call.Filter is null ? null : Expressions.Translate(call.Filter),
        Over = call.Over is null ? null : Window(call.Over),
    };

    // string_agg, json_agg and their kin: rows are collected in the order asked for, then joined.
    private Expr Collected(FunctionCall call, string name)
    {
        var values = Values(call, name);
        if (name == "string_agg" && !call.Distinct && call.OrderBy.Count == 0) return Concatenated(values, call);
        if (call.Over is not null && (call.Distinct || call.OrderBy.Count > 0)) throw SqlErrors.Unsupported($"{name} with ORDER BY in a window", call);
        if (call.Distinct && name is not ("string_agg" or "array_agg")) throw SqlErrors.Unsupported($"{name}(DISTINCT …)", call);
        var spec = (call.Distinct ? "u" : "") + string.Concat(call.OrderBy.Select(Spec));
        var function = "shale_" + name;
        return Around(SqlBuild.Call(function, [SqlBuild.Text(spec), .. values, .. call.OrderBy.Select(item => Expressions.CollectedKey(item.Value))]), call);
    }

    // In a window SQLite says NULL for what has no characters.
    private Expr Concatenated(List<Expr> values, FunctionCall call)
    {
        var joined = Around(SqlBuild.Call("group_concat", [.. values]), call);
        if (call.Over is null) return joined;
        var counted = Around(SqlBuild.Call("count", values[0]), call);
        return SqlBuild.Call("coalesce", joined, SqlBuild.Call("iif", new Binary(">", counted, SqlBuild.Integer(0)), SqlBuild.Text(""), SqlBuild.Null));
    }

    private List<Expr> Values(FunctionCall call, string name) => name switch
    {
        "string_agg" => [Expressions.As(call.Args[0], Text), Expressions.As(call.Args[1], Text)],
        "array_agg" => [ArrayItem(call), NumericTranslator.CollationOf(context.Binding.TypeOf(call.Args[0])) is not null ? Expressions.CollectedKey(call.Args[0]) : Expressions.Translate(call.Args[0])],
        "json_object_agg" or "jsonb_object_agg" => [context.Functions.JsonKey(call.Args[0]), context.Functions.Json(call.Args[1])],
        _ => [context.Functions.Json(call.Args[0])],
    };

    private Expr ArrayItem(FunctionCall call)
    {
        var type = context.Binding.TypeOf(call.Args[0]);
        if (type.IsArray) throw SqlErrors.Unsupported("an array of arrays", call);
        if (call.Distinct) ExpressionTranslator.RequireHashable(type, "array_agg(DISTINCT …)", call);
        return context.Arrays.Element(call.Args[0], type);
    }

    // a ascending, d descending; capitals: NULLs first.
    private static string Spec(OrderItem item)
    {
        var letter = item.Descending ? "d" : "a";
        return item.NullsFirst ?? item.Descending ? letter.ToUpperInvariant() : letter;
    }

    private Expr WithinGroup(FunctionCall call, string name)
    {
        if (call.OrderBy.Count != 1) throw SqlErrors.Unsupported($"{name} with several keys", call);
        var item = call.OrderBy[0];
        var type = context.Binding.TypeOf(item.Value);
        ExpressionTranslator.RequireHashable(type, name, call);
        if (type.IsArray) throw SqlErrors.Unsupported($"{name} of arrays", call);
        if (NetworkOperators.Is(type)) throw SqlErrors.Unsupported($"{name} of {type.Name}", call);
        var isInterval = type is { Kind: SqlTypeKind.Interval, IsArray: false };
        var suffix = isInterval ? "_interval" : NumericTranslator.IsNumeric(type) && name != "percentile_cont" ? "_numeric" : "";
        if (name == "mode") return Around(SqlBuild.Call("shale_mode" + suffix, SqlBuild.Text(item.Descending ? "d" : "a"), Expressions.Translate(item.Value)), call);
        var value = name == "percentile_cont" && !isInterval ? Expressions.As(item.Value, new SqlType(SqlTypeKind.Float8)) : Expressions.Translate(item.Value);
        if (context.Binding.TypeOf(call.Args[0]).IsArray)
        {
            var fractions = Expressions.As(call.Args[0], new SqlType(SqlTypeKind.Float8, true));
            Expr[] arguments = [SqlBuild.Text(item.Descending ? "d" : "a"), fractions, value, .. name == "percentile_disc" ? (Expr[])[context.Arrays.Element(item.Value, type)] : []];
            return Around(SqlBuild.Call($"shale_{name}{suffix}_list", arguments), call);
        }

        return Around(
            SqlBuild.Call("shale_" + name + suffix, SqlBuild.Text(item.Descending ? "d" : "a"), Expressions.As(call.Args[0], new SqlType(SqlTypeKind.Float8)), value), call);
    }

    private static bool HasOffset(WindowFrame? frame) => frame is not null && (frame.Start.Offset is not null || frame.End?.Offset is not null);

    // What RANGE goes by where an interval is its offset: SQLite counts in numbers, microseconds here. Null for anything else.
    private SqlTypeKind? TimeOf(WindowSpec window) => window is { Frame.Unit: "range", OrderBy: [var item] } && context.Binding.TypeOf(item.Value) is { IsArray: false, Kind: SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Interval } type
        ? type.Kind : null;

    // SQLite takes no offset that must be computed there. Behind a date a month is as long as it is there; as an interval it is 30 days.
    private long Micros(Expr offset, SqlTypeKind time)
    {
        if (Expressions.As(offset, new SqlType(SqlTypeKind.Interval)) is not Literal { Kind: LiteralKind.String } known) throw SqlErrors.Unsupported("RANGE with an offset that is no constant", offset, "Write the interval there.");
        var interval = PgInterval.Parse(known.Text);
        if (interval.Key < 0) throw SqlErrors.Data("invalid preceding or following size in window function", "22013");
        if (interval.Months != 0 && time != SqlTypeKind.Interval) throw SqlErrors.Unsupported("RANGE with an offset of months over dates", offset, "Give the offset in days.");
        return interval.Key <= long.MaxValue / 4 ? (long)interval.Key : throw SqlErrors.Unsupported("RANGE with an offset of so many years", offset);
    }

    private OrderItem Place(OrderItem item, SqlTypeKind time) => Expressions.Order(item) with { Value = SqlBuild.Call(time == SqlTypeKind.Interval ? "shale_interval_key" : "shale_range_place", Expressions.Translate(item.Value)) };

    private WindowFrame Frame(WindowFrame frame, WindowSpec window)
    {
        FrameBound Bound(FrameBound bound)
        {
            if (bound.Offset is null) return bound;
            if (frame.Unit == "range" && window.Base is not null) throw SqlErrors.Unsupported("RANGE with an offset over the order of a named window", frame, "Write ORDER BY beside the frame.");
            if (TimeOf(window) is { } time) return bound with { Offset = SqlBuild.Integer(Micros(bound.Offset, time)) };
            if (frame.Unit == "range" && window.OrderBy.Count == 1 && !TypeRules.IsNumeric(context.Binding.TypeOf(window.OrderBy[0].Value).Kind))
                throw SqlErrors.Unsupported("RANGE with an offset over such values", frame, "Dates, timestamps, intervals, integers and floats have offsets.");
            if (frame.Unit == "range" && window.OrderBy.Count == 1 && NumericTranslator.IsNumeric(context.Binding.TypeOf(window.OrderBy[0].Value)))
                throw SqlErrors.Unsupported("RANGE with an offset over numerics", frame, "Order by a cast to double precision.");
            return bound with { Offset = Expressions.Translate(bound.Offset) };
        }

        return frame with { Start = Bound(frame.Start), End = frame.End is null ? null : Bound(frame.End) };
    }
}
