using System.Globalization;

namespace Shale.Cli.Demo;

/// <summary>Reads the list of lexicographer files from where the package ships it: the table of the manual page lexnames(5WN).</summary>
internal static class LexicalDomainReader
{
    /// <summary>The files in order. Errors: <see cref="InvalidDataException"/> if there are none.</summary>
    public static List<LexicalDomain> Read(TextReader page)
    {
        var found = new List<LexicalDomain>();
        while (page.ReadLine() is { } line)
        {
            var cells = line.Split('\t');
            if (cells.Length != 3 || cells[0].Length != 2 || !int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            found.Add(new LexicalDomain(id, cells[1], cells[2].Trim()));
        }

        return found.Count > 0 ? found : throw new InvalidDataException("the manual page lexnames(5WN) lists no lexicographer files");
    }
}
