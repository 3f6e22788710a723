using Shale.Sql;
using Shale.Vitess;

namespace Shale.SqlTests;

/// <summary>
/// Runs the same statements in the same session against an unsharded keyspace, sharded ones, a sharded one that assembles whatever it can (T1 against T2), and for dialect
/// sqlite plain SQLite. Every answer is compared, after every write also every table; now and then some statements share a transaction.
/// </summary>
internal sealed class DifferentialRun(SqlDialect dialect, int seed) : IAsyncDisposable
{
    private readonly List<IFixtureDatabase> _databases = [];
    private readonly Random _random = new(seed);
    private int _leftInTransaction;

    /// <summary>How many statements both sides refused with the same code.</summary>
    public int Refused { get; private set; }

    /// <summary>How many statements only the sharded side refused, by SQLSTATE 0A000.</summary>
    public int NotOffered { get; private set; }

    /// <summary>How many transactions there were.</summary>
    public int Transactions { get; private set; }

    /// <summary>How many SELECTs ran as T0, T1 and T2.</summary>
    public Dictionary<string, int> Tiers { get; } = [];

    /// <summary>Opens the databases.</summary>
    /// <param name="wrap">Put around each tablet of the sharded ones; null for nothing.</param>
    public async Task OpenAsync(Func<ITablet, ITablet>? wrap = null)
    {
        _databases.Add(await ClusterDatabase.OpenAsync("unsharded", 1, dialect, null));
        foreach (var variant in SchemaVariant.Sharded) _databases.Add(await ClusterDatabase.OpenAsync(variant.Name, variant.Shards, dialect, variant.With, wrap: wrap));
        var apart = SchemaVariant.Sharded[1];
        _databases.Add(await ClusterDatabase.OpenAsync($"assembled {apart.Name}", apart.Shards, dialect, apart.With, assemble: true));
        if (dialect == SqlDialect.Sqlite) _databases.Add(new PlainDatabase());
        foreach (var table in TestTable.All) await EverywhereAsync(table.Create(""));
    }

    /// <summary>Runs random statements; throws with seed, statement and difference at the first that differs.</summary>
    public async Task RunAsync(int statements)
    {
        var generator = new StatementGenerator(_random, dialect);
        for (var i = 0; i < statements; i++)
        {
            if (i % 200 == 0) await RefillAsync(generator);
            if (_leftInTransaction == 0 && _random.Next(25) == 0) await BeginAsync();
            await CompareAsync(generator.Next(), i);
            if (_leftInTransaction > 0 && --_leftInTransaction == 0) await EndAsync(i);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases) await database.DisposeAsync();
    }

    private async Task BeginAsync()
    {
        _leftInTransaction = _random.Next(2, 8);
        Transactions++;
        await EverywhereAsync("BEGIN");
    }

    private async Task EndAsync(int number)
    {
        var end = new GeneratedStatement(_random.Next(3) == 0 ? "ROLLBACK" : "COMMIT", false, true);
        var expected = await _databases[0].RunAsync(end.Sql);
        foreach (var database in _databases.Skip(1)) RequireSameOutcome(end, number, database, expected, await database.RunAsync(end.Sql));
        await CompareTablesAsync(end, number);
    }

    private async Task EverywhereAsync(string sql)
    {
        foreach (var database in _databases)
        {
            if ((await database.RunAsync(sql)).Failure is { } failure) throw new InvalidOperationException($"{database.Name}: {sql}: {failure.Message}");
        }
    }

    private async Task RefillAsync(StatementGenerator generator)
    {
        if (_leftInTransaction > 0)
        {
            _leftInTransaction = 0;
            foreach (var database in _databases) await database.RunAsync("ROLLBACK");
        }

        foreach (var table in TestTable.All)
        {
            await EverywhereAsync($"DELETE FROM {table.Name}");
            await EverywhereAsync(generator.Fill(table));
        }
    }

