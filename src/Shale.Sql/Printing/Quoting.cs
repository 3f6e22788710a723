using System.Text;
using Shale.Sql.Lexing;

namespace Shale.Sql.Printing;

/// <summary>When names need quotes, and how strings are written.</summary>
internal static class Quoting
{
    private const KeywordClass PostgresSpecial =
        KeywordClass.PostgresReserved | KeywordClass.PostgresFunctionOrType | KeywordClass.PostgresColumn;

    /// <summary>Whether the dialect would not read the bare name as itself.</summary>
    public static bool NeedsQuotes(string name, SqlDialect dialect)
    {
        if (HasOddCharacters(name, dialect)) return true;
        var properties = Keywords.ClassOf(Keywords.Find(name));
        return dialect == SqlDialect.Postgres
            ? (properties & PostgresSpecial) != 0
            : (properties & (KeywordClass.SqliteWord | KeywordClass.SqliteReserved)) != 0;
    }

    /// <summary>Whether the name is no plain word: letters (in PostgreSQL of lower case), digits, _ and $, and no digit first.</summary>
    public static bool HasOddCharacters(string name, SqlDialect dialect)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || name[0] == '$') return true;
        foreach (var c in name)
        {
            if (c is '_' or '$' || char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) continue;
            if (dialect == SqlDialect.Postgres || !char.IsAsciiLetterUpper(c)) return true;
        }

        return false;
    }

    /// <summary>A part of a type's name: in double quotes if it is not a plain lower-case word.</summary>
    public static string TypePart(string name, SqlDialect dialect)
    {
        var plain = !name.AsSpan().ContainsAnyInRange('A', 'Z') && !NeedsQuotes(name, dialect);
        return plain ? name : Double(name);
    }

    /// <summary>The name in double quotes.</summary>
    public static string Double(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    /// <summary>Writes a string constant; single quotes are doubled, nothing else is special.</summary>
    public static void String(StringBuilder to, string value)
    {
        to.Append('\'');
        var start = 0;
        for (var i = value.IndexOf('\''); i >= 0; i = value.IndexOf('\'', i + 1))
        {
            to.Append(value, start, i - start).Append("''");
            start = i + 1;
        }

        to.Append(value, start, value.Length - start).Append('\'');
    }
}
