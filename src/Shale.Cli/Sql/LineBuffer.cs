namespace Shale.Cli.Sql;

/// <summary>The line being edited and the place in it. Knows keys' meanings, not the terminal. Not thread-safe.</summary>
internal sealed class LineBuffer(IReadOnlyList<string> history)
{
    private string _text = "";
    private int _historyAt = history.Count;
    private string _draft = "";

    /// <summary>The text.</summary>
    public string Text => _text;

    /// <summary>The place before which the next character goes, 0-based.</summary>
    public int Cursor { get; private set; }

    /// <summary>Does what a key says; keys that end the line are not for here.</summary>
    public void Press(ConsoleKeyInfo key)
    {
        var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        var alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow when control || alt:
            case ConsoleKey.B when alt:
                Cursor = WordStart();
                break;
            case ConsoleKey.RightArrow when control || alt:
            case ConsoleKey.F when alt:
                Cursor = WordEnd();
                break;
            case ConsoleKey.LeftArrow:
            case ConsoleKey.B when control:
                Cursor = Math.Max(0, Cursor - 1);
                break;
            case ConsoleKey.RightArrow:
            case ConsoleKey.F when control:
                Cursor = Math.Min(_text.Length, Cursor + 1);
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                Cursor = 0;
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                Cursor = _text.Length;
                break;
            case ConsoleKey.UpArrow:
            case ConsoleKey.P when control:
                Recall(_historyAt - 1);
                break;
            case ConsoleKey.DownArrow:
            case ConsoleKey.N when control:
                Recall(_historyAt + 1);
                break;
            case ConsoleKey.Backspace when alt:
            case ConsoleKey.W when control:
                Remove(WordStart(), Cursor);
                break;
            case ConsoleKey.Backspace:
            case ConsoleKey.H when control:
                Remove(Math.Max(0, Cursor - 1), Cursor);
                break;
            case ConsoleKey.Delete:
            case ConsoleKey.D when control:
                Remove(Cursor, Math.Min(_text.Length, Cursor + 1));
                break;
            case ConsoleKey.K when control:
                Remove(Cursor, _text.Length);
                break;
            case ConsoleKey.U when control:
                Remove(0, Cursor);
                break;
            default:
                if (!char.IsControl(key.KeyChar)) Insert(key.KeyChar.ToString());
                break;
        }
    }

    /// <summary>Puts text in the place of what stands between a place and the cursor.</summary>
    public void Replace(int start, string text)
    {
        Remove(start, Cursor);
        Insert(text);
    }

    private void Insert(string text)
    {
        _text = _text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    private void Remove(int from, int to)
    {
        _text = _text.Remove(from, to - from);
        Cursor = from;
    }

    // Behind the newest entry stands what was being typed.
    private void Recall(int index)
    {
        if (index < 0 || index > history.Count) return;
        if (_historyAt == history.Count) _draft = _text;
        _historyAt = index;
        _text = index == history.Count ? _draft : history[index];
        Cursor = _text.Length;
    }

    private int WordStart()
    {
        var at = Cursor;
        while (at > 0 && !char.IsLetterOrDigit(_text[at - 1])) at--;
        while (at > 0 && char.IsLetterOrDigit(_text[at - 1])) at--;
        return at;
    }

    private int WordEnd()
    {
        var at = Cursor;
        while (at < _text.Length && !char.IsLetterOrDigit(_text[at])) at++;
        while (at < _text.Length && char.IsLetterOrDigit(_text[at])) at++;
        return at;
    }
}
