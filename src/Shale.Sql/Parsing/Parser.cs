using System.Runtime.CompilerServices;
using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>
/// Recursive descent over the tokens of one text. One state machine in several files: this one moves through the tokens, the others each know
/// one part of the grammar. An instance reads one text and is then thrown away.
/// </summary>
internal sealed partial class Parser(TokenBuffer tokens, SqlDialect dialect)
{
    private readonly bool _postgres = dialect == SqlDialect.Postgres;
    private readonly ParameterList _parameters = new();
    private int _index;
    private int _nesting;

    /// <summary>The parameters seen so far, by index from 1 on.</summary>
    public IReadOnlyList<string?> ParameterNames => _parameters.Names;

    private string Text => tokens.Text;

    private ref Token Current => ref tokens[_index];

    /// <summary>One statement, its end mark if it has one, and nothing behind.</summary>
    public Statement ParseWhole()
    {
        if (At(TokenKind.End) || At(TokenKind.Semicolon)) throw Unexpected("a statement");
        var statement = ParseStatement();
        Accept(TokenKind.Semicolon);
        while (At(TokenKind.Semicolon)) _index++;
        if (At(TokenKind.End)) return statement;
        if (tokens[_index - 1].Kind == TokenKind.Semicolon)
        {
            throw SyntaxErrors.Unexpected(Text, Current.Span, "one statement only",
                "Send one statement at a time, or several as a batch.");
        }

        throw Unexpected("the end of the statement");
    }

    /// <summary>One expression and nothing behind.</summary>
    public Expr ParseWholeExpression()
    {
        var expression = ParseExpr();
        return At(TokenKind.End) ? expression : throw Unexpected("the end of the expression");
    }

    private bool At(TokenKind kind) => Current.Kind == kind;

    private bool At(Keyword keyword) => Current.Keyword == keyword;

    private bool AtOperator(string spelling) => Current.Kind == TokenKind.Operator && Current.Of(Text).SequenceEqual(spelling);

    private Token Peek(int ahead) => tokens[Math.Min(_index + ahead, tokens.Count - 1)];

    private bool PeekIs(int ahead, Keyword keyword) => Peek(ahead).Keyword == keyword;

    private Token Take() => At(TokenKind.End) ? Current : tokens[_index++];

    private bool Accept(TokenKind kind)
    {
        if (!At(kind)) return false;
        _index++;
        return true;
    }

    private bool Accept(Keyword keyword)
    {
        if (!At(keyword)) return false;
        _index++;
        return true;
    }

    private bool Accept(Keyword first, Keyword second)
    {
        if (!At(first) || !PeekIs(1, second)) return false;
        _index += 2;
        return true;
    }

    private bool AcceptOperator(string spelling)
    {
        if (!AtOperator(spelling)) return false;
        _index++;
        return true;
    }

    private void Expect(TokenKind kind)
    {
        if (!Accept(kind)) throw Unexpected(Describe(kind));
    }

    private void Expect(Keyword keyword)
    {
        if (!Accept(keyword)) throw Unexpected(Describe(keyword));
    }

    /// <summary>= of an assignment; SQLite takes == as well.</summary>
    private bool AcceptEquals() => AcceptOperator("=") || (!_postgres && AcceptOperator("=="));

    private void ExpectEquals()
    {
        if (!AcceptEquals()) throw Unexpected("\"=\"");
    }

    /// <summary>IF NOT EXISTS.</summary>
    private bool AcceptIfNotExists()
    {
        if (!At(Keyword.If) || !PeekIs(1, Keyword.Not)) return false;
        _index += 2;
        Expect(Keyword.Exists);
        return true;
    }

    /// <summary>IF EXISTS.</summary>
    private bool AcceptIfExists() => Accept(Keyword.If, Keyword.Exists);

    /// <summary>CASCADE or RESTRICT; the latter is the default.</summary>
    private bool AcceptCascade()
    {
        if (Accept(Keyword.Cascade)) return true;
        Accept(Keyword.Restrict);
        return false;
    }

    private static string Describe(Keyword keyword) => keyword.ToString().ToUpperInvariant();

    private static string Describe(TokenKind kind) => kind switch
    {
        TokenKind.LeftParen => "\"(\"",
        TokenKind.RightParen => "\")\"",
        TokenKind.LeftBracket => "\"[\"",
        TokenKind.RightBracket => "\"]\"",
        TokenKind.Comma => "\",\"",
        TokenKind.Dot => "\".\"",
        TokenKind.String => "a string",
        TokenKind.Integer => "an integer",
        _ => kind.ToString(),
    };

    private VitessException Unexpected(string expected) => SyntaxErrors.Unexpected(Text, Current.Span, expected);

    private VitessException NotSupported(string construct, string? hint = null) => SyntaxErrors.NotSupported(Text, Current.Span, construct, hint);

    /// <summary>The span from a token, given by its index, to the last one taken.</summary>
    private SourceSpan From(int index)
    {
        var start = tokens[index].Start;
        var end = _index > index ? tokens[_index - 1].End : tokens[index].Start;
        return new SourceSpan(start, end - start);
    }

    /// <summary>Called on entry to whatever can hold itself; bounds the stack.</summary>
    private void Enter()
    {
        if (++_nesting > SqlParser.MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw SyntaxErrors.TooDeep(Current.Start + 1);
    }

    private void Leave() => _nesting--;

    /// <summary>Called for each further term of a chain, which makes the tree deeper without any nesting in the text.</summary>
    private void Lengthen(ref int chain, int weight = 1)
    {
        chain += weight;
        if (chain > SqlParser.MaxChain) throw SyntaxErrors.TooDeep(Current.Start + 1);
    }

    private string TextFrom(int firstToken) => From(firstToken).Of(Text);
}
