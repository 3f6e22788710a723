using Shale.Engine.Specification;
using System.Text.RegularExpressions;
using Shale.Contracts;
using Shale.Engines;
using Shale.Sql;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.SqlTests;

/// <summary>What one database answered.</summary>
internal sealed record Answer(RowSet? Rows, long Affected, VitessException? Failure, string Tier = "");

/// <summary>A database that a fixture's statements are sent to.</summary>
internal interface IFixtureDatabase : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Runs one statement.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="values">The values of its parameters, in the order of their first use; null for none.</param>
    /// <param name="names">The names of its parameters; null if they go by place.</param>
    ValueTask<Answer> RunAsync(string sql, SqlValue[]? values = null, string[]? names = null);
}

/// <summary>A cluster; BEGIN, COMMIT and ROLLBACK become messages of the gate.</summary>
internal sealed partial class ClusterDatabase(string name, LocalCluster cluster, SqlDialect dialect, IReadOnlyDictionary<string, string>? with) : IFixtureDatabase
{
    private string? _transaction;

    public string Name => name;

    /// <summary>For each table what stands in its WITH (…); null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? With { get; set; } = with;

    public static async Task<ClusterDatabase> OpenAsync(
        string name, int shards, SqlDialect dialect, IReadOnlyDictionary<string, string>? with, bool assemble = false, Func<ITablet, ITablet>? wrap = null,
        int semiJoinKeys = 1_000, IEngineSource? engines = null)
    {
        var vschema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(shards)) with { Engine = engines?.Type ?? StorageEngineType.Sqlite });

        // The clock stands still: on a busy machine a transaction over all databases must not grow too old.
        var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { VSchema = vschema, ForceAssembly = assemble, WrapTablet = wrap, Clock = new ManualTime(), SemiJoinKeys = semiJoinKeys, Engines = engines is null ? [] : [engines] });
        return new ClusterDatabase(name, cluster, dialect, with);
    }

    public async ValueTask<Answer> RunAsync(string sql, SqlValue[]? values = null, string[]? names = null)
    {
        try
        {
            switch (sql.Trim().ToUpperInvariant())
            {
                case "BEGIN":
                    _transaction = (await cluster.Gate.BeginAsync(null, null, dialect)).TxId;
                    return new Answer(null, 0, null);
                case "COMMIT":
                    await cluster.Gate.CommitAsync(End());
                    return new Answer(null, 0, null);
                case "ROLLBACK":
                    await cluster.Gate.RollbackAsync(End());
                    return new Answer(null, 0, null);
            }

            var result = await cluster.Gate.ExecuteAsync(new GateRequest(Placed(sql), names is null ? values ?? [] : [])
            {
                Dialect = dialect, TxId = _transaction, NamedParams = names?.Zip(values!).ToDictionary(),
            });
            return new Answer(result.Rows, result.Affected, null, result.Tier);
        }
        catch (VitessException failure)
        {
            return new Answer(null, 0, failure);
        }
    }

    /// <summary>What VERIFY VINDEX says of all lookup vindexes.</summary>
    public async Task<IReadOnlyList<string>> LookupProblemsAsync()
    {
        var problems = new List<string>();
        foreach (var table in cluster.Gate.VSchema.Get("main").Tables.Values)
        {
            foreach (var lookup in table.Lookups)
            {
                var rows = (await cluster.Gate.ExecuteAsync(new GateRequest($"VERIFY VINDEX \"{lookup.Name}\" ON \"{table.Name}\"", []) { Dialect = dialect })).Rows;
                for (var i = 0; i < rows.RowCount; i++) problems.Add($"{lookup.Name}: {string.Join(", ", rows[i].ToArray())}");
            }
        }

        return problems;
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    private string End()
    {
        var transaction = _transaction!;
        _transaction = null;
        return transaction;
    }

    private string Placed(string sql)
    {
        if (With is null) return sql;
        var match = Create().Match(sql);
        return match.Success && With.TryGetValue(match.Groups[1].Value, out var options) && options.Length > 0 && !As().IsMatch(sql) ? $"{sql} WITH ({options})" : sql;
    }

    [GeneratedRegex(@"^\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?""?(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Create();

    [GeneratedRegex(@"^[^(]*\bAS\b", RegexOptions.IgnoreCase)]
    private static partial Regex As();
}

/// <summary>Plain SQLite, as its own shell would run it.</summary>
internal sealed class PlainDatabase : IFixtureDatabase
{
    private readonly SqliteConnection _connection = SqliteConnection.Open(":memory:", SqliteOpenMode.Create);

    public PlainDatabase() => _connection.ExecuteTrusted("PRAGMA foreign_keys = ON");

    public string Name => "plain SQLite";

    // With OR and ON CONFLICT SQLite leaves what a failed statement has done, in a transaction; Shale does not (S4.1).
    public ValueTask<Answer> RunAsync(string sql, SqlValue[]? values = null, string[]? names = null)
    {
        var mayStayHalf = _connection.InTransaction && (sql.StartsWith("INSERT", StringComparison.Ordinal) || sql.StartsWith("UPDATE", StringComparison.Ordinal));
        if (mayStayHalf) _connection.ExecuteTrusted("SAVEPOINT \"statement\"");
        var answer = Run(sql, values ?? []);
        if (mayStayHalf && answer.Failure is not null) _connection.ExecuteTrusted("ROLLBACK TO \"statement\"");
        if (mayStayHalf) _connection.ExecuteTrusted("RELEASE \"statement\"");
        return new(answer);
    }

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private Answer Run(string sql, SqlValue[] values)
    {
        SqliteStatement? statement = null;
        var before = _connection.TotalChanges;
        try
        {
            statement = _connection.Rent(sql);
            for (var i = 0; i < values.Length; i++) statement.Bind(i + 1, values[i]);
            var more = statement.Step();
            statement.RefreshColumnCount();
            var rows = new RowSet([.. Enumerable.Range(0, statement.ColumnCount).Select(i => new Field(statement.ColumnName(i), "unknown"))]);
            for (; more; more = statement.Step())
            {
                var row = rows.AddRow();
                for (var i = 0; i < row.Length; i++) row[i] = statement.Column(i);
            }

            return new Answer(rows, _connection.TotalChanges > before ? _connection.Changes : 0, null);
        }
        catch (VitessException failure)
        {
            return new Answer(null, 0, failure);
        }
        finally
        {
            if (statement is not null) _connection.Return(statement);
        }
    }
}
