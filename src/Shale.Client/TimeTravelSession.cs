using Shale.Contracts;

namespace Shale.Client;

/// <summary>
/// A keyspace at one moment: its rows, tables, views and indexes of then. It can only be read: READ_ONLY_TRANSACTION (25006) for a statement that writes. Each query names the point anew, so there is nothing
/// to close. Thread-safe.
/// </summary>
public sealed class TimeTravelSession
{
    private readonly VitessClient _client;

    internal TimeTravelSession(VitessClient client, TimePoint asOf, TimeTravelScope scope) => (_client, Point, Scope) = (client, asOf, scope);

    /// <summary>The point.</summary>
    public TimePoint Point { get; }

    /// <summary>How far it reaches.</summary>
    public TimeTravelScope Scope { get; }

    /// <summary>Runs a query.</summary>
    public Task<QueryResult<Row>> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        QueryAsync<Row>(sql, parameters, cancellationToken);

    /// <summary>Runs a query and maps each row.</summary>
    public Task<QueryResult<T>> QueryAsync<T>(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        VitessClient.MapAsync<T>(QueryRowsAsync(sql, RequestParams.From(parameters), cancellationToken));

    /// <summary>Runs a query and gives its rows as they are.</summary>
    public Task<QueryResult> QueryRowsAsync(string sql, RequestParams? parameters = null, CancellationToken cancellationToken = default) =>
        _client.QueryAtAsync(Point, sql, parameters, cancellationToken);
}
