using System.CommandLine;
using System.CommandLine.Parsing;
using Shale.Sql;

namespace Shale.Cli.Commands;

/// <summary>A command line that cannot be understood: what is wrong, what may have been meant, and where it is told how; not the whole manual.</summary>
internal static class CommandMistake
{
    private const int Failed = 1;

    /// <summary>Tells it. Returns the exit code.</summary>
    public static int Write(ParseResult parsed, TextWriter output)
    {
        // Where a word is not understood, what is missing for that reason says nothing.
        if (parsed.UnmatchedTokens.Count == 0)
        {
            foreach (var error in parsed.Errors) output.WriteLine("ERROR: " + error.Message);
        }

        var command = parsed.CommandResult.Command;
        foreach (var word in parsed.UnmatchedTokens)
        {
            var isOption = word.StartsWith('-');
            if (!isOption && word != parsed.UnmatchedTokens[0]) continue;
            var names = isOption ? Options(parsed.CommandResult) : command.Subcommands.Select(known => known.Name);
            var meant = NearestName.Of(word, names);
            var what = isOption ? "there is no option" : command.Subcommands.Count > 0 ? "there is no command" : "nothing is known to do with";
            output.WriteLine($"ERROR: {what} \"{word}\"" + (meant is null ? "" : $"; did you mean {meant}?"));
        }

        output.WriteLine($"See: {PathOf(parsed.CommandResult)} --help");
        return Failed;
    }

    private static IEnumerable<string> Options(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is not CommandResult here) continue;
            foreach (var option in here.Command.Options.Where(option => here == result || option.Recursive)) yield return option.Name;
        }
    }

    private static string PathOf(CommandResult result)
    {
        var path = "";
        for (SymbolResult? at = result; at?.Parent is not null; at = at.Parent) path = $" {((CommandResult)at).Command.Name}{path}";
        return "shale" + path;
    }
}
