using System.Text;
using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>The variables that a client sets as it connects: by name, and in <c>options</c> as on PostgreSQL's command line.</summary>
internal static class SessionOptions
{
    private static readonly string[] OfTheConnection = ["user", "database", "options", "replication"];

    /// <summary>Names and values, those of <c>options</c> first. Errors: QUERY_ERROR (08P01) for options that are none.</summary>
    public static IReadOnlyList<(string Name, string Value)> Read(IReadOnlyDictionary<string, string> parameters)
    {
        var found = new List<(string, string)>();
        if (parameters.TryGetValue("options", out var options)) found.AddRange(Parse(Words(options)));
        foreach (var (name, value) in parameters)
        {
            if (!OfTheConnection.Contains(name) && !name.StartsWith("_pq_.", StringComparison.Ordinal)) found.Add((name, value));
        }

        return found;
    }

    private static IEnumerable<(string Name, string Value)> Parse(List<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            var setting = word.StartsWith("--", StringComparison.Ordinal) ? word[2..]
                : word == "-c" && i + 1 < words.Count ? words[++i]
                : word.StartsWith("-c", StringComparison.Ordinal) ? word[2..] : "";
            var sign = setting.IndexOf('=', StringComparison.Ordinal);
            if (sign < 1) throw WireErrors.Malformed($"invalid command-line argument for server process: {word}", "Write options as -c name=value.");
            yield return (setting[..sign].Replace('-', '_'), setting[(sign + 1)..]);
        }
    }

    // Separated by spaces; a backslash takes the next character as it is.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                word.Append(text[++i]);
            }
            else if (!char.IsWhiteSpace(text[i]))
            {
                word.Append(text[i]);
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        if (word.Length > 0) words.Add(word.ToString());
        return words;
    }
}
