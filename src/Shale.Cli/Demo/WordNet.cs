using System.IO.Compression;

namespace Shale.Cli.Demo;

/// <summary>WordNet 3.0 in memory: a lexical database of English by Princeton University, as Debian's package wordnet-base ships it.</summary>
/// <param name="Domains">The lexicographer files.</param>
/// <param name="Synsets">All synsets, nouns first.</param>
internal sealed record WordNet(IReadOnlyList<LexicalDomain> Domains, IReadOnlyList<Synset> Synsets)
{
    private static readonly string[] DataFiles = ["data.noun", "data.verb", "data.adj", "data.adv"];

    /// <summary>Reads the package's files. Errors: <see cref="IOException"/>, <see cref="InvalidDataException"/>.</summary>
    public static WordNet Read(WordNetFiles files)
    {
        var synsets = new List<Synset>(120_000);
        foreach (var name in DataFiles)
        {
            using var file = new StreamReader(Path.Combine(files.Directory, name));
            synsets.AddRange(SynsetReader.Read(file));
        }

        using var page = new StreamReader(new GZipStream(File.OpenRead(files.LexNamesPage), CompressionMode.Decompress));
        return new WordNet(LexicalDomainReader.Read(page), synsets);
    }

    /// <summary>The distinct words, in lower case, in the order in which they come.</summary>
    public List<string> Words()
    {
        var seen = new HashSet<string>(160_000, StringComparer.Ordinal);
        var words = new List<string>(160_000);
        foreach (var synset in Synsets)
        {
            foreach (var word in synset.Words)
            {
                var lower = word.ToLowerInvariant();
                if (seen.Add(lower)) words.Add(lower);
            }
        }

        return words;
    }
}
