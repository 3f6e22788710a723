using System.Globalization;
using System.Text.RegularExpressions;
using Shale.Postgres;

namespace Shale.Cli.Bench.Pg;

/// <summary>Something that answers PostgreSQL's clients on a port of the loopback address.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Port">Its port.</param>
/// <param name="Database">The database that clients ask for.</param>
internal sealed partial record Contender(string Name, int Port, string Database)
{
    /// <summary>The steps of filling that pgbench takes by itself: drop, make tables, generate rows, vacuum, primary keys.</summary>
    public const string AllSteps = "dtgvp";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs a statement and returns its rows as psql writes them: columns with a bar between them, one row a line.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="user">Who asks.</param>
    public async Task<string> QueryAsync(string sql, CancellationToken cancellationToken, string user = PrivateServer.Role) =>
        (await PostgresTools.RunAsync("psql", [.. Address(user), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, Database], cancellationToken)).TrimEnd();

    /// <summary>Makes and fills pgbench's tables.</summary>
    /// <param name="scale">How many branches there are; each has 100,000 accounts.</param>
    /// <param name="steps">What pgbench does for it, by the letters of its option -I.</param>
    /// <param name="cancellationToken">Leaves what is there.</param>
    public Task FillAsync(int scale, string steps, CancellationToken cancellationToken) =>
        PostgresTools.RunAsync("pgbench", [.. Address(), "-i", "-q", "-I", steps, "-s", scale.ToString(CultureInfo.InvariantCulture), Database], cancellationToken);

    /// <summary>Runs pgbench. Errors: <see cref="InvalidOperationException"/> where a transaction failed.</summary>
    /// <param name="run">What it does.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The transactions per second, without the time of connecting, and how many there were.</returns>
    public async Task<(double PerSecond, long Transactions)> PgbenchAsync(PgbenchRun run, CancellationToken cancellationToken)
    {
        var output = await PostgresTools.RunAsync("pgbench", [.. Address(), "-n", .. run.Arguments(), Database], cancellationToken);
        if (Failed().Match(output) is { Success: true } failed && failed.Groups[1].Value != "0") throw new InvalidOperationException($"transactions of pgbench failed on {Name}: {output}");
        return (double.Parse(PerSecond().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), long.Parse(Processed().Match(output).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Returns when it answers. Errors: <see cref="IOException"/> if it does not.</summary>
    public async Task WaitReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var problem = "";
        try
        {
            while (true)
            {
                (var answers, _, problem) = await PostgresTools.TryRunAsync("psql", [.. Address(), "-XAtqc", "SELECT 1", Database], limit.Token);
                if (answers) return;
                await Task.Delay(Pause, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{Name} does not answer: {problem.Trim()}");
        }
    }

    private IReadOnlyList<string> Address(string user = PrivateServer.Role) => ["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", user];

    [GeneratedRegex(@"^tps = ([0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"^number of transactions actually processed: ([0-9]+)", RegexOptions.Multiline)]
    private static partial Regex Processed();

    [GeneratedRegex(@"^number of failed transactions: ([0-9]+)", RegexOptions.Multiline)]
    private static partial Regex Failed();
}
