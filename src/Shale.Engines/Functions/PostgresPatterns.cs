using System.Text.RegularExpressions;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>LIKE, ILIKE, SIMILAR TO and regular expressions.</summary>
internal static class PostgresPatterns
{
    public static void AddTo(FunctionSet set)
    {
        set.Strict("shale_like", (text, pattern) => SqlValue.Boolean(PgLike.Matches(text.AsText(), pattern.AsText(), '\\')));
        set.Strict("shale_like", 3, values => SqlValue.Boolean(PgLike.Matches(values[0].AsText(), values[1].AsText(), PgLike.Escape(values[2].AsText()))));
        set.Strict("shale_ilike", (text, pattern) => SqlValue.Boolean(PgLike.Matches(Lower(text), Lower(pattern), '\\')));
        set.Strict("shale_ilike", 3, values => SqlValue.Boolean(PgLike.Matches(Lower(values[0]), Lower(values[1]), PgLike.Escape(Lower(values[2])))));
        set.Strict("shale_similar", (text, pattern) => Similar(text, pattern, '\\'));
        set.Strict("shale_similar", 3, values => Similar(values[0], values[1], PgLike.Escape(values[2].AsText())));
        set.Strict("shale_regex", (text, pattern) => SqlValue.Boolean(Regex(pattern.AsText(), "").IsMatch(text.AsText())));
        set.Strict("shale_regex_i", (text, pattern) => SqlValue.Boolean(Regex(pattern.AsText(), "i").IsMatch(text.AsText())));
        set.Strict("shale_regexp_like", (text, pattern) => SqlValue.Boolean(Regex(pattern.AsText(), "").IsMatch(text.AsText())));
        set.Strict("shale_regexp_like", 3, values => SqlValue.Boolean(Regex(values[1].AsText(), values[2].AsText()).IsMatch(values[0].AsText())));
        set.Strict("shale_regexp_count", (text, pattern) => SqlValue.Integer(Same(pattern, "").Count(text.AsText())));
        set.Strict("shale_regexp_count", 3, values => SqlValue.Integer(Count(values[0].AsText(), Same(values[1], ""), values[2].AsInteger())));
        set.Strict("shale_regexp_substr", (text, pattern) => Same(pattern, "").Match(text.AsText()) is { Success: true } match ? SqlValue.Text(match.Value) : SqlValue.Null);
        set.Strict("shale_regexp_match", (text, pattern) => Match(text.AsText(), Same(pattern, "")));
        set.Strict("shale_regexp_match", 3, values => Match(values[0].AsText(), Same(values[1], values[2].AsText())));
        set.Strict("shale_regexp_matches", (text, pattern) => Matches(text.AsText(), Same(pattern, ""), all: false));
        set.Strict("shale_regexp_matches", 3, values => Matches(values[0].AsText(), Same(values[1], values[2].AsText()), values[2].AsText().Contains('g', StringComparison.Ordinal)));
        set.Strict("shale_regexp_split_to_array", (text, pattern) => SqlValue.Text(PgArrays.Format(Split(text.AsText(), Same(pattern, "")))));
        set.Strict("shale_regexp_split_to_array", 3, values => SqlValue.Text(PgArrays.Format(Split(values[0].AsText(), Same(values[1], values[2].AsText())))));
        set.Strict("shale_regexp_split_to_table", (text, pattern) => PostgresSeries.Texts(Split(text.AsText(), Same(pattern, "")).Select(SqlValue.Text)));
        set.Strict("shale_regexp_split_to_table", 3, values => PostgresSeries.Texts(Split(values[0].AsText(), Same(values[1], values[2].AsText())).Select(SqlValue.Text)));
        set.Strict("shale_substring_regex", (text, pattern) => Substring(text.AsText(), pattern));
        set.Strict("shale_regexp_replace", 3, values => Replace(values[0], values[1], values[2], ""));
        set.Strict("shale_regexp_replace", 4, values => Replace(values[0], values[1], values[2], values[3].AsText()));
    }

    private static string Lower(SqlValue value) => value.AsText().ToLowerInvariant();

    private static SqlValue Similar(SqlValue text, SqlValue pattern, char? escape) =>
        SqlValue.Boolean(PgRegex.Compile(PgRegex.FromSimilar(pattern.AsText(), escape), ignoreCase: false).IsMatch(text.AsText()));

    private static Regex Regex(string pattern, string flags)
    {
        foreach (var flag in flags)
            if (flag is not ('i' or 'c' or 's' or 'g')) throw SqlErrors.Unsupported($"the regular expression option \"{flag}\"");
        return PgRegex.Compile(pattern, flags.Contains('i', StringComparison.Ordinal));
    }

    private static Regex Same(SqlValue pattern, string flags)
    {
        PgRegex.RequireSameMatch(pattern.AsText());
        return Regex(pattern.AsText(), flags);
    }

    private static int Count(string text, Regex regex, long start) =>
        start < 1 ? throw SqlErrors.Data($"invalid value for parameter \"start\": {start}", "22023") : regex.Count(PostgresTextFunctions.Substring(text, start, null));

    private static SqlValue Substring(string text, SqlValue pattern)
    {
        var match = Same(pattern, "").Match(text);
        if (!match.Success) return SqlValue.Null;
        var group = match.Groups.Count > 1 ? match.Groups[1] : match;
        return group.Success ? SqlValue.Text(group.Value) : SqlValue.Null;
    }

    // The groups, or the whole match where there are none.
    private static string Groups(Match match) =>
        PgArrays.Format((match.Groups.Count > 1 ? match.Groups.Cast<Group>().Skip(1) : [match]).Select(group => group.Success ? group.Value : null));

    private static SqlValue Match(string text, Regex regex) => regex.Match(text) is { Success: true } match ? SqlValue.Text(Groups(match)) : SqlValue.Null;

    private static SqlValue Matches(string text, Regex regex, bool all) =>
        PostgresSeries.Texts(regex.Matches(text).Take(all ? int.MaxValue : 1).Select(match => SqlValue.Text(Groups(match))));

    // A match of nothing does not split at the end, nor right behind another match.
    private static List<string?> Split(string text, Regex regex)
    {
        var parts = new List<string?>();
        var from = 0;
        foreach (Match match in regex.Matches(text))
        {
            if (match.Length == 0 && (match.Index >= text.Length || match.Index == from)) continue;
            parts.Add(text[from..match.Index]);
            from = match.Index + match.Length;
        }

        parts.Add(text[from..]);
        return parts;
    }

    private static SqlValue Replace(SqlValue text, SqlValue pattern, SqlValue with, string flags)
    {
        if (flags.Length > 0 && char.IsAsciiDigit(flags[0]))
            throw SqlErrors.Data($"invalid regular expression option: \"{flags[0]}\"", "22023");
        var regex = Same(pattern, flags);
        var replacement = PgRegex.Replacement(with.AsText());
        return SqlValue.Text(regex.Replace(text.AsText(), replacement, flags.Contains('g', StringComparison.Ordinal) ? -1 : 1));
    }
}