    private async Task CompareAsync(GeneratedStatement statement, int number)
    {
        var expected = await _databases[0].RunAsync(statement.Sql);
        var mend = false;
        foreach (var database in _databases.Skip(1))
        {
            // A read is asked of some of the sharded ones: it leaves nothing behind by which they could come apart.
            if (!statement.IsWrite && _leftInTransaction == 0 && _random.Next(3) == 0) continue;
            var actual = await database.RunAsync(statement.Sql);
            if (IsRefusal(actual.Failure) && expected.Failure is null)
            {
                NotOffered++;
                mend |= statement.IsWrite || _leftInTransaction > 0;
                continue;
            }

            RequireSameOutcome(statement, number, database, expected, actual);
            if (expected.Failure is not null) continue;
            if (!statement.IsWrite) Tiers[actual.Tier] = Tiers.GetValueOrDefault(actual.Tier) + 1;
            if (actual.Affected != expected.Affected) throw Differs(statement, number, database, $"{actual.Affected} rows affected, not {expected.Affected}");
            if (ResultComparison.Difference(expected.Rows!, actual.Rows!, statement.Ordered) is { } difference) throw Differs(statement, number, database, difference);
        }

        if (expected.Failure is not null) Refused++;
        if (mend) await RefillAsync(new StatementGenerator(_random, dialect));
        else if (statement.IsWrite && expected.Failure is null) await CompareTablesAsync(statement, number);
    }

    // What shards cannot do they refuse; a range vindex has no place for keys that are no integers.
    private static bool IsRefusal(VitessException? failure) =>
        failure is { SqlState: "0A000" } || (failure is { SqlState: "23514" } && failure.Message.StartsWith("no range of vindex", StringComparison.Ordinal));

    private void RequireSameOutcome(GeneratedStatement statement, int number, IFixtureDatabase database, Answer expected, Answer actual)
    {
        // Plain SQLite has codes of its own.
        var same = database is PlainDatabase ? expected.Failure is null == actual.Failure is null : expected.Failure?.SqlState == actual.Failure?.SqlState;
        if (same) return;
        throw Differs(statement, number, database,
            $"{actual.Failure?.SqlState ?? "success"} ({actual.Failure?.Message}), not {expected.Failure?.SqlState ?? "success"} ({expected.Failure?.Message})");
    }

    private async Task CompareTablesAsync(GeneratedStatement statement, int number)
    {
        // The written table after each statement, all of them now and then and at the end of a transaction.
        var all = statement.Sql is "COMMIT" or "ROLLBACK" || number % 20 == 0;
        foreach (var table in TestTable.All)
        {
            if (!all && !Writes(statement.Sql, table)) continue;
            var expected = await _databases[0].RunAsync($"SELECT * FROM {table.Name}");
            foreach (var database in _databases.Skip(1))
            {
                var actual = await database.RunAsync($"SELECT * FROM {table.Name}");
                RequireSameOutcome(statement, number, database, expected, actual);
                if (expected.Failure is not null) continue;
                if (ResultComparison.Difference(expected.Rows!, actual.Rows!, false) is { } difference) throw Differs(statement, number, database, $"then table {table.Name}: {difference}");
            }
        }
    }

    private static bool Writes(string sql, TestTable table) =>
        ((string[])[$"INSERT INTO {table.Name} ", $"UPDATE {table.Name} ", $"DELETE FROM {table.Name} "]).Any(start => sql.StartsWith(start, StringComparison.Ordinal));

    private Xunit.Sdk.XunitException Differs(GeneratedStatement statement, int number, IFixtureDatabase database, string difference) => new(
        $"""
        Statement {number} differs {database.Name}{(_leftInTransaction > 0 ? " in a transaction" : "")}: {difference}
        {statement.Sql}
        seed {seed}, dialect {dialect}
        replay: SHALE_SEED={seed} SHALE_STATEMENTS={number + 1} ./test SqlTests --filter {dialect}Differential
        """);
}
