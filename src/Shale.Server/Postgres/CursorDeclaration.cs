using System.Globalization;
using System.Text.RegularExpressions;
using Shale.Sql;

namespace Shale.Server;

/// <summary>What DECLARE says.</summary>
/// <param name="Name">The cursor's name.</param>
/// <param name="Statement">The whole of it.</param>
/// <param name="Query">The query.</param>
/// <param name="Start">Where the query begins in the statement.</param>
/// <param name="IsScroll">Whether it may go back.</param>
/// <param name="IsHold">Whether it outlives its transaction.</param>
internal sealed partial record CursorDeclaration(string Name, string Statement, string Query, int Start, bool IsScroll, bool IsHold)
{
    /// <summary>Whether its rows are kept from the beginning.</summary>
    public bool IsKept => IsScroll || IsHold;

    /// <summary>Reads a DECLARE. Errors: SYNTAX_ERROR; QUERY_ERROR (42P11) for options that contradict each other, (0A000) for those that there are not.</summary>
    public static CursorDeclaration Read(string text)
    {
        var match = Declared().Match(text);
        if (!match.Success) throw new VitessException(ErrorCodes.SyntaxError, "DECLARE is followed by a name, options, CURSOR, WITH HOLD if need be, FOR, and a query");
        var words = match.Groups[2].Value.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var options = string.Join(' ', words);
        var isNoScroll = options.Contains("NO SCROLL", StringComparison.Ordinal);
        var isScroll = options.Replace("NO SCROLL", "", StringComparison.Ordinal).Contains("SCROLL", StringComparison.Ordinal);
        if (isScroll && isNoScroll) throw Contradiction("SCROLL", "NO SCROLL");
        if (words.Contains("ASENSITIVE") && words.Contains("INSENSITIVE")) throw Contradiction("INSENSITIVE", "ASENSITIVE");
        if (words.Contains("BINARY")) throw new VitessException(ErrorCodes.QueryError, "BINARY cursors are not supported", sqlState: "0A000", hint: "Leave BINARY out, and ask for binary columns in the extended protocol.");
        var query = match.Groups[4];
        var declaration = new CursorDeclaration(NameOf(match.Groups[1].Value), text.Trim(), query.Value, query.Index, isScroll, match.Groups[3].Value.Equals("WITH", StringComparison.OrdinalIgnoreCase));
        declaration.RequireQuery();
        return declaration;
    }

    private void RequireQuery()
    {
        if (SqlParser.Parse(Query, SqlDialect.Postgres) is not SelectStatement select) throw new VitessException(ErrorCodes.SyntaxError, "a cursor is declared for SELECT or VALUES", position: Start + 1);
        if (select.Locking.Count == 0 || !IsKept) return;
        throw new VitessException(ErrorCodes.QueryError, $"DECLARE {(IsHold ? "CURSOR WITH HOLD" : "SCROLL CURSOR")} ... FOR UPDATE is not supported", sqlState: "0A000", hint: IsHold ? "Holdable cursors must be READ ONLY." : "Scrollable cursors must be READ ONLY.");
    }

    /// <summary>What a name is that was written so.</summary>
    public static string NameOf(string written) => written[0] == '"' ? written[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : written.ToLowerInvariant();

    private static VitessException Contradiction(string one, string other) => new(ErrorCodes.QueryError, $"cannot specify both {one} and {other}", sqlState: "42P11", hint: "Leave one of them out.");

    [GeneratedRegex("""\A\s*DECLARE\s+("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)((?:\s+(?:BINARY|ASENSITIVE|INSENSITIVE|NO\s+SCROLL|SCROLL))*)\s+CURSOR(?:\s+(WITH|WITHOUT)\s+HOLD)?\s+FOR\s+(.+)\z""", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Declared();
}

/// <summary>Which rows a FETCH or MOVE means.</summary>
internal enum CursorMoveKind
{
    /// <summary>The next ones; those before for a negative count.</summary>
    Forward,

    /// <summary>Those before; the next ones for a negative count.</summary>
    Backward,

    /// <summary>One row by its number, from the end for a negative one.</summary>
    Absolute,

    /// <summary>One row, so many on or back.</summary>
    Relative,
}

/// <summary>A FETCH, MOVE or CLOSE.</summary>
/// <param name="Name">The cursor.</param>
/// <param name="Kind">Which rows.</param>
/// <param name="Count">How many, or which; <see cref="long.MaxValue"/> for all.</param>
internal readonly partial record struct CursorMove(string Name, CursorMoveKind Kind, long Count)
{
    /// <summary>Reads one. Errors: SYNTAX_ERROR.</summary>
    public static CursorMove Read(string text)
    {
        var match = Fetched().Match(text);
        if (!match.Success) throw new VitessException(ErrorCodes.SyntaxError, "FETCH and MOVE are followed by which rows, FROM or IN, and the name of a cursor");
        var name = CursorDeclaration.NameOf(match.Groups["name"].Value);
        var word = match.Groups["word"].Value.ToUpperInvariant();
        var number = match.Groups["number"].Success ? Number(match.Groups["number"].Value) : (long?)null;
        return word switch
        {
            "PRIOR" => new CursorMove(name, CursorMoveKind.Backward, 1),
            "FIRST" => new CursorMove(name, CursorMoveKind.Absolute, 1),
            "LAST" => new CursorMove(name, CursorMoveKind.Absolute, -1),
            "ABSOLUTE" => new CursorMove(name, CursorMoveKind.Absolute, number!.Value),
            "RELATIVE" => new CursorMove(name, CursorMoveKind.Relative, number!.Value),
            "BACKWARD" => new CursorMove(name, CursorMoveKind.Backward, match.Groups["all"].Success ? long.MaxValue : number ?? 1),
            _ => new CursorMove(name, CursorMoveKind.Forward, word == "ALL" || match.Groups["all"].Success ? long.MaxValue : number ?? 1),
        };
    }

    private static long Number(string written) => long.TryParse(string.Concat(written.Where(each => !char.IsWhiteSpace(each))), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= int.MinValue and <= int.MaxValue
        ? number : throw new VitessException(ErrorCodes.SyntaxError, $"\"{written}\" is no count of rows");

    [GeneratedRegex("""\A\s*(?:FETCH|MOVE)\s+(?:(?:(?<word>NEXT|PRIOR|FIRST|LAST|ALL)|(?<word>ABSOLUTE|RELATIVE)\s+(?<number>[+-]?\s*\d+)|(?<number>[+-]?\s*\d+)|(?<word>FORWARD|BACKWARD)(?:\s+(?:(?<all>ALL)|(?<number>[+-]?\s*\d+)))?)\s+)?(?:(?:FROM|IN)\s+)?(?<name>"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)\s*\z""", RegexOptions.IgnoreCase)]
    private static partial Regex Fetched();
}
