using System.Collections.Frozen;

namespace Shale.Sql;

/// <summary>What is known of functions, per dialect. A function that is not here counts as volatile.</summary>
public static class FunctionCatalog
{
    /// <summary>What the gate makes of the columns of a sequence in FROM: a function that users have not, for its calls are right only together.</summary>
    public const string SequenceColumn = "shale_sequence";

    private static readonly FrozenDictionary<string, FunctionOverload[]> Postgres = Parse(PostgresFunctionList.Text + "\n" + CatalogFunctionList.Text);

    // PostgreSQL's special forms that are calls in the tree.
    private static readonly FrozenSet<string> Forms = new[] { "coalesce", "nullif", "greatest", "least", "grouping" }.ToFrozenSet();

    private static readonly FrozenSet<string> SqliteAggregates = new[]
    {
        "count", "sum", "total", "avg", "group_concat", "string_agg", "json_group_array", "json_group_object",
    }.ToFrozenSet();

    // What the translator makes of PostgreSQL's aggregates and volatile functions: their names on SQLite shards.
    private static readonly FrozenSet<string> OurAggregates =
        NamesOnSqlite(overload => overload.Kind == FunctionKind.Aggregate).Union(
        [
            "shale_single", "shale_avg_numeric_merge", "shale_mode_numeric", "shale_percentile_disc_numeric", "shale_mode_interval", "shale_percentile_disc_interval", "shale_percentile_cont_interval", "shale_percentile_cont_list", "shale_percentile_cont_interval_list", "shale_percentile_disc_list", "shale_percentile_disc_numeric_list", "shale_percentile_disc_interval_list", "shale_rows", "shale_collect", "shale_string_agg_merge", "shale_array_agg_merge", "shale_json_agg_merge",
            "shale_jsonb_agg_merge", "shale_json_object_agg_merge", "shale_jsonb_object_agg_merge",
        ]).ToFrozenSet();
    private static readonly FrozenSet<string> OurVolatiles = NamesOnSqlite(overload => overload.Volatility == Volatility.Volatile);

