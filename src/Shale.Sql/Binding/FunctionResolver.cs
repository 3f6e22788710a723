namespace Shale.Sql;

/// <summary>Chooses the function that a call means (PostgreSQL manual, 10.3).</summary>
internal static class FunctionResolver
{
    /// <summary>The overload for these argument types; null if none fits.</summary>
    public static FunctionOverload? Resolve(FunctionOverload[] overloads, IReadOnlyList<SqlType> arguments)
    {
        var candidates = new List<FunctionOverload>();
        foreach (var overload in overloads)
            if (overload.Takes(arguments.Count) && Fits(overload, arguments)) candidates.Add(overload);
        if (candidates.Count > 1) Keep(candidates, overload => Exact(overload, arguments));
        if (candidates.Count > 1) Keep(candidates, overload => ExactOrPreferred(overload, arguments));
        if (candidates.Count > 1) KeepByCategory(candidates, arguments);
        return candidates.Count > 0 ? candidates[0] : null;
    }

    private static bool Fits(FunctionOverload overload, IReadOnlyList<SqlType> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var wanted = overload.At(i);
            if (wanted.Any && (!wanted.Type.IsArray || arguments[i].IsArray)) continue;
            if (wanted.Any) return false;
            if (wanted.Element ? wanted.Type.IsArray && !arguments[i].IsArray && arguments[i].Kind != SqlTypeKind.Unknown : !TypeRules.CanImplicit(arguments[i], wanted.Type) && !IsWidened(arguments[i], wanted.Type))
                return false;
        }

        return true;
    }

    // Of an array each element is converted.
    private static bool IsWidened(SqlType from, SqlType to) =>
        from.IsArray && to.IsArray && TypeRules.IsNumeric(from.Kind) && TypeRules.IsNumeric(to.Kind) && TypeRules.CanImplicit(new SqlType(from.Kind), new SqlType(to.Kind));

    private static int Exact(FunctionOverload overload, IReadOnlyList<SqlType> arguments)
    {
        var score = 0;
        for (var i = 0; i < arguments.Count; i++)
            if (!overload.At(i).Any && !overload.At(i).Element && overload.At(i).Type == arguments[i].Plain) score++;
        return score;
    }

    private static int ExactOrPreferred(FunctionOverload overload, IReadOnlyList<SqlType> arguments)
    {
        var score = 0;
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].Kind == SqlTypeKind.Unknown) continue;
            var wanted = overload.At(i).Type;
            if (wanted == arguments[i].Plain || (TypeRules.IsPreferred(wanted.Kind) && TypeRules.Category(wanted) == TypeRules.Category(arguments[i]))) score++;
        }

        return score;
    }

    // Untyped literals: take the string category if any candidate does, else the preferred types of what is left.
    private static void KeepByCategory(List<FunctionOverload> candidates, IReadOnlyList<SqlType> arguments)
    {
        for (var i = 0; i < arguments.Count && candidates.Count > 1; i++)
        {
            if (arguments[i].Kind != SqlTypeKind.Unknown) continue;
            var at = i;
            if (candidates.Any(overload => TypeRules.Category(overload.At(at).Type) == 'S'))
                candidates.RemoveAll(overload => TypeRules.Category(overload.At(at).Type) != 'S');
            else if (candidates.Any(overload => TypeRules.IsPreferred(overload.At(at).Type.Kind)))
                candidates.RemoveAll(overload => !TypeRules.IsPreferred(overload.At(at).Type.Kind));
        }
    }

    private static void Keep(List<FunctionOverload> candidates, Func<FunctionOverload, int> score)
    {
        var best = candidates.Max(score);
        candidates.RemoveAll(overload => score(overload) < best);
    }
}
