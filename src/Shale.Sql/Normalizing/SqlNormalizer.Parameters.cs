using System.Globalization;
using Shale.Sql.Lexing;

namespace Shale.Sql;

/// <summary>The statement's own parameters: each keeps one new number.</summary>
public sealed partial class SqlNormalizer
{
    private NameEntry[] _names = new NameEntry[8];
    private int[] _renumbered = new int[16];
    private int _nameCount;
    private int _originalCount;
    private ParameterStyle? _style;

    /// <summary>The names of the statement's own parameters that have one, with the sign in front; empty for the others and beyond the last.</summary>
    /// <param name="originalIndex">As in <see cref="NormalizedParameter.OriginalIndex"/>.</param>
    public ReadOnlySpan<char> NameOf(int originalIndex)
    {
        for (var i = 0; i < _nameCount; i++)
        {
            if (_names[i].Index == originalIndex) return _sql.AsSpan(_names[i].Start, _names[i].Length);
        }

        return [];
    }

    private void ResetNames()
    {
        _renumbered.AsSpan(0, Math.Min(_renumbered.Length, _originalCount + 1)).Clear();
        _nameCount = 0;
        _originalCount = 0;
        _style = null;
    }

    /// <summary>Renumbers the parameter at a token, if one stands there; the index is then that of its last token. False if it is in doubt.</summary>
    private bool TryParameter(ref int i)
    {
        var token = _tokens[i];
        switch (token.Kind)
        {
            case TokenKind.Parameter:
                return TryRenumber(token.Start, token.End);
            case TokenKind.Operator when _postgres && _sql[token.Start] == '?':
                if (EndsOperand(i - 1) is not { } endsOperand) return false;
                if (endsOperand) return true;
                if (token.Length > 1) return false;
                var numbered = _tokens[i + 1].Kind == TokenKind.Integer && _tokens[i + 1].Start == token.End;
                return Renumber(ref i, numbered);
            case TokenKind.Operator when _postgres && token.Length == 1 && _sql[token.Start] == '@':
            case TokenKind.Colon:
                if (_tokens[i + 1].Kind != TokenKind.Word || _tokens[i + 1].Start != token.End) return true;
                if (i > 0 && _tokens[i - 1].Kind == TokenKind.LeftBracket) return true;
                if (EndsOperand(i - 1) is not { } isOperator) return false;
                return isOperator || Renumber(ref i, true);
            default:
                return true;
        }
    }

    /// <summary>A parameter of one token or two; it then counts as one.</summary>
    private bool Renumber(ref int i, bool two)
    {
        var start = _tokens[i].Start;
        if (two) i++;
        var end = _tokens[i].End;
        _tokens[i] = new Token(TokenKind.Parameter, Keyword.NoKeyword, start, end - start);
        return TryRenumber(start, end);
    }

    private bool TryRenumber(int start, int end)
    {
        if (!TryOriginalIndex(start, end, out var original)) return false;
        if (original >= _renumbered.Length) Array.Resize(ref _renumbered, Math.Max(original + 1, _renumbered.Length * 2));
        ref var index = ref _renumbered[original];
        if (index == 0 && !TryAdd(new NormalizedParameter(original, default), out index)) return false;

        // Dialect sqlite calls a column by the text of its expression, with the parameters as they were written.
        if (!_postgres && Top.Names && !IsSpelled(start, end, index)) return false;
        Substitute(start, end, index);
        return true;
    }

    private bool IsSpelled(int start, int end, int index) =>
        _sql[start] == '?' && int.TryParse(_sql.AsSpan(start + 1, end - start - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == index;

    /// <summary>The same index as the parser gives; false for mixed styles and bad numbers, which the parser refuses.</summary>
    private bool TryOriginalIndex(int start, int end, out int original)
    {
        var text = _sql.AsSpan(start, end - start);
        var digits = text[1..];
        original = 0;
        if (text[0] is '$' or '?' && digits.Length > 0 && char.IsAsciiDigit(digits[0]))
        {
            var style = text[0] == '$' ? ParameterStyle.Dollar : ParameterStyle.QuestionNumber;
            if ((_style ??= style) != style || _nameCount > 0) return false;
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out original) || original is < 1 or > 65535) return false;
            _originalCount = Math.Max(_originalCount, original);
            return true;
        }

        if (digits.IsEmpty)
        {
            if ((_style ??= ParameterStyle.Question) != ParameterStyle.Question) return false;
            original = ++_originalCount;
            return true;
        }

        if (_style is ParameterStyle.Dollar or ParameterStyle.QuestionNumber) return false;
        original = NamedIndex(text, start);
        return true;
    }

    private int NamedIndex(ReadOnlySpan<char> name, int start)
    {
        for (var i = 0; i < _nameCount; i++)
        {
            if (name.SequenceEqual(_sql.AsSpan(_names[i].Start, _names[i].Length))) return _names[i].Index;
        }

        if (_nameCount == _names.Length) Array.Resize(ref _names, _names.Length * 2);
        _names[_nameCount++] = new NameEntry(++_originalCount, start, name.Length);
        return _originalCount;
    }

    /// <summary>Whether the token ends an operand, so that a sign behind it is an operator; null in doubt.</summary>
    private bool? EndsOperand(int i)
    {
        if (i < 0) return false;
        var token = _tokens[i];
        switch (token.Kind)
        {
            case TokenKind.Operator or TokenKind.LeftParen or TokenKind.LeftBracket or TokenKind.Comma:
                return false;
            case TokenKind.Word:
                break;
            default:
                return true;
        }

        if (EndsPointWord(i) is { } behindPointWord) return behindPointWord ? null : false;
        if (token.Keyword == Keyword.NoKeyword || IsQualified(i)) return true;
        if (token.Keyword is Keyword.Null or Keyword.True or Keyword.False or Keyword.End or Keyword.Current_Date or Keyword.Current_Time
            or Keyword.Current_Timestamp) return true;
        if (token.Keyword == Keyword.Between) return EndsOperand(i - 1) == true || PreviousIs(i, Keyword.Not) ? false : null;
        if (token.Keyword == Keyword.Interval || (token.Keyword == Keyword.Zone && PreviousIs(i, Keyword.Time))) return false;
        var properties = Keywords.ClassOf(token.Keyword);
        return (properties & (KeywordClass.PostgresReserved | KeywordClass.PostgresFunctionOrType)) != 0 ? false : null;
    }

    /// <summary>
    /// Whether the token introduces a point in time, so that a sign behind it is a placeholder: false for sure, behind AS OF; true if it may be
    /// the name of a column as well; null if it is no such word.
    /// </summary>
    private bool? EndsPointWord(int i)
    {
        if (_tokens[i].Keyword == Keyword.Of) return PreviousIs(i, Keyword.As) ? false : null;
        if (!(_tokens[i].Keyword is Keyword.Timestamp or Keyword.Snapshot || IsWord(i, "lsn") || IsWord(i, "version") || IsWord(i, "branch") || IsWord(i, "bookmark"))) return null;
        if (PreviousIs(i, Keyword.Of)) return false;
        return PreviousIs(i, Keyword.At) || PreviousIs(i, Keyword.Between) || PreviousIs(i, Keyword.And) || PreviousIs(i, Keyword.From) || PreviousIs(i, Keyword.To)
            || (i > 0 && _tokens[i - 1].Kind is TokenKind.LeftParen or TokenKind.Comma) ? true : null;
    }

    private bool IsWord(int i, string word) => _tokens[i].Kind == TokenKind.Word && Of(i).Equals(word, StringComparison.OrdinalIgnoreCase);

    private readonly record struct NameEntry(int Index, int Start, int Length);
}
