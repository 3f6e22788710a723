using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification;

/// <summary>
/// The base of every specification class: an engine and shorthands. A specification is abstract; one class per engine inherits it. Its SQL is what
/// all engines share, with parameters $1, $2 … in order of appearance.
/// </summary>
public abstract class EngineSpecification : IAsyncLifetime
{
    private readonly List<IEngineConnection> _connections = [];

    protected IStorageEngine Engine { get; private set; } = null!;

    protected IEngineConnection Writer { get; private set; } = null!;

    protected abstract IStorageEngine Create();

    public async Task InitializeAsync()
    {
        Engine = Create();
        Writer = await OpenAsync(EngineAccess.Write);
    }

    public async Task DisposeAsync()
    {
        foreach (var connection in _connections) await connection.DisposeAsync();
        await Engine.DisposeAsync();
    }

    protected async Task<IEngineConnection> OpenAsync(EngineAccess access)
    {
        var connection = await Engine.OpenAsync(access, default);
        _connections.Add(connection);
        return connection;
    }

    protected async Task<IEngineConnection> ScratchAsync()
    {
        var connection = await Engine.OpenScratchAsync(default);
        _connections.Add(connection);
        return connection;
    }

    protected static async Task RunAsync(IEngineConnection connection, params string[] statements)
    {
        foreach (var statement in statements) await connection.ExecuteAsync(statement, [], default);
    }

    protected static Task<ShardResult> ExecuteAsync(IEngineConnection connection, string sql, params SqlValue[] parameters) =>
        connection.ExecuteAsync(sql, parameters, default).AsTask();

    protected static async Task<SqlValue> OneAsync(IEngineConnection connection, string sql, params SqlValue[] parameters)
    {
        var rows = (await ExecuteAsync(connection, sql, parameters)).Rows;
        Assert.Equal(1, rows.RowCount);
        return rows[0][0];
    }

    /// <summary>Expects a failure that says what to do.</summary>
    protected internal static async Task<VitessException> FailsAsync(string code, string state, Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<VitessException>(action);
        Assert.Equal((code, state), (failure.Code, failure.SqlState));
        Assert.False(string.IsNullOrEmpty(failure.Hint));
        return failure;
    }

    protected static string Text(RowSet rows)
    {
        var lines = new List<string>();
        for (var i = 0; i < rows.RowCount; i++) lines.Add(string.Join(',', rows[i].ToArray()));
        return string.Join(' ', lines);
    }

    protected static string Types(RowSet rows) => string.Join(' ', rows.Fields.Select(field => $"{field.Name}:{field.Type}"));
}
