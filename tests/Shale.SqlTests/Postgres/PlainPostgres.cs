using System.Text.RegularExpressions;
using Shale.Contracts;
using Shale.Engine.Specification.Postgres;
using Shale.Postgres;
using Shale.Vitess;

namespace Shale.SqlTests;

/// <summary>One PostgreSQL database, as its own shell would run it.</summary>
internal sealed partial class PlainPostgres : IFixtureDatabase
{
    private readonly string _database;
    private readonly PostgresEngine _engine;
    private readonly IEngineConnection _connection;

    private PlainPostgres(string database, PostgresEngine engine, IEngineConnection connection) => (_database, _engine, _connection) = (database, engine, connection);

    public string Name => "plain PostgreSQL";

    public static async Task<PlainPostgres> OpenAsync()
    {
        var (name, connection) = await TestPostgres.NamedDatabaseAsync();
        var engine = new PostgresEngine(new PostgresEngineOptions { ConnectionString = connection });
        return new PlainPostgres(name, engine, await engine.OpenAsync(EngineAccess.Write, default));
    }

    public async ValueTask<Answer> RunAsync(string sql, SqlValue[]? values = null, string[]? names = null)
    {
        try
        {
            switch (sql.Trim().ToUpperInvariant())
            {
                case "BEGIN":
                    await _connection.BeginAsync(IsolationLevel.ReadCommitted, false, default);
                    return new Answer(null, 0, null);
                case "COMMIT":
                    await _connection.CommitAsync(default);
                    return new Answer(null, 0, null);
                case "ROLLBACK":
                    await _connection.RollbackAsync(default);
                    return new Answer(null, 0, null);
            }

            var result = await _connection.ExecuteAsync(values is null ? sql : Numbered(sql, names), values ?? [], default);
            return new Answer(result.Rows, result.Affected, null);
        }
        catch (VitessException failure)
        {
            return new Answer(null, 0, failure);
        }
    }

    // PostgreSQL itself knows $1 only; the gate knows what other clients write, too.
    private static string Numbered(string sql, string[]? names)
    {
        var next = 0;
        return Signs().Replace(sql, match => match.Value[0] switch
        {
            '?' => match.Length > 1 ? "$" + match.Value[1..] : $"${++next}",
            ':' or '@' when match.Value != "::" => $"${Array.FindIndex(names!, name => name.TrimStart(':', '@', '$') == match.Value[1..]) + 1}",
            _ => match.Value,
        });
    }

    [GeneratedRegex("""'(?:[^']|'')*'|"[^"]*"|::|[:@]\w+|\?\d*""")]
    private static partial Regex Signs();

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _engine.DisposeAsync();
        await (await TestPostgres.ServerAsync()).DropDatabaseAsync(_database);
    }
}
