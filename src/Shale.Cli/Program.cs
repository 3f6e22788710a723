using System.CommandLine;
using System.CommandLine.Invocation;
using Shale.Cli.Commands;

var root = new RootCommand("Shale: a sharded SQL database for .NET.")
{
    ServeCommand.Create(),
    SqlCommand.Create(),
    StatusCommand.Create(),
    ConfigCommand.Create(),
    DemoCommand.Create(),
    BenchCommand.Create(),
    LogCommand.Create(),
    BackupCommand.Create(),
    RestoreCommand.Create(),
    ImportCommand.Create(),
    ExportCommand.Create(),
};
MoreHelp.Install(root, """
    Examples:
      shale serve                 start a database of 4 shards in ./data
      shale sql                   talk to it
      shale sql -c "SELECT 1"     run one statement

    `shale COMMAND --help` tells more of each.
    """);

// Commands that run for long end themselves on SIGTERM and Ctrl-C; nothing cuts them short.
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction && args.Length > 0) return CommandMistake.Write(parsed, Console.Error);
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
