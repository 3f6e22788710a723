using System.Globalization;
using Shale.Sql.Lexing;
using Shale.Sql.Normalizing;
using Shale.Sql.Parsing;

namespace Shale.Sql;

/// <summary>
/// Makes one text of statements that differ only in literals (SEMANTICS S3.1), from tokens alone: literals compared with a column, assigned,
/// added to a column that is assigned (integers), or listed behind IN become parameters; all others stay, and so does everything in doubt. Its buffers are used again, and it allocates nothing
/// but strings and blobs taken out. Not thread-safe: callers keep a pool. What it returns is valid until the next call.
/// </summary>
public sealed partial class SqlNormalizer
{
    /// <summary>The most parameters a normalised text has; SQLite takes no more.</summary>
    public const int MaxParameters = 32766;

    private Token[] _tokens = new Token[128];
    private Frame[] _frames = new Frame[32];
    private char[] _text = new char[1024];
    private NormalizedParameter[] _parameters = new NormalizedParameter[16];
    private int _tokenCount;
    private int _depth;
    private int _length;
    private int _parameterCount;
    private int _copied;
    private string _sql = "";
    private bool _postgres;
    private bool _tooMany;

    /// <summary>The normalised text, without the semicolon at the end: the statement's own text but for <c>$k</c> (postgres) or <c>?k</c> (sqlite).</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>What stands behind <c>$1</c> or <c>?1</c> and so on.</summary>
    public ReadOnlySpan<NormalizedParameter> Parameters => _parameters.AsSpan(0, _parameterCount);

    private ref Frame Top => ref _frames[_depth];

    /// <summary>
    /// Normalises a statement. A point in time that is written as a constant stays in the text: it decides which schema counts, and so the plan.
    /// </summary>
    /// <returns>
    /// False for what is not SELECT, INSERT, UPDATE, DELETE, VALUES or WITH, for what cannot be cut into tokens, and in doubt: then the
    /// statement must be parsed as it is.
    /// </returns>
    public bool TryNormalize(string sql, SqlDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(sql);
        Reset(sql, dialect);
        if (sql.Length > SqlParser.MaxLength) return false;
        try
        {
            return TryReadTokens(dialect) && IsNormalizable(_tokens[0]) && TryRun();
        }
        catch (VitessException)
        {
            // A bad token: the parser says what is wrong with it.
            return false;
        }
    }

    private bool TryRun()
    {
        for (var i = 0; i < _tokenCount; i++)
        {
            if (!TryParameter(ref i) || !TryStep(ref i)) return false;
        }

        if (_depth != 0 || _tooMany) return false;
        Copy(_tokens[_tokenCount - 1].End);
        return true;
    }

    private void Reset(string sql, SqlDialect dialect)
    {
        _sql = sql;
        _postgres = dialect == SqlDialect.Postgres;
        _tokenCount = 0;
        _depth = 0;
        _length = 0;
        _copied = 0;
        _parameters.AsSpan(0, _parameterCount).Clear();
        _parameterCount = 0;
        _tooMany = false;
        _frames[0] = new Frame { IsQuery = true };
        ResetNames();
    }

    /// <summary>Cuts the text up to its end mark; false for bad tokens and for more than one statement.</summary>
    private bool TryReadTokens(SqlDialect dialect)
    {
        var lexer = new Lexer(_sql, dialect);
        var ended = false;
        for (var token = lexer.Next(); token.Kind != TokenKind.End; token = lexer.Next())
        {
            if (token.Kind == TokenKind.Semicolon)
            {
                ended = true;
                continue;
            }

            if (ended) return false;
            if (_tokenCount + 3 > _tokens.Length) Array.Resize(ref _tokens, _tokens.Length * 2);
            _tokens[_tokenCount++] = token;
        }

        // Looking ahead needs no checks.
        _tokens[_tokenCount] = _tokens[_tokenCount + 1] = new Token(TokenKind.End, Keyword.NoKeyword, _sql.Length, 0);
        return _tokenCount > 0;
    }

