namespace Shale.Postgres.Wire;

/// <summary>How the rows of a COPY are written.</summary>
internal sealed record CopyFormat
{
    public bool IsBinary { get; private init; }

    public bool IsCsv { get; private init; }

    public char Delimiter { get; private init; } = '\t';

    /// <summary>What stands for NULL.</summary>
    public string Null { get; private init; } = "\\N";

    /// <summary>Whether a line with names comes first.</summary>
    public bool HasHeader { get; private init; }

    public char Quote { get; private init; } = '"';

    public char Escape { get; private init; } = '"';

    /// <summary>The columns that are quoted whatever is in them, by place; null for none. CSV to the client only.</summary>
    public bool[]? ForceQuote { get; init; }

    /// <summary>The columns of which an unquoted text is never NULL, by place; null for none. CSV from the client only.</summary>
    public bool[]? ForceNotNull { get; init; }

    /// <summary>The columns of which a quoted text may be NULL, by place; null for none. CSV from the client only.</summary>
    public bool[]? ForceNull { get; init; }

    /// <summary>The same with what is said of columns. Errors: QUERY_ERROR (0A000) in another format or direction, (42703) for a column that is not copied.</summary>
    /// <param name="options">As they are written.</param>
    /// <param name="fields">The columns that are copied.</param>
    /// <param name="isFrom">Whether they come from the client.</param>
    public CopyFormat For(IReadOnlyList<(string Name, string? Value)> options, IReadOnlyList<Field> fields, bool isFrom)
    {
        var format = this;
        foreach (var (option, value) in options)
        {
            if (option is not ("force_quote" or "force_not_null" or "force_null")) continue;
            var words = option["force_".Length..].Replace('_', ' ');
            if (!IsCsv) throw new VitessException(ErrorCodes.QueryError, $"COPY force {words} available only in CSV mode", sqlState: "0A000", hint: "Say FORMAT csv.");
            if (isFrom == (option == "force_quote")) throw new VitessException(ErrorCodes.QueryError, $"COPY force {words} only available using COPY {(isFrom ? "TO" : "FROM")}", sqlState: "0A000", hint: "Leave it out.");
            var columns = Places(option, value ?? "*", fields);
            format = option switch
            {
                "force_quote" => format with { ForceQuote = columns },
                "force_null" => format with { ForceNull = columns },
                _ => format with { ForceNotNull = columns },
            };
        }

        return format;
    }

    private static bool[] Places(string option, string names, IReadOnlyList<Field> fields)
    {
        var places = new bool[fields.Count];
        if (names == "*") Array.Fill(places, true);
        foreach (var name in names == "*" ? [] : names.Split(','))
        {
            var place = fields.ToList().FindIndex(field => field.Name == name);
            if (place < 0) throw new VitessException(ErrorCodes.QueryError, $"{option.ToUpperInvariant()} column \"{name}\" not referenced by COPY", sqlState: "42703", hint: "Name it among the columns of COPY, too.");
            places[place] = true;
        }

        return places;
    }

    /// <summary>Reads the options. Errors: SYNTAX_ERROR for ones that PostgreSQL does not know; QUERY_ERROR (22023, 0A000).</summary>
    public static CopyFormat Of(IReadOnlyList<(string Name, string? Value)> options)
    {
        var name = options.LastOrDefault(option => option.Name == "format").Value ?? "text";
        var format = name switch
        {
            "text" => new CopyFormat(),
            "csv" => new CopyFormat { IsCsv = true, Delimiter = ',', Null = "" },
            "binary" => new CopyFormat { IsBinary = true },
            _ => throw new VitessException(ErrorCodes.QueryError, $"COPY format \"{name}\" not recognized", sqlState: "22023", hint: "It can be text, csv or binary."),
        };
        foreach (var (option, value) in options)
        {
            format = option switch
            {
                "format" or "freeze" or "force_quote" or "force_not_null" or "force_null" => format,
                "delimiter" or "delimiters" => format with { Delimiter = One(option, value) },
                "null" => format with { Null = value ?? "" },
                "header" when format.IsBinary => throw new VitessException(ErrorCodes.QueryError, "cannot specify HEADER in BINARY mode", sqlState: "0A000", hint: "Leave it out."),
                "header" => format with { HasHeader = value is null or "true" or "on" or "1" or "match" },
                "quote" when format.IsCsv => format with { Quote = One(option, value), Escape = options.Any(each => each.Name == "escape") ? format.Escape : One(option, value) },
                "escape" when format.IsCsv => format with { Escape = One(option, value) },
                "encoding" when value?.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant() is "utf8" => format,
                "quote" or "escape" => throw new VitessException(ErrorCodes.QueryError, $"COPY {option} available only in CSV mode", sqlState: "0A000", hint: "Say FORMAT csv."),
                "encoding" or "where" or "default" =>
                    throw new VitessException(ErrorCodes.QueryError, $"COPY with {option} is not supported", sqlState: "0A000", hint: "Leave it out; texts are UTF8."),
                _ => throw new VitessException(ErrorCodes.SyntaxError, $"option \"{option}\" not recognized"),
            };
        }

        return format;
    }

    private static char One(string option, string? value) => value is [var one] && one is not ('\n' or '\r') && (one != '\\' || option is "quote" or "escape") && one < 0x80 ? one
        : throw new VitessException(ErrorCodes.QueryError, $"COPY {option} must be a single one-byte character", sqlState: "0A000", hint: "Write one such as ',' or '|'.");
}
