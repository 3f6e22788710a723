using System.Globalization;

namespace Shale.Cli.Demo;

/// <summary>Reads the data files of WordNet (manual page wndb(5WN), data file format).</summary>
internal static class SynsetReader
{
    /// <summary>All synsets of a file, in its order. Errors: <see cref="InvalidDataException"/> with the line's number.</summary>
    public static IEnumerable<Synset> Read(TextReader file)
    {
        var number = 0;
        while (file.ReadLine() is { } line)
        {
            number++;

            // The licence stands above, indented.
            if (line.Length == 0 || line[0] == ' ') continue;
            yield return Parse(line, number);
        }
    }

    private static Synset Parse(string line, int number)
    {
        try
        {
            var bar = line.IndexOf(" | ", StringComparison.Ordinal);
            var cells = new Cells(bar < 0 ? line : line.AsSpan(0, bar));
            var offset = cells.Integer();
            var domain = (int)cells.Integer();
            var partOfSpeech = string.Intern(cells.Next().ToString());
            var words = new string[cells.Hex()];
            for (var i = 0; i < words.Length; i++)
            {
                words[i] = Word(cells.Next());
                _ = cells.Next();
            }

            var pointers = new SynsetPointer[(int)cells.Integer()];
            for (var i = 0; i < pointers.Length; i++)
            {
                var symbol = string.Intern(cells.Next().ToString());
                var target = cells.Integer();
                var digit = DigitOf(cells.Next());
                var ends = int.Parse(cells.Next(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                pointers[i] = new SynsetPointer(symbol, digit + target, ends >> 8, ends & 0xff);
            }

            var gloss = bar < 0 ? "" : line[(bar + 3)..].Trim();
            return new Synset(DigitOf(partOfSpeech) + offset, partOfSpeech, domain, gloss, words, pointers);
        }
        catch (FormatException failure)
        {
            throw new InvalidDataException($"line {number} is not a synset: {failure.Message}", failure);
        }
    }

    // Adjectives may say where they can stand, as in "galore(ip)".
    private static string Word(ReadOnlySpan<char> text)
    {
        var marker = text.IndexOf('(');
        return (marker > 0 && text[^1] == ')' ? text[..marker] : text).ToString().Replace('_', ' ');
    }

    private static long DigitOf(ReadOnlySpan<char> partOfSpeech) => partOfSpeech switch
    {
        "n" => 100_000_000,
        "v" => 200_000_000,
        "a" or "s" => 300_000_000,
        "r" => 400_000_000,
        _ => throw new FormatException($"\"{partOfSpeech}\" is no part of speech"),
    };

    private ref struct Cells(ReadOnlySpan<char> rest)
    {
        private ReadOnlySpan<char> _rest = rest;

        public ReadOnlySpan<char> Next()
        {
            if (_rest.IsEmpty) throw new FormatException("it ends too early");
            var end = _rest.IndexOf(' ');
            var cell = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            return cell;
        }

        public long Integer() => long.Parse(Next(), NumberStyles.None, CultureInfo.InvariantCulture);

        public int Hex() => int.Parse(Next(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
