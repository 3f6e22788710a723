using System.Text;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>
/// to_number, by templates of 9 0 . D , G S MI PR FM and characters that mean nothing; others are refused. Each piece of the template takes a character of the text at most; behind the point no more digits are read than the
/// template has places there.
/// </summary>
internal sealed class NumberReader
{
    private static readonly string[] Words = ["MI", "PR", "FM"];
    private static readonly string[] Strange = ["EEEE", "RN", "TH", "PL", "SG", "SP", "L", "V", "B", "C"];

    private readonly List<string> _template;
    private readonly string _text;
    private readonly int _places;
    private readonly StringBuilder _digits = new();
    private readonly bool _hasPoint, _hasSign, _hasMinus, _hasBrackets;
    private int _at, _behind;
    private bool _pointRead;
    private char _sign;

    private NumberReader(string text, string template)
    {
        (_text, _template) = (text, Split(template));
        var point = _template.FindIndex(piece => piece is "." or "D");
        _hasPoint = point >= 0;
        _places = _hasPoint ? _template.Skip(point).Count(piece => piece is "9" or "0") : 0;
        (_hasSign, _hasMinus, _hasBrackets) = (_template.Contains("S"), _template.Contains("MI"), _template.Contains("PR"));
    }

    /// <summary>The number. Errors: 22P02 where there is no digit.</summary>
    public static SqlValue Read(string text, string template)
    {
        var reader = new NumberReader(text, template);
        foreach (var piece in reader._template)
        {
            if (reader._at >= text.Length) break;
            reader.Take(piece);
        }

        var digits = reader._digits.ToString();
        if (!digits.AsSpan().ContainsAnyInRange('0', '9')) throw SqlErrors.Data($"invalid input syntax for type numeric: \"{(reader._sign == 0 ? ' ' : reader._sign)}{digits}\"", "22P02");
        return PgNumeric.Value(PgDecimal.Parse((reader._sign == '-' ? "-" : "") + digits));
    }

    private void Take(string piece)
    {
        switch (piece)
        {
            case "9" or "0" or "." or "D":
                TakePart(isDigit: piece is "9" or "0");
                _at++;
                break;
            case "," or "G":
                if (_text[_at] == ',') _at++;
                break;
            case "MI":
                if (_text[_at] == '-') _sign = '-';
                if (_text[_at] is '-' or '+' or ' ') _at++;
                break;
            case "S" or "PR" or "FM":
                break;
            default:
                // What means nothing passes over one character, whichever it is.
                _at++;
                break;
        }
    }

    private void TakePart(bool isDigit)
    {
        if (_text[_at] == ' ' && ++_at >= _text.Length) return;
        if (_sign == 0 && isDigit && _digits.Length == 0)
        {
            if (_text[_at] is '-' or '+') _sign = _text[_at++];
            else if (_hasBrackets && _text[_at] == '<') (_sign, _at) = ('-', _at + 1);
            if (_at >= _text.Length) return;
        }

        var isRead = false;
        if (char.IsAsciiDigit(_text[_at]))
        {
            if (_pointRead && _behind == _places) return;
            _digits.Append(_text[_at]);
            if (_pointRead) _behind++;
            isRead = true;
        }
        else if (_hasPoint && !_pointRead && _text[_at] == '.')
        {
            _digits.Append('.');
            isRead = _pointRead = true;
        }

        TakeSignBehind(isRead);
    }

    // A sign that comes behind the last digit, wherever the template has it.
    private void TakeSignBehind(bool isRead)
    {
        if (_sign != 0 || _digits.Length == 0 || (_digits.Length == 1 && _pointRead)) return;
        if (_hasSign && isRead && _at + 1 < _text.Length && _text[_at + 1] is '-' or '+') _sign = _text[++_at];
        else if (!_hasSign && !_hasMinus && !isRead && _text[_at] is '-' or '+') _sign = _text[_at];
    }

    private static List<string> Split(string template)
    {
        var pieces = new List<string>();
        for (var i = 0; i < template.Length;)
        {
            var rest = template.AsSpan(i).ToString().ToUpperInvariant();
            if (template[i] is '"' or '\\' || Strange.Any(word => rest.StartsWith(word, StringComparison.Ordinal))) throw SqlErrors.Unsupported($"the number template {template}");
            var piece = Words.FirstOrDefault(word => rest.StartsWith(word, StringComparison.Ordinal)) ?? rest[..1];
            pieces.Add(piece);
            i += piece.Length;
        }

        return pieces;
    }
}
