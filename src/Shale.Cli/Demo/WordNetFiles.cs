namespace Shale.Cli.Demo;

/// <summary>Where the files of WordNet are.</summary>
/// <param name="Directory">The data files.</param>
/// <param name="LexNamesPage">The manual page lexnames(5WN), compressed.</param>
internal sealed record WordNetFiles(string Directory, string LexNamesPage)
{
    /// <summary>Where Debian's package puts them.</summary>
    public static WordNetFiles OfPackage { get; } = new("/usr/share/wordnet", "/usr/share/man/man5/lexnames.5WN.gz");

    /// <summary>Whether all are there.</summary>
    public bool Exist => File.Exists(LexNamesPage)
        && Array.TrueForAll(["data.noun", "data.verb", "data.adj", "data.adv"], name => File.Exists(Path.Combine(Directory, name)));
}
