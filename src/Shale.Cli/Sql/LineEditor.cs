using Shale.Cli.Output;

namespace Shale.Cli.Sql;

/// <summary>Reads lines from a terminal, with editing and history. Not thread-safe.</summary>
internal sealed class LineEditor(History history, Completer completer)
{
    /// <summary>How a line ended.</summary>
    public enum Ending
    {
        /// <summary>By Enter.</summary>
        Line,

        /// <summary>By Ctrl-C: what was typed is dropped.</summary>
        Cancelled,

        /// <summary>By Ctrl-D on an empty line.</summary>
        EndOfInput,
    }

    /// <summary>Shows a prompt and reads one line.</summary>
    public (Ending Ending, string Text) Read(string prompt)
    {
        var buffer = new LineBuffer(history.Entries);
        var offered = false;
        var treated = Console.TreatControlCAsInput;

        // Before the prompt is seen: a Ctrl-C that answers it is a key already.
        Console.TreatControlCAsInput = true;
        var row = Draw(prompt, buffer, 0);
        try
        {
            while (true)
            {
                var key = Console.ReadKey(intercept: true);
                var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
                if (control && key.Key == ConsoleKey.C) return End(prompt, buffer, row, Ending.Cancelled);
                if (control && key.Key == ConsoleKey.D && buffer.Text.Length == 0) return End(prompt, buffer, row, Ending.EndOfInput);
                if (key.Key == ConsoleKey.Enter || key.KeyChar is '\n' or '\r') return End(prompt, buffer, row, Ending.Line);
                if (control && key.Key == ConsoleKey.L)
                {
                    Console.Write("\x1b[2J\x1b[H");
                    row = 0;
                }
                if (key.Key == ConsoleKey.Tab)
                {
                    // The first Tab writes what is certain, the second shows what is possible.
                    if (!Complete(buffer, offered)) row = 0;
                    offered = true;
                }
                else
                {
                    buffer.Press(key);
                    offered = false;
                }

                // A paste is drawn once, not after every key.
                if (!Console.KeyAvailable) row = Draw(prompt, buffer, row);
            }
        }
        finally
        {
            Console.TreatControlCAsInput = treated;
        }
    }

    /// <returns>False if the screen has moved on to a new line.</returns>
    private bool Complete(LineBuffer buffer, bool show)
    {
        // A pasted tab is a space, not a question.
        if (Console.KeyAvailable)
        {
            buffer.Replace(buffer.Cursor, " ");
            return true;
        }
        var (start, words) = completer.Complete(buffer.Text, buffer.Cursor);
        if (words.Count == 0) return true;
        var common = Completer.CommonPrefix(words);
        if (words.Count == 1 || common.Length > buffer.Cursor - start)
        {
            buffer.Replace(start, words.Count == 1 ? common + " " : common);
            return true;
        }
        if (!show) return true;
        var width = words.Max(CellText.Width) + 2;
        var perLine = Math.Max(1, Console.WindowWidth / width);
        Console.WriteLine();
        foreach (var line in words.Take(200).Chunk(perLine)) Console.WriteLine(string.Concat(line.Select(word => word + new string(' ', width - CellText.Width(word)))).TrimEnd());
        if (words.Count > 200) Console.WriteLine($"... and {words.Count - 200} more");
        return false;
    }

    private static (Ending, string) End(string prompt, LineBuffer buffer, int row, Ending ending)
    {
        buffer.Press(new ConsoleKeyInfo('\0', ConsoleKey.End, false, false, false));
        Draw(prompt, buffer, row);
        Console.WriteLine(ending == Ending.Cancelled ? "^C" : "");
        return (ending, buffer.Text);
    }

    /// <summary>Draws prompt and text anew.</summary>
    /// <param name="prompt">What stands before the text.</param>
    /// <param name="buffer">The text.</param>
    /// <param name="row">On which of the rows drawn last the cursor is.</param>
    /// <returns>On which row it is now.</returns>
    private static int Draw(string prompt, LineBuffer buffer, int row)
    {
        var width = Math.Max(1, Console.WindowWidth);
        var length = CellText.Width(prompt) + CellText.Width(buffer.Text);
        var at = CellText.Width(prompt) + CellText.Width(buffer.Text[..buffer.Cursor]);
        var screen = (row > 0 ? $"\x1b[{row}A" : "") + "\r\x1b[J" + prompt + buffer.Text;

        // A terminal stays at the margin after its last column; a space and back makes it wrap.
        if (length > 0 && length % width == 0) screen += " \r";
        var up = (length / width) - (at / width);
        screen += (up > 0 ? $"\x1b[{up}A" : "") + "\r" + (at % width > 0 ? $"\x1b[{at % width}C" : "");
        Console.Write(screen);
        return at / width;
    }
}
