using System.CommandLine;

namespace Shale.Cli.Commands;

/// <summary>A command whose help ends with more than its options.</summary>
/// <param name="name">The word on the command line.</param>
/// <param name="description">One sentence; also shown in the list of commands.</param>
/// <param name="more">Remarks and examples, below the options.</param>
internal sealed class ShaleCommand(string name, string description, string more) : Command(name, description)
{
    /// <summary>Remarks and examples.</summary>
    public string More => more;
}
