using Shale.Sql;
using Shale.Vitess;

namespace Shale.SqlTests;

/// <summary>
/// Runs the same statements in the same session against an unsharded keyspace, sharded ones, a sharded one that assembles whatever it can (T1 against T2), and for dialect
/// sqlite plain SQLite. Every answer is compared, after every write also every table; now and then some statements share a transaction.
/// </summary>
internal sealed class DifferentialRun(SqlDialect dialect, int seed, IReadOnlyList<SchemaVariant> sharded, bool onPostgres = false) : IAsyncDisposable
{
    private const int StatementsOnASchema = 1_000;
    private const int StatementsOnData = 200;
    private const string All = "*";
    private readonly List<IFixtureDatabase> _databases = [];
    private readonly Random _random = new(seed);
    private TestSchema _schema = TestSchema.Fixed;
    private bool _hasTables;
    private int _leftInTransaction;
    private int _savepoints;

    /// <summary>How many statements all sides refused, by SQLSTATE.</summary>
    public SortedDictionary<string, int> Refused { get; } = [];

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
        _databases.Add(await ClusterDatabase.OpenAsync("unsharded", 1, dialect, null, engines: Engines()));
        foreach (var variant in sharded) _databases.Add(await ClusterDatabase.OpenAsync(variant.Name, variant.Shards, dialect, null, wrap: wrap, semiJoinKeys: variant.SemiJoinKeys, engines: Engines()));
        var assembled = SchemaVariant.Assembled;
        _databases.Add(await ClusterDatabase.OpenAsync(assembled.Name, assembled.Shards, dialect, null, assemble: true, semiJoinKeys: assembled.SemiJoinKeys, engines: Engines()));
        if (dialect == SqlDialect.Sqlite) _databases.Add(new PlainDatabase());
        if (onPostgres) _databases.Add(await PlainPostgres.OpenAsync());
    }

    private TestEngines? Engines() => onPostgres ? new TestEngines() : null;

    /// <summary>Runs random statements; throws with seed, statement and difference at the first that differs.</summary>
    public async Task RunAsync(int statements)
    {
        var generator = new StatementGenerator(_random, dialect, _schema);
        for (var i = 0; i < statements; i++)
        {
            if (i % StatementsOnASchema == 0)
            {
                await RedrawAsync(i);
                generator = new StatementGenerator(_random, dialect, _schema);
            }

            if (i % StatementsOnData == 0) await RefillAsync(generator);
            if (_leftInTransaction == 0 && _random.Next(25) == 0) await BeginAsync();
            if (_leftInTransaction > 0 && _random.Next(6) == 0) await SavepointAsync(i);
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
        _leftInTransaction = _random.Next(2, 10);
        _savepoints = 0;
        Transactions++;
        await EverywhereAsync("BEGIN");
    }

    // Sets a savepoint, or goes back to one, or forgets one; those behind it go with it.
    private async Task SavepointAsync(int number)
    {
        var name = _random.Next(1, Math.Max(2, _savepoints + 1));
        var choice = _savepoints == 0 ? 0 : _random.Next(4);
        var sql = choice switch
        {
            0 => $"SAVEPOINT s{_savepoints + 1}",
            1 => $"RELEASE s{name}",
            _ => $"ROLLBACK TO s{name}",
        };
        if (!await ControlAsync(sql, number)) return;
        _savepoints = choice switch { 0 => _savepoints + 1, 1 => name - 1, _ => name };
    }

    private Task<bool> EndAsync(int number) => ControlAsync(_random.Next(3) == 0 ? "ROLLBACK" : "COMMIT", number);

    private async Task<bool> ControlAsync(string sql, int number)
    {
        var statement = new GeneratedStatement(sql, false, true) { Written = All };
        var expected = await _databases[0].RunAsync(sql);
        foreach (var database in _databases.Skip(1)) RequireSameOutcome(statement, number, database, expected, await database.RunAsync(sql));
        await CompareTablesAsync(statement, number);
        return expected.Failure is null;
    }

    private async Task EverywhereAsync(string sql)
    {
        foreach (var database in _databases)
        {
            if ((await database.RunAsync(sql)).Failure is { } failure) throw new InvalidOperationException($"{database.Name}: {sql}: {failure.Message}");
        }
    }

    // Every third schema is the fixed one, whose tables have the most to do with each other.
    private async Task RedrawAsync(int number)
    {
        await LeaveTransactionAsync();
        foreach (var table in _hasTables ? _schema.Sources.Reverse() : []) await EverywhereAsync(table.Drop);
        _schema = number / StatementsOnASchema % 3 == 2 ? TestSchema.Fixed : TestSchema.Draw(_random, dialect);
        var variants = sharded.Append(SchemaVariant.Assembled).GetEnumerator();
        foreach (var database in _databases.OfType<ClusterDatabase>().Skip(1))
        {
            variants.MoveNext();
            database.With = variants.Current.Options(_schema, _random);
        }

        foreach (var table in _schema.Sources) await EverywhereAsync(table.Create(dialect));
        _hasTables = true;
    }

    private async Task LeaveTransactionAsync()
    {
        if (_leftInTransaction == 0) return;
        _leftInTransaction = 0;
        foreach (var database in _databases) await database.RunAsync("ROLLBACK");
    }

    private async Task RefillAsync(StatementGenerator generator)
    {
        await LeaveTransactionAsync();
        foreach (var database in _databases.OfType<ClusterDatabase>())
        {
            if (await database.LookupProblemsAsync() is { Count: > 0 } problems) throw new Xunit.Sdk.XunitException($"{database.Name}: {string.Join("; ", problems)}, seed {seed}, dialect {dialect}");
        }

        foreach (var table in _schema.Tables)
        {
            await EverywhereAsync($"DELETE FROM {table.Name}");
            await EverywhereAsync(generator.Fill(table));
        }
    }

    private async Task CompareAsync(GeneratedStatement statement, int number)
    {
        var expected = await _databases[0].RunAsync(statement.Sql, statement.Values, statement.Names);
        var mend = false;
        foreach (var database in _databases.Skip(1))
        {
            // A read is asked of some of the sharded ones: it leaves nothing behind by which they could come apart.
            if (!statement.IsWrite && _leftInTransaction == 0 && _random.Next(3) == 0) continue;
            var actual = await database.RunAsync(statement.Sql, statement.Values, statement.Names);
            if (IsRefusal(actual.Failure) && database is ClusterDatabase)
            {
                NotOffered++;
                mend |= expected.Failure is null && (statement.IsWrite || _leftInTransaction > 0);
                continue;
            }

            if (IsMoreStrict(expected, actual) || IsMoreStrict(actual, expected) || (database is PlainPostgres && IsRefusal(expected.Failure) && actual.Failure is null))
            {
                mend = true;
                continue;
            }

            RequireSameOutcome(statement, number, database, expected, actual);
            if (expected.Failure is not null) continue;
            if (!statement.IsWrite) Tiers[actual.Tier] = Tiers.GetValueOrDefault(actual.Tier) + 1;
            if (actual.Affected != expected.Affected) throw Differs(statement, number, database, $"{actual.Affected} rows affected, not {expected.Affected}");
            if (Difference(statement, database, expected, actual) is { } difference) throw Differs(statement, number, database, difference);
        }

        if (expected.Failure?.SqlState is { } state) Refused[state] = Refused.GetValueOrDefault(state) + 1;
        if (mend) await RefillAsync(new StatementGenerator(_random, dialect, _schema));
        else if (statement.IsWrite && expected.Failure is null) await CompareTablesAsync(statement, number);
    }

    // INSERT … SELECT over shards assigns values, of which PostgreSQL would have said before that their type (text, of a parameter that ORDER BY names) is not the column's.
    private bool IsMoreStrict(Answer one, Answer other) => onPostgres && one.Failure?.SqlState == "42804" && other.Failure is null;

    private string? Difference(GeneratedStatement statement, IFixtureDatabase database, Answer expected, Answer actual)
    {
        if (Difference(database, expected, actual, statement.Ordered) is not { } difference) return null;

        // Sums of floats that differ in their last digits come in another order; of the numbers 1 and 1.0, which SQLite holds equal, either may stand for both.
        var ordered = statement.Ordered && !HasAny(statement.Sql, "AVG(", "SUM(", "TOTAL(");
        if (dialect == SqlDialect.Sqlite && HasAny(statement.Sql, "DISTINCT", "GROUP BY", "UNION", "INTERSECT", "EXCEPT"))
        {
            (expected, actual) = (expected with { Rows = ResultComparison.WithWholeNumbers(expected.Rows!) }, actual with { Rows = ResultComparison.WithWholeNumbers(actual.Rows!) });
        }

        return Difference(database, expected, actual, ordered) is null ? null : difference;
    }

    private static bool HasAny(string sql, params string[] parts) => parts.Any(part => sql.Contains(part, StringComparison.Ordinal));

    private static string? Difference(IFixtureDatabase database, Answer expected, Answer actual, bool ordered) =>
        ResultComparison.Difference(database is PlainDatabase ? ResultComparison.WithoutBooleans(expected.Rows!) : expected.Rows!, actual.Rows!, ordered);

    // What shards cannot do they refuse; a range vindex has no place for keys that are no integers.
    private static bool IsRefusal(VitessException? failure) =>
        failure is { SqlState: "0A000" } || (failure is { SqlState: "23514" } && failure.Message.Contains("has no place for the key", StringComparison.Ordinal));

    private void RequireSameOutcome(GeneratedStatement statement, int number, IFixtureDatabase database, Answer expected, Answer actual)
    {
        // Plain SQLite has codes of its own. Which of several violated constraints is named is left open; what is not offered may fail otherwise first.
        var same = database is PlainDatabase ? expected.Failure is null == actual.Failure is null : expected.Failure?.SqlState == actual.Failure?.SqlState
            || (IsViolation(expected.Failure) && IsViolation(actual.Failure)) || (IsRefusal(expected.Failure) && actual.Failure is not null);
        if (same) return;
        throw Differs(statement, number, database,
            $"{actual.Failure?.SqlState ?? "success"} ({actual.Failure?.Message}), not {expected.Failure?.SqlState ?? "success"} ({expected.Failure?.Message})");
    }

    private static bool IsViolation(VitessException? failure) => failure?.SqlState is { } state && (state.StartsWith("23", StringComparison.Ordinal) || state is "42804" or "21000");

    // What the tables that the statement names look like.
    private string Tables(GeneratedStatement statement, IFixtureDatabase database) => string.Join('\n', _schema.Sources
        .Where(table => statement.Written == All || statement.Sql.Contains(table.Name, StringComparison.Ordinal)
            || _schema.Sources.Any(view => view.Query?.Contains(table.Name, StringComparison.Ordinal) == true && statement.Sql.Contains(view.Name, StringComparison.Ordinal)))
        .Select(table => $"{table.Create(dialect)} {(database as ClusterDatabase)?.With?.GetValueOrDefault(table.Name)}"));

    private async Task CompareTablesAsync(GeneratedStatement statement, int number)
    {
        // The written table after each statement, all of them now and then and at the end of a transaction.
        var all = statement.Written == All || number % 20 == 0;
        foreach (var table in _schema.Tables)
        {
            if (!all && statement.Written != table.Name) continue;
            var expected = await _databases[0].RunAsync($"SELECT * FROM {table.Name}");
            foreach (var database in _databases.Skip(1))
            {
                var actual = await database.RunAsync($"SELECT * FROM {table.Name}");
                RequireSameOutcome(statement, number, database, expected, actual);
                if (expected.Failure is not null) continue;
                if (Difference(database, expected, actual, false) is { } difference) throw Differs(statement, number, database, $"then table {table.Name}: {difference}");
            }
        }
    }

    private Xunit.Sdk.XunitException Differs(GeneratedStatement statement, int number, IFixtureDatabase database, string difference) => new(
        $"""
        Statement {number} differs {database.Name}{(_leftInTransaction > 0 ? " in a transaction" : "")}: {difference}
        {statement}
        {Tables(statement, database)}
        seed {seed}, dialect {dialect}
        replay: SHALE_SEED={seed} SHALE_STATEMENTS={number + 1} ./test SqlTests --filter {dialect}{(onPostgres ? "Shard" : "")}Differential
        """);
}
