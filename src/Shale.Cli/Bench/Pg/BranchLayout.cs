using System.Globalization;

namespace Shale.Cli.Bench.Pg;

/// <summary>
/// pgbench's tables on two shards by ranges: the first half of the branches with all that is theirs on the first, the others on the second. pgbench numbers accounts and tellers so that those of a branch follow one
/// another: branch b has the accounts from (b - 1) * 100,000 + 1 and the tellers from (b - 1) * 10 + 1. A row of the history is where its account is.
/// </summary>
/// <param name="Branches">How many branches there are (pgbench's scale): an even number.</param>
internal sealed record BranchLayout(int Branches)
{
    private const int Accounts = 100_000, Tellers = 10;

    /// <summary>pgbench's TPC-B with teller and account of the branch, which it otherwise takes from any: all that a transaction changes is on one shard.</summary>
    public static string OwnBranchScript { get; } = $"""
        \set bid random(1, :scale)
        \set aid (:bid - 1) * {Accounts} + random(1, {Accounts})
        \set tid (:bid - 1) * {Tellers} + random(1, {Tellers})
        \set delta random(-5000, 5000)
        BEGIN;
        UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
        SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
        UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
        UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
        INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
        END;

        """;

    /// <summary>The first account of the second shard.</summary>
    public int FirstAccountOfSecond => (Branches / 2 * Accounts) + 1;

    /// <summary>Makes pgbench's tables as it would, but by ranges, fills them, and requires that the gate finds each branch, its tellers and its accounts on one shard. Errors: <see cref="InvalidOperationException"/>.</summary>
    public async Task FillAsync(Contender gate, CancellationToken cancellationToken)
    {
        foreach (var statement in Definitions()) await gate.QueryAsync(statement, cancellationToken);
        await gate.FillAsync(Branches, "gvp", cancellationToken);
        var shards = new HashSet<string>();
        for (var branch = 1; branch <= Branches; branch++) shards.Add(await ShardOfAsync(gate, branch, cancellationToken));
        if (shards.Count != 2) throw new InvalidOperationException($"all branches are on shard {shards.Single()}");
    }

    private static async Task<string> ShardOfAsync(Contender gate, int branch, CancellationToken cancellationToken)
    {
        var shards = new HashSet<string>();
        foreach (var statement in (string[])
        [
            $"UPDATE pgbench_branches SET bbalance = 0 WHERE bid = {branch}",
            $"UPDATE pgbench_tellers SET tbalance = 0 WHERE tid = {((branch - 1) * Tellers) + 1}",
            $"UPDATE pgbench_tellers SET tbalance = 0 WHERE tid = {branch * Tellers}",
            $"UPDATE pgbench_accounts SET abalance = 0 WHERE aid = {((branch - 1) * Accounts) + 1}",
            $"UPDATE pgbench_accounts SET abalance = 0 WHERE aid = {branch * Accounts}",
        ])
        {
            shards.Add(await Routing.ShardOfAsync(gate, statement, cancellationToken));
        }

        return shards.Count == 1 ? shards.Single() : throw new InvalidOperationException($"what belongs to branch {branch} is on shards {string.Join(" and ", shards)}");
    }

    private IEnumerable<string> Definitions()
    {
        yield return Vindex("by_bid", (Branches / 2) + 1);
        yield return Vindex("by_tid", (Branches / 2 * Tellers) + 1);
        yield return Vindex("by_aid", FirstAccountOfSecond);
        yield return "CREATE TABLE pgbench_branches (bid int NOT NULL, bbalance int, filler char(88)) WITH (shard_key = 'bid', vindex = 'by_bid')";
        yield return "CREATE TABLE pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84)) WITH (shard_key = 'tid', vindex = 'by_tid')";
        yield return "CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84)) WITH (shard_key = 'aid', vindex = 'by_aid')";
        yield return "CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22)) WITH (shard_key = 'aid', vindex = 'by_aid')";
    }

    private static string Vindex(string name, int firstOfSecond) => string.Create(CultureInfo.InvariantCulture,
        $$"""ALTER VSCHEMA CREATE VINDEX {{name}} USING range WITH ranges = '[{"to": {{firstOfSecond}}, "shard": "-80"}, {"from": {{firstOfSecond}}, "shard": "80-"}]'""");
}
