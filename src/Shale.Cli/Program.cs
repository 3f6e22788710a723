using System.CommandLine;
using Shale.Cli.Commands;

var root = new RootCommand("Shale: a sharded SQL database for .NET.")
{
    ServeCommand.Create(),
    SqlCommand.Create(),
    DemoCommand.Create(),
    BenchCommand.Create(),
};
MoreHelp.Install(root, """
    Examples:
      shale serve                 start a database of 4 shards in ./data
      shale sql                   talk to it
      shale sql -c "SELECT 1"     run one statement

    `shale COMMAND --help` tells more of each.
    """);

// Commands that run for long end themselves on SIGTERM and Ctrl-C; nothing cuts them short.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