    private static readonly FrozenSet<string> SqliteWindows = new[]
    {
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> SqliteImmutable = new[]
    {
        "abs", "char", "coalesce", "concat", "concat_ws", "format", "glob", "hex", "ifnull", "iif", "instr", "length", "like", "likelihood",
        "likely", "lower", "ltrim", "max", "min", "nullif", "octet_length", "printf", "quote", "replace", "round", "rtrim", "sign", "soundex",
        "substr", "substring", "trim", "typeof", "unhex", "unicode", "unlikely", "upper", "zeroblob", "acos", "acosh", "asin", "asinh", "atan",
        "atan2", "atanh", "ceil", "ceiling", "cos", "cosh", "degrees", "exp", "floor", "ln", "log", "log10", "log2", "mod", "pi", "pow", "power",
        "radians", "sin", "sinh", "sqrt", "tan", "tanh", "trunc", "json", "json_array", "json_array_length", "json_extract", "json_insert",
        "json_object", "json_patch", "json_remove", "json_replace", "json_set", "json_type", "json_valid", "json_quote", "json_each", "json_tree",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> SqliteDates = new[] { "date", "time", "datetime", "julianday", "strftime", "unixepoch", "timediff" }.ToFrozenSet();

    /// <summary>How much the result of the call depends on besides its arguments; the arguments' own volatility is not looked at.</summary>
    public static Volatility VolatilityOf(FunctionCall call, SqlDialect dialect)
    {
        var name = call.Name.Name.Name;
        if (dialect == SqlDialect.Sqlite) return SqliteVolatility(call, name.ToLowerInvariant());
        if (Forms.Contains(name)) return Volatility.Immutable;
        if (!Postgres.TryGetValue(name, out var overloads)) return Volatility.Volatile;
        var worst = Volatility.Immutable;
        foreach (var overload in overloads)
            if (overload.Takes(call.Args.Count) && overload.Volatility > worst) worst = overload.Volatility;
        return worst;
    }

    /// <summary>Whether the call is of an aggregate, with or without OVER. In SQLite min and max of one argument are, of several are not.</summary>
    public static bool IsAggregate(FunctionCall call, SqlDialect dialect)
    {
        var name = call.Name.Name.Name;
        if (dialect == SqlDialect.Postgres) return Postgres.TryGetValue(name, out var overloads) && overloads[0].Kind == FunctionKind.Aggregate;
        name = name.ToLowerInvariant();
        return name is "min" or "max" ? call.Args.Count == 1 : SqliteAggregates.Contains(name) || OurAggregates.Contains(name);
    }

    /// <summary>Whether the call makes sense only with OVER.</summary>
    public static bool IsWindowOnly(FunctionCall call, SqlDialect dialect)
    {
        var name = call.Name.Name.Name;
        return dialect == SqlDialect.Postgres
            ? Postgres.TryGetValue(name, out var overloads) && overloads[0].Kind == FunctionKind.Window
            : SqliteWindows.Contains(name.ToLowerInvariant());
    }

    /// <summary>
    /// The most volatile thing in an expression: functions, and <c>INTERVAL</c> forms that are none. Subqueries are looked into.
    /// </summary>
    public static Volatility VolatilityOf(SqlNode node, SqlDialect dialect)
    {
        var worst = Volatility.Immutable;
        SqlTree.Any(node, inner =>
        {
            if (inner is FunctionCall call && VolatilityOf(call, dialect) is var volatility && volatility > worst) worst = volatility;
            return worst == Volatility.Volatile;
        });
        return worst;
    }

    /// <summary>Whether PostgreSQL has a function of that name, built here or not: also one that is written as a type.</summary>
    public static bool IsKnown(string name) => Forms.Contains(name) || Postgres.ContainsKey(name) || PostgresFunctionList.NotBuilt.Contains(name) || FunctionBinder.SqlTypeNamed(name) is not null;

    /// <summary>PostgreSQL's functions of that name, or null.</summary>
    internal static FunctionOverload[]? Overloads(string name) => Postgres.GetValueOrDefault(name);

    /// <summary>All of PostgreSQL's functions.</summary>
    internal static IEnumerable<FunctionOverload> All => Postgres.Values.SelectMany(overloads => overloads);

    internal static bool IsForm(string name) => Forms.Contains(name);

    private static Volatility SqliteVolatility(FunctionCall call, string name)
    {
        if (name is "current_timestamp" or "current_date" or "current_time") return Volatility.Stable;
        if (SqliteDates.Contains(name)) return SqliteStableFunctions.ReadsClock(call) ? Volatility.Stable : Volatility.Immutable;
        if (name.StartsWith("shale_", StringComparison.Ordinal)) return OurVolatiles.Contains(name) ? Volatility.Volatile : Volatility.Immutable;
        return SqliteImmutable.Contains(name) || SqliteAggregates.Contains(name) || SqliteWindows.Contains(name) ? Volatility.Immutable : Volatility.Volatile;
    }

    private static FrozenSet<string> NamesOnSqlite(Func<FunctionOverload, bool> condition)
    {
        var names = new HashSet<string>();
        foreach (var overloads in Postgres.Values)
        {
            foreach (var overload in overloads)
            {
                if (!condition(overload)) continue;
                names.Add("shale_" + overload.Name);
                if (overload.Emit.StartsWith("shale_", StringComparison.Ordinal)) names.Add(overload.Emit);
            }
        }

        return names.ToFrozenSet();
    }

    private static FrozenDictionary<string, FunctionOverload[]> Parse(string text)
    {
        var all = new Dictionary<string, List<FunctionOverload>>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var overload = ParseLine(line);
            if (!all.TryGetValue(overload.Name, out var list)) all[overload.Name] = list = [];
            list.Add(overload);
        }

        return all.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    private static FunctionOverload ParseLine(string line)
    {
        var mark = line.IndexOf(" := ", StringComparison.Ordinal);
        var body = mark < 0 ? null : line[(mark + 4)..];
        if (mark >= 0) line = line[..mark] + " *";
        var open = line.IndexOf('(', StringComparison.Ordinal);
        var close = line.IndexOf(')', StringComparison.Ordinal);
        var name = line[2..open];
        var arguments = line[(open + 1)..close].Split(',', StringSplitOptions.RemoveEmptyEntries);
        var rest = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var variadic = arguments.Length > 0 && arguments[^1].EndsWith("...", StringComparison.Ordinal);
        var kind = line[0] switch { 'a' => FunctionKind.Aggregate, 'w' => FunctionKind.Window, 't' => FunctionKind.Set, _ => FunctionKind.Scalar };
        var volatility = line[0] switch { 's' => Volatility.Stable, 'v' => Volatility.Volatile, _ => Volatility.Immutable };
        return new FunctionOverload(name, [.. arguments.Select(ParseType)], variadic, ParseType(rest[0]).Type, kind, volatility, Emitted(name, rest))
        {
            ReturnsElement = rest[0] is "anyelement" or "anyarray",
            Body = body,
        };
    }

    private static string Emitted(string name, string[] rest) => rest.Length < 2 ? "shale_" + name : rest[1][0] switch
    {
        '~' => rest[1][1..],
        '=' => "shale_" + rest[1][1..],
        '*' => "*",
        _ => "",
    };

    private static ArgumentType ParseType(string word)
    {
        word = word.Replace("...", "", StringComparison.Ordinal);
        if (word is "any" or "array") return new ArgumentType(new SqlType(SqlTypeKind.Unknown, word == "array"), Any: true);
        if (word is "anyelement" or "anyarray") return new ArgumentType(new SqlType(SqlTypeKind.Unknown, word == "anyarray"), Element: true);
        var array = word.EndsWith("[]", StringComparison.Ordinal);
        var kind = Enum.Parse<SqlTypeKind>(array ? word[..^2] : word, ignoreCase: true);
        return new ArgumentType(new SqlType(kind, array));
    }
}
