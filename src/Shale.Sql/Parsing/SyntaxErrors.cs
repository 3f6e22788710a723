using System.Globalization;

namespace Shale.Sql.Parsing;

/// <summary>Makes the errors of lexer and parser: each says what, where (line and column, 1-based), and what was expected.</summary>
internal static class SyntaxErrors
{
    private const int LongestQuotation = 40;

    /// <summary>The text cannot go on like this.</summary>
    /// <param name="text">The whole statement.</param>
    /// <param name="place">The token that is wrong; of length 0 for the end of the text.</param>
    /// <param name="expected">What should stand there; empty if nobody can say.</param>
    /// <param name="hint">What to do; null for the registry's hint.</param>
    public static VitessException Unexpected(ReadOnlySpan<char> text, SourceSpan place, string expected, string? hint = null)
    {
        var what = place.Start >= text.Length ? "syntax error at end of input" : "syntax error " + Near(text, place);
        return Make(text, place.Start, what, expected.Length == 0 ? "" : ": expected " + expected, hint, null);
    }

    /// <summary>A token that is none, such as a string without an end.</summary>
    public static VitessException BadToken(ReadOnlySpan<char> text, SourceSpan place, string what) =>
        Make(text, place.Start, $"{what} {Near(text, place)}", "", null, null);

    /// <summary>Something that is said in good SQL and must not be said here.</summary>
    public static VitessException Refused(ReadOnlySpan<char> text, SourceSpan place, string what, string sqlState, string? hint = null) =>
        Make(text, place.Start, what, "", hint, sqlState);

    /// <summary>Good SQL that Shale has no meaning for (0A000).</summary>
    public static VitessException NotSupported(ReadOnlySpan<char> text, SourceSpan place, string construct, string? hint = null) =>
        new(ErrorCodes.QueryError, $"{construct} is not supported ({Where(text, place.Start)})", sqlState: "0A000",
            hint: hint ?? "Write the statement without it.", position: place.Start + 1);

    /// <summary>A point in time that is none, or where none can stand (TT_INVALID_SYNTAX).</summary>
    /// <param name="text">The whole statement.</param>
    /// <param name="place">Where.</param>
    /// <param name="what">What is wrong.</param>
    /// <param name="hint">How it is written.</param>
    public static VitessException Point(ReadOnlySpan<char> text, SourceSpan place, string what, string hint) =>
        new(ErrorCodes.InvalidPoint, $"{what} ({Where(text, place.Start)})", hint: hint, position: place.Start + 1);

    /// <summary>A write to a table at a point in time (0A000).</summary>
    public static VitessException PastIsReadOnly(ReadOnlySpan<char> text, SourceSpan place) =>
        new(ErrorCodes.QueryError, $"the past cannot be written ({Where(text, place.Start)})", sqlState: "0A000",
            hint: "Write to the present, reading the past: INSERT INTO t SELECT * FROM t AS OF …; or to a branch that begins at that point.", position: place.Start + 1);

    /// <summary>The nesting is too deep, or a chain too long (54001).</summary>
    public static VitessException TooDeep(int? position = null) =>
        new(ErrorCodes.SyntaxError, "the statement is nested too deeply, or has a chain of too many operators", sqlState: "54001",
            hint: $"At most {SqlParser.MaxNesting} levels and {SqlParser.MaxChain} terms in a row: use IN (…), a join, or several statements.",
            position: position);

    /// <summary>The text is too long (54000).</summary>
    public static VitessException TooLong(int length) =>
        new(ErrorCodes.SyntaxError,
            string.Create(CultureInfo.InvariantCulture, $"the statement has {length} characters, more than {SqlParser.MaxLength}"),
            sqlState: "54000", hint: "Pass the data as parameters, or in several statements.");

    private static VitessException Make(ReadOnlySpan<char> text, int offset, string what, string tail, string? hint, string? sqlState) =>
        new(ErrorCodes.SyntaxError, $"{what} ({Where(text, offset)}){tail}", sqlState: sqlState, hint: hint, position: offset + 1);

    private static string Near(ReadOnlySpan<char> text, SourceSpan place)
    {
        var quoted = text.Slice(place.Start, Math.Min(place.Length, text.Length - place.Start));
        return quoted.Length > LongestQuotation ? $"at or near \"{quoted[..LongestQuotation]}…\"" : $"at or near \"{quoted}\"";
    }

    private static string Where(ReadOnlySpan<char> text, int offset)
    {
        var before = text[..Math.Min(offset, text.Length)];
        var line = before.Count('\n') + 1;
        var column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}");
    }
}
