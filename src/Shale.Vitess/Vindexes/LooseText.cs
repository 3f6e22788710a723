using System.Collections.Frozen;
using System.Text;

namespace Shale.Vitess;

/// <summary>
/// What unicode_loose_md5 and unicode_loose_xxhash hash: text without case, accents and blanks at its end, so that 'Tést ' and 'TEST' have one place. The table is our
/// own and never changes, whatever a runtime or its Unicode version does: rows on disk depend on it. What is not in it stands for itself.
/// </summary>
internal static class LooseText
{
    private const string Resource = "Shale.Vitess.Vindexes.LooseLetters.txt";
    private static readonly FrozenDictionary<char, string> Bases = Read();

    /// <summary>The text's loose form.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var unit in text.AsSpan().TrimEnd(' '))
        {
            if (unit is >= 'a' and <= 'z') folded.Append(unit);
            else if (unit is >= '\u0300' and <= '\u036F') continue;
            else if (Bases.TryGetValue(unit, out var letters)) folded.Append(letters);
            else folded.Append(unit);
        }

        return folded.ToString();
    }

    private static FrozenDictionary<char, string> Read()
    {
        using var stream = typeof(LooseText).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is missing");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var bases = new Dictionary<char, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(' ') is not [var letters, var same] || line[0] == '#') continue;
            foreach (var unit in same) bases.Add(unit, letters);
        }

        return bases.ToFrozenDictionary();
    }
}
