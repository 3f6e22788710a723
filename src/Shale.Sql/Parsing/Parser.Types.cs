using System.Text;
using Shale.Sql.Lexing;
using Shale.Sql.Printing;

namespace Shale.Sql.Parsing;

/// <summary>Names of types, and constants with a type in front.</summary>
internal sealed partial class Parser
{
    private TypeName ParseTypeName() => _postgres ? ParsePostgresType() : ParseSqliteType() ?? throw Unexpected("a type");

    private TypeName ParsePostgresType()
    {
        var start = _index;
        if (At(Keyword.Setof)) throw NotSupported("SETOF");
        var (name, modifiers) = ParsePostgresTypeWords();
        return new TypeName(name, modifiers, ParseArrayDimensions()) { Span = From(start) };
    }

    private int ParseArrayDimensions()
    {
        var dimensions = 0;
        if (Accept(Keyword.Array))
        {
            dimensions = 1;
            if (Accept(TokenKind.LeftBracket)) FinishDimension();
        }

        while (Accept(TokenKind.LeftBracket))
        {
            dimensions++;
            FinishDimension();
        }

        return dimensions;

        void FinishDimension()
        {
            Accept(TokenKind.Integer);
            Expect(TokenKind.RightBracket);
        }
    }

    /// <summary>The words and what stands in parentheses, which the standard puts between some of them.</summary>
    private (string Name, NodeList<string> Modifiers) ParsePostgresTypeWords()
    {
        var first = Current.Keyword;
        switch (first)
        {
            case Keyword.Interval:
                _index++;
                if (At(TokenKind.LeftParen)) return ("interval", ParseModifiers());
                return ParseIntervalFields();
            case Keyword.Time or Keyword.Timestamp:
                return ParseTimeType(first == Keyword.Time ? "time" : "timestamp");
            case Keyword.National:
                _index++;
                if (!At(Keyword.Char) && !At(Keyword.Character)) throw Unexpected("CHARACTER");
                return VaryingType("national " + TakeWord("CHARACTER"));
            case Keyword.Char or Keyword.Character or Keyword.Nchar or Keyword.Bit:
                return VaryingType(TakeWord("a type"));
            case Keyword.Boolean or Keyword.Int or Keyword.Integer or Keyword.Smallint or Keyword.Bigint or Keyword.Real:
                return (TakeWord("a type"), NodeList<string>.Empty);
            case Keyword.Dec or Keyword.Decimal or Keyword.Numeric or Keyword.Float or Keyword.Varchar:
                return (TakeWord("a type"), ParseModifiersOpt());
        }

        if (!IsFunctionName(Current)) throw Unexpected("a type");
        if (Current.Of(Text).Equals("double", StringComparison.OrdinalIgnoreCase) && PeekIs(1, Keyword.Precision))
        {
            _index += 2;
            return ("double precision", NodeList<string>.Empty);
        }

        var name = new StringBuilder(TypePart());
        while (Accept(TokenKind.Dot)) name.Append('.').Append(TypePart());
        return (name.ToString(), ParseModifiersOpt());
    }

    /// <summary>One part of a type's name; it keeps its quotes where it needs them.</summary>
    private string TypePart()
    {
        var identifier = ParseLabel();
        return identifier.Quoted ? Quoting.TypePart(identifier.Name, dialect) : identifier.Name;
    }

    private (string Name, NodeList<string> Modifiers) VaryingType(string name)
    {
        if (Accept(Keyword.Varying)) name += " varying";
        return (name, ParseModifiersOpt());
    }

    private (string Name, NodeList<string> Modifiers) ParseTimeType(string name)
    {
        _index++;
        var modifiers = ParseModifiersOpt();
        if ((At(Keyword.With) || At(Keyword.Without)) && PeekIs(1, Keyword.Time))
        {
            name += At(Keyword.With) ? " with time zone" : " without time zone";
            _index += 2;
            Expect(Keyword.Zone);
        }

        return (name, modifiers);
    }

    /// <summary><c>DAY TO SECOND(3)</c> and the like, behind INTERVAL or its string.</summary>
    private (string Name, NodeList<string> Modifiers) ParseIntervalFields()
    {
        if (!IsIntervalField(Current)) return ("interval", NodeList<string>.Empty);
        var name = "interval " + TakeWord("a field");
        if (At(Keyword.To) && IsIntervalField(Peek(1)))
        {
            _index++;
            name += " to " + TakeWord("a field");
        }

        return (name, name.EndsWith("second", StringComparison.Ordinal) ? ParseModifiersOpt() : NodeList<string>.Empty);
    }

