using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Shale.Cli.Commands;

/// <summary>Help as System.CommandLine gives it, and below it what the command has to add.</summary>
internal sealed class MoreHelp(HelpAction usual, string rootMore) : SynchronousCommandLineAction
{
    /// <summary>Puts it in the place of the usual help.</summary>
    public static void Install(RootCommand root, string rootMore)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction usual } help) help.Action = new MoreHelp(usual, rootMore);
        }
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(parseResult.CommandResult.Command switch
        {
            ShaleCommand command => command.More,
            RootCommand => rootMore,
            _ => "",
        });
        return code;
    }
}
