using System.Buffers;
using Shale.Sql.Parsing;

namespace Shale.Sql.Lexing;

/// <summary>All tokens of a text, in a rented array that <see cref="Dispose"/> gives back. Not thread-safe.</summary>
internal sealed class TokenBuffer : IDisposable
{
    private Token[] _tokens;

    private TokenBuffer(string text)
    {
        Text = text;
        _tokens = ArrayPool<Token>.Shared.Rent(Math.Min(1 << 16, Math.Max(16, text.Length / 3)));
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>How many tokens there are, the end included.</summary>
    public int Count { get; private set; }

    /// <summary>A token; it can be replaced by a parser that reads a sign in another way.</summary>
    public ref Token this[int index] => ref _tokens[index];

    /// <summary>Whether the text ends inside a string, quoted name or comment.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Cuts the text. Throws SYNTAX_ERROR for what is no token, and 54000 for more than <see cref="SqlParser.MaxLength"/> characters.</summary>
    public static TokenBuffer Read(string text, SqlDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > SqlParser.MaxLength) throw SyntaxErrors.TooLong(text.Length);
        return Fill(text, dialect, skipsBad: false);
    }

    /// <summary>Cuts a text that may be wrong, or not whole yet: what is no token counts as one, and goes to the end of a text that is open there.</summary>
    public static TokenBuffer ReadAny(string text, SqlDialect dialect) => Fill(text, dialect, skipsBad: true);

    private static TokenBuffer Fill(string text, SqlDialect dialect, bool skipsBad)
    {
        var buffer = new TokenBuffer(text);
        try
        {
            var lexer = new Lexer(text, dialect);
            var token = new Token(TokenKind.Semicolon, Keyword.NoKeyword, 0, 0);
            do
            {
                var last = token;
                try
                {
                    token = lexer.Next();
                }
                catch (VitessException bad) when (skipsBad)
                {
                    token = lexer.BadToken(bad);
                }

                buffer.Add(token);
                if (token.Keyword == Keyword.Use && last.Kind == TokenKind.Semicolon && lexer.TryTarget(out var target)) buffer.Add(target);
            }
            while (token.Kind != TokenKind.End);
            buffer.IsOpen = lexer.IsOpen;
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Gives the array back.</summary>
    public void Dispose()
    {
        if (_tokens.Length > 0) ArrayPool<Token>.Shared.Return(_tokens);
        _tokens = [];
    }

    private void Add(Token token)
    {
        if (Count == _tokens.Length)
        {
            var larger = ArrayPool<Token>.Shared.Rent(Count * 2);
            _tokens.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<Token>.Shared.Return(_tokens);
            _tokens = larger;
        }

        _tokens[Count++] = token;
    }
}
