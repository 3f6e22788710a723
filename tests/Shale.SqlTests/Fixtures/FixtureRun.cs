using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>Runs one fixture in one dialect against an unsharded keyspace and every placement, and collects what differs.</summary>
internal sealed class FixtureRun(Fixture fixture, SqlDialect dialect, bool onPostgres = false) : IAsyncDisposable
{
    private readonly List<IFixtureDatabase> _databases = [];
    private IFixtureDatabase? _plain;

    /// <summary>What differed, in words.</summary>
    public IEnumerable<string> Differences =>
        _differences.Select(each => $"{fixture.Name}.sqltest:{each.Key.Statement.Line} {dialect}, {string.Join(", ", each.Value)}: {each.Key.Difference}\n    {each.Key.Statement.Sql}");

    private readonly Dictionary<(FixtureStatement Statement, string Difference), List<string>> _differences = [];

    public async Task RunAsync()
    {
        await OpenAsync("unsharded", 1, null);
        foreach (var placement in fixture.Placements)
        {
            for (var shards = 2; shards <= 4; shards++) await OpenAsync($"{placement.Name} on {shards}", shards, placement.With);
            await OpenAsync($"{placement.Name} assembled", 3, placement.With, assemble: true);
        }

        if (fixture.Plain && dialect == SqlDialect.Sqlite) _plain = new PlainDatabase();
        if (onPostgres) _plain = await PlainPostgres.OpenAsync();
        foreach (var statement in fixture.Statements) await CompareAsync(statement);
    }

    private async Task OpenAsync(string name, int shards, IReadOnlyDictionary<string, string>? with, bool assemble = false) =>
        _databases.Add(await ClusterDatabase.OpenAsync(name, shards, dialect, with, assemble, engines: onPostgres ? new TestEngines() : null));

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases) await database.DisposeAsync();
        if (_plain is not null) await _plain.DisposeAsync();
    }

    private async Task CompareAsync(FixtureStatement statement)
    {
        var expected = await _databases[0].RunAsync(statement.Sql);
        // Of PostgreSQL's language its own shards offer what SQLite's cannot.
        if (expected.Failure?.SqlState != statement.Error && !(onPostgres && expected.Failure is null && statement.Error == "0A000"))
        {
            Report(statement, _databases[0], expected.Failure is null ? $"success, not {statement.Error}" : $"{expected.Failure.SqlState}: {expected.Failure.Message}");
        }

        var ordered = !statement.Unordered && IsOrdered(statement.Sql);
        foreach (var database in _databases.Skip(1))
        {
            var actual = await database.RunAsync(statement.Sql);
            if (actual.Failure is { SqlState: "0A000" } && expected.Failure is null && statement.MayRefuse) continue;
            if (Difference(expected, actual, ordered) is { } difference) Report(statement, database, difference);
        }

        await ComparePlainAsync(statement, expected, ordered);
    }

    private async Task ComparePlainAsync(FixtureStatement statement, Answer actual, bool ordered)
    {
        if (_plain is null || statement.NotPlain || (onPostgres && actual.Failure?.SqlState == "0A000")) return;
        var plain = await _plain.RunAsync(statement.Sql);
        if (plain.Failure is not null && actual.Failure is not null) return;
        if (plain.Failure is not null || actual.Failure is not null)
        {
            Report(statement, _plain, $"plain gives {plain.Failure?.Message ?? "success"}, the gate {actual.Failure?.Message ?? "success"}");
        }
        else if (actual.Rows is not null && (plain.Affected != actual.Affected && !IsCreation(statement.Sql) ? $"plain changes {plain.Affected}, the gate {actual.Affected}"
            : ResultComparison.Difference(plain.Rows!, _plain is PlainDatabase ? ResultComparison.WithoutBooleans(actual.Rows) : actual.Rows, ordered)) is { } difference)
        {
            Report(statement, _plain, difference);
        }
    }

    // PostgreSQL counts the rows of CREATE TABLE AS as those of its SELECT.
    private static bool IsCreation(string sql) => sql.StartsWith("CREATE", StringComparison.Ordinal);

    private static string? Difference(Answer expected, Answer actual, bool ordered)
    {
        if (expected.Failure?.SqlState != actual.Failure?.SqlState)
        {
            return $"{actual.Failure?.SqlState ?? "success"} ({actual.Failure?.Message}), not {expected.Failure?.SqlState ?? "success"} ({expected.Failure?.Message})";
        }

        if (expected.Rows is null || actual.Rows is null) return null;
        if (expected.Affected != actual.Affected) return $"{actual.Affected} rows affected, not {expected.Affected}";
        return ResultComparison.TypeDifference(expected.Rows, actual.Rows) ?? ResultComparison.Difference(expected.Rows, actual.Rows, ordered);
    }

    private bool IsOrdered(string sql)
    {
        try
        {
            return SqlParser.Parse(sql, dialect) is SelectStatement { OrderBy.Count: > 0 };
        }
        catch (VitessException)
        {
            return false;
        }
    }

    private void Report(FixtureStatement statement, IFixtureDatabase database, string difference)
    {
        if (!_differences.TryGetValue((statement, difference), out var where)) _differences[(statement, difference)] = where = [];
        where.Add(database.Name);
    }
}