    private static bool IsIntervalField(in Token token) =>
        token.Keyword is Keyword.Year or Keyword.Month or Keyword.Day or Keyword.Hour or Keyword.Minute or Keyword.Second;

    private NodeList<string> ParseModifiersOpt() => At(TokenKind.LeftParen) ? ParseModifiers() : NodeList<string>.Empty;

    private NodeList<string> ParseModifiers()
    {
        Expect(TokenKind.LeftParen);
        var modifiers = new List<string>();
        do modifiers.Add(ParseModifier());
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return modifiers.ToNodeList();
    }

    private string ParseModifier()
    {
        var start = _index;
        if (_postgres)
        {
            // What is no number is refused when it is known which type it is for.
            ParseExpr();
            return TextFrom(start);
        }

        if (AtOperator("-") || AtOperator("+")) _index++;
        if (Current.Kind is not (TokenKind.Integer or TokenKind.Number or TokenKind.Word or TokenKind.String)) throw Unexpected("a number");
        _index++;
        return TextFrom(start);
    }

    /// <summary>SQLite's: any words, then one or two numbers. Null if there is none.</summary>
    private TypeName? ParseSqliteType()
    {
        var start = _index;
        var name = new StringBuilder();
        while (IsSqliteTypeWord())
        {
            if (name.Length > 0) name.Append(' ');
            var token = Take();
            if (token.Kind == TokenKind.Word) name.Append(token.Of(Text).ToString().ToLowerInvariant());
            else name.Append(Quoting.TypePart(TokenText.Name(Text, token, dialect), dialect));
        }

        if (name.Length == 0) return null;
        var modifiers = ParseModifiersOpt();
        var span = From(start);
        var written = span.Of(Text);
        return new TypeName(name.ToString(), modifiers) { Span = span, Written = written.All(IsPlainInType) ? written : null };
    }

    private static bool IsPlainInType(char character) => char.IsLetterOrDigit(character) || character is ' ' or '_' or '(' or ')' or ',' or '.' or '+';

    private bool IsSqliteTypeWord()
    {
        if (Current.Kind is TokenKind.QuotedName or TokenKind.String) return true;
        if (Current.Kind != TokenKind.Word || (At(Keyword.Generated) && PeekIs(1, Keyword.Always))) return false;
        return (Keywords.ClassOf(Current.Keyword) & (KeywordClass.SqliteReserved | KeywordClass.SqliteJoin)) == 0;
    }

    /// <summary><c>DATE '2024-01-01'</c>: a type's name with a string behind it. Null if it is anything else; then no token is taken.</summary>
    private TypedLiteral? TryParseTypedLiteral()
    {
        var at = 1;
        switch (Current.Keyword)
        {
            case Keyword.Time or Keyword.Timestamp or Keyword.National or Keyword.Char or Keyword.Character or Keyword.Nchar or Keyword.Bit
                or Keyword.Boolean or Keyword.Int or Keyword.Integer or Keyword.Smallint or Keyword.Bigint or Keyword.Real or Keyword.Dec
                or Keyword.Decimal or Keyword.Numeric or Keyword.Float or Keyword.Varchar:
                break;
            default:
                if (!IsFunctionName(Current)) return null;
                while (Peek(at).Kind == TokenKind.Dot && Peek(at + 1).Kind is TokenKind.Word or TokenKind.QuotedName) at += 2;
                if (Peek(at).Kind != TokenKind.String && !PeekIs(at, Keyword.Precision)) return null;
                break;
        }

        var start = _index;
        var count = _parameters.Names.Count;
        if (!CanReadType(out var type) || !At(TokenKind.String))
        {
            _index = start;
            return count == _parameters.Names.Count ? null : throw new InvalidOperationException("a type took a parameter");
        }

        return new TypedLiteral(type!, TakeString()) { Span = From(start) };
    }

    /// <summary>Reads a type if one stands here in a form that may precede a string.</summary>
    private bool CanReadType(out TypeName? type)
    {
        type = null;
        var start = _index;
        var at = 1;
        while (at < 12 && Peek(at).Kind is TokenKind.Word or TokenKind.Dot or TokenKind.QuotedName) at++;
        if (Peek(at).Kind == TokenKind.LeftParen)
        {
            at++;
            while (Peek(at).Kind is TokenKind.Integer or TokenKind.Comma) at++;
            if (Peek(at).Kind != TokenKind.RightParen) return false;
            at++;
            while (Peek(at).Kind == TokenKind.Word) at++;
        }

        if (Peek(at).Kind != TokenKind.String) return false;
        var (name, modifiers) = ParsePostgresTypeWords();
        type = new TypeName(name, modifiers) { Span = From(start) };
        return true;
    }
}
