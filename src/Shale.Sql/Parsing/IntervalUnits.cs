namespace Shale.Sql.Parsing;

/// <summary>The units of <see cref="IntervalExpr"/>.</summary>
internal static class IntervalUnits
{
    private static readonly string[] Units = ["year", "month", "week", "day", "hour", "minute", "second"];

    /// <summary>The unit in lower case and singular, or null for anything else.</summary>
    public static string? Singular(ReadOnlySpan<char> word)
    {
        foreach (var unit in Units)
        {
            if (word.Equals(unit, StringComparison.OrdinalIgnoreCase)) return unit;
            if (word.Length == unit.Length + 1 && word[^1] is 's' or 'S' && word.StartsWith(unit, StringComparison.OrdinalIgnoreCase)) return unit;
        }

        return null;
    }
}
