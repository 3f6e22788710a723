using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Puts the values of a request in the order a plan wants them, converted as the session's dialect converts them.</summary>
internal static class BoundValues
{
    /// <summary>The values; QUERY_ERROR (08P01) for too few or too many, and for names that are missing.</summary>
    public static SqlValue[] Of(StatementPlan plan, IReadOnlyList<string?> names, SqlValue[] given, GateRequest request, DateTimeOffset now)
    {
        if (request.NamedParams is not null) given = FromNames(names, request.NamedParams);
        if (given.Length != plan.UserParameters) throw WrongCount(plan.UserParameters, given.Length);
        return Complete(plan, given, now);
    }

    /// <summary>The values of a statement that has no plan, as they were given. Errors: QUERY_ERROR (08P01).</summary>
    public static SqlValue[] Of(ParsedSql parsed, GateRequest request)
    {
        SqlValue[] given = request.NamedParams is null ? [.. request.Params] : FromNames(parsed.ParameterNames, request.NamedParams);
        return given.Length == parsed.ParameterCount ? given : throw WrongCount(parsed.ParameterCount, given.Length);
    }

    /// <summary>Converts values by the plan's parameter types and appends the statement's time and room for the results of calls of sequences. The array given may be the array returned.</summary>
    public static SqlValue[] Complete(StatementPlan plan, SqlValue[] given, DateTimeOffset now)
    {
        var types = plan.ParameterTypes;
        if (plan.Dialect == SqlDialect.Postgres) RequireNoNul(given);
        for (var i = 0; i < types.Count && i < given.Length; i++) given[i] = ParameterConversion.Convert(given[i], types[i], plan.Dialect, plan.Engine);

        // What comes from a sequence is behind the given ones, and a number.
        foreach (var required in plan.Required)
        {
            if (required.Index <= given.Length) required.Check(given);
        }

        if (plan.NowParameter < 0 && plan.SequenceCalls.Count == 0) return given;
        var values = new SqlValue[Math.Max(plan.NowParameter + 1, plan.UserParameters + plan.SequenceCalls.Count)];
        given.CopyTo(values, 0);
        if (plan.NowParameter >= 0) values[plan.NowParameter] = plan.Dialect == SqlDialect.Sqlite ? StableTime.Sqlite(now) : StableTime.Postgres(now);
        return values;
    }

    private static SqlValue[] FromNames(IReadOnlyList<string?> names, IReadOnlyDictionary<string, SqlValue> given)
    {
        var values = new SqlValue[names.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var name = names[i] ?? throw Positional();
            if (!given.TryGetValue(name, out values[i])) throw NoValue(name);
        }

        return values;
    }

    // PostgreSQL's text cannot hold U+0000; SQLite's can, and its functions end there.
    private static void RequireNoNul(SqlValue[] given)
    {
        foreach (var value in given)
        {
            if (value.Kind == SqlValueKind.Text && value.AsText().Contains('\0', StringComparison.Ordinal))
            {
                throw new VitessException(ErrorCodes.TypeError, "a text value holds the character U+0000", sqlState: "22021",
                    hint: "Store such values as bytea.");
            }
        }
    }

    /// <summary>The error for too few or too many values.</summary>
    public static VitessException WrongCount(int wanted, int given) => new(ErrorCodes.QueryError,
        $"the statement has {wanted} {(wanted == 1 ? "parameter" : "parameters")}, {given} {(given == 1 ? "value was" : "values were")} given", sqlState: "08P01", hint: "Give one value for each parameter.");

    /// <summary>The error for values by name where parameters have none.</summary>
    public static VitessException Positional() =>
        new(ErrorCodes.QueryError, "values were given by name, but the statement has positional parameters", sqlState: "08P01");

    /// <summary>The error for a name without a value.</summary>
    public static VitessException NoValue(string name) => new(ErrorCodes.QueryError, $"there is no value for parameter \"{name}\"", sqlState: "08P01");
}
