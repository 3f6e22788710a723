using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using Shale.Cli.Output;
using Shale.Cli.Sql;
using Shale.Client;

namespace Shale.Cli.Commands;

/// <summary>`shale sql`: a prompt and a runner of scripts.</summary>
internal static class SqlCommand
{
    private const int Failed = 1;
    private const int NoConnection = 2;

    private const string More = """
        Scripts stop at the first error with a non-zero exit code: 1 for a statement that failed, 2 for a server that cannot be reached.
        At the prompt, \? lists the commands.

        Examples:
          shale sql
          shale sql -c "SELECT count(*) FROM users"
          shale sql -f schema.sql
          shale sql --format csv -c "SELECT * FROM users" > users.csv
          echo "SELECT 1" | shale sql --endpoint http://127.0.0.1:15000
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var endpoint = ClientOptions.Endpoint();
        var token = ClientOptions.Token();
        var keyspace = new Option<string?>("--keyspace", "-k") { Description = "The target: keyspace[:shard][/branch]. The server's default without it.", HelpName = "TARGET" };
        var dialect = new Option<string>("--dialect") { Description = "Whose SQL the statements are.", DefaultValueFactory = _ => "postgres" };
        dialect.AcceptOnlyFromAmong("postgres", "sqlite");
        var command = new Option<string?>("--command", "-c") { Description = "Run these statements and end.", HelpName = "SQL" };
        var file = new Option<string?>("--file", "-f") { Description = "Run the statements of this file (- for standard input) and end.", HelpName = "FILE" };
        var format = new Option<string>("--format") { Description = "How results are written.", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "csv", "json");
        var sql = new ShaleCommand("sql", "Run SQL: at a prompt, from -c, from a file, or from standard input.", More)
        {
            endpoint, token, keyspace, dialect, command, file, format,
        };
        sql.SetAction((parsed, cancellation) => RunAsync(
            new VitessConfig
            {
                Endpoint = parsed.GetValue(endpoint)!,
                Token = ClientOptions.TokenOf(parsed.GetValue(token)),
                Keyspace = parsed.GetValue(keyspace),
                Dialect = parsed.GetValue(dialect),

                // A statement at a prompt or in a script may take as long as it takes; Ctrl-C ends it.
                Timeout = Timeout.InfiniteTimeSpan,
            },
            parsed.GetValue(command),
            parsed.GetValue(file),
            Enum.Parse<OutputFormat>(parsed.GetValue(format)!, ignoreCase: true),
            cancellation));
        return sql;
    }

    private static async Task<int> RunAsync(VitessConfig config, string? command, string? file, OutputFormat format, CancellationToken cancellationToken)
    {
        if (command is not null && file is not null)
        {
            await Console.Error.WriteLineAsync("ERROR: give -c or -f, not both");
            return Failed;
        }
        if (!await ClientOptions.IsUrlAsync(config.Endpoint)) return Failed;
        try
        {
            return await RunSessionAsync(config, command, file, format, cancellationToken);
        }
        catch (IOException failure)
        {
            await Console.Error.WriteLineAsync("ERROR: the results cannot be written: " + failure.Message);
            return Failed;
        }
    }

    private static async Task<int> RunSessionAsync(VitessConfig config, string? command, string? file, OutputFormat format, CancellationToken cancellationToken)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 32 * 1024);
        var isPrompt = command is null && file is null && !Console.IsInputRedirected;
        output.AutoFlush = isPrompt;
        await using var session = new SqlSession(config, output, Console.Error) { Format = format, Timing = isPrompt };
        if (!await ConnectAsync(session, config)) return NoConnection;
        var script = new SqlScript(session, Console.Error);
        if (!isPrompt) return await RunScriptAsync(script, command, file, cancellationToken) ? 0 : Failed;
        output.WriteLine("""Connected. \? helps, \q quits.""");
        await new SqlPrompt(session, script, new History(History.DefaultPath())).RunAsync(cancellationToken);
        return 0;
    }

    private static async Task<bool> RunScriptAsync(SqlScript script, string? command, string? file, CancellationToken cancellationToken)
    {
        if (command is not null) return await script.RunAsync(new StringReader(command), cancellationToken);
        if (file is not null and not "-") return await script.RunFileAsync(file, cancellationToken);
        using var input = new StreamReader(Console.OpenStandardInput(), SqlScript.StrictUtf8);
        return await script.RunAsync(input, cancellationToken);
    }

    private static async Task<bool> ConnectAsync(SqlSession session, VitessConfig config)
    {
        try
        {
            await session.Client.ConnectAsync();
            return true;
        }
        catch (VitessException failure)
        {
            ErrorText.Write(Console.Error, failure);
            if (failure.GetBaseException() is SocketException)
                await Console.Error.WriteLineAsync($"  Nothing answers at {config.Endpoint}. Start a server with: shale serve");
            return false;
        }
    }
}