    private bool IsNormalizable(in Token first) =>
        first.Keyword is Keyword.Select or Keyword.Insert or Keyword.Update or Keyword.Delete or Keyword.Values or Keyword.With
            || (first.Keyword == Keyword.Replace && !_postgres) || (first.Kind == TokenKind.LeftParen && _postgres);

    private ReadOnlySpan<char> Of(int token) => _tokens[token].Of(_sql);

    private void Push(Zone zone, bool isQuery = false)
    {
        var (frozen, names) = (Top.Frozen || Top.Zone == Zone.Frozen || zone == Zone.Case, Top.Names);
        if (++_depth == _frames.Length) Array.Resize(ref _frames, _frames.Length * 2);
        _frames[_depth] = new Frame { Zone = zone, IsQuery = isQuery, Frozen = frozen, Names = names };
    }

    /// <summary>Copies the statement's text up to a place that has not been copied yet.</summary>
    private void Copy(int end)
    {
        Append(_sql.AsSpan(_copied, end - _copied));
        _copied = end;
    }

    private void Append(ReadOnlySpan<char> piece)
    {
        if (_length + piece.Length > _text.Length) Array.Resize(ref _text, Math.Max(_length + piece.Length, _text.Length * 2));
        piece.CopyTo(_text.AsSpan(_length));
        _length += piece.Length;
    }

    /// <summary>Writes a parameter in the place of a piece of the text; blanks keep it apart from words beside it.</summary>
    private void Substitute(int start, int end, int index)
    {
        Copy(start);
        _copied = end;
        if (_length > 0 && Lexer.IsWordPart(_text[_length - 1])) Append(" ");
        Append(_postgres ? "$" : "?");
        Span<char> digits = stackalloc char[8];
        index.TryFormat(digits, out var count, provider: CultureInfo.InvariantCulture);
        Append(digits[..count]);
        if (end < _sql.Length && Lexer.IsWordPart(_sql[end])) Append(" ");
    }

    private bool TryAdd(NormalizedParameter parameter, out int index)
    {
        index = _parameterCount + 1;
        if (index > MaxParameters)
        {
            _tooMany = true;
            return false;
        }

        if (_parameterCount == _parameters.Length) Array.Resize(ref _parameters, _parameters.Length * 2);
        _parameters[_parameterCount++] = parameter;
        return true;
    }

    /// <summary>Takes a literal out, unless it has no value of its own here, such as a number too large.</summary>
    private void Replace(int first, int last)
    {
        if (!TryValue(first, last, out var value) || !TryAdd(new NormalizedParameter(0, value), out var index)) return;
        Substitute(_tokens[first].Start, _tokens[last].End, index);
    }

    /// <summary>The value of a literal, with the minus in front of it; false for what must stay.</summary>
    private bool TryValue(int first, int last, out SqlValue value)
    {
        value = default;
        var token = _tokens[last];
        var number = _sql.AsSpan(_tokens[last].Start, token.Length);
        var negative = first != last;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                // Larger ones are numeric or real, which is for the engine to say.
                if (!ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var magnitude)) return false;
                if (magnitude > long.MaxValue + (negative ? 1UL : 0UL)) return false;
                value = SqlValue.Integer(negative ? unchecked(-(long)magnitude) : (long)magnitude);
                return true;
            case TokenKind.Number when !_postgres:
                if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) || !double.IsFinite(real)) return false;
                value = SqlValue.Real(negative ? -real : real);
                return true;
            case TokenKind.String when !negative && number[0] is not ('n' or 'N'):
                value = SqlValue.Text(TokenText.String(_sql, token));
                return true;
            case TokenKind.HexString when !negative && !_postgres:
                value = SqlValue.Blob(Convert.FromHexString(TokenText.Digits(_sql, token)));
                return true;
            default:
                return false;
        }
    }
}
