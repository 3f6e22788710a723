using Shale.Contracts;

namespace Shale.Client;

/// <summary>
/// An open transaction. Its statements run one after another: await each before the next. Disposing it without a commit rolls it back; what
/// fails then is not told, for the server rolls back by itself what is idle.
/// </summary>
public sealed class Transaction : IAsyncDisposable
{
    private readonly VitessClient _client;
    private int _ended;

    internal Transaction(VitessClient client, string id, IReadOnlyList<string> shards)
    {
        _client = client;
        Id = id;
        Shards = shards;
    }

    /// <summary>Its id at the gate.</summary>
    public string Id { get; }

    /// <summary>The shards it may come to touch, as BEGIN told them.</summary>
    public IReadOnlyList<string> Shards { get; }

    /// <summary>Whether it was committed or rolled back from here.</summary>
    public bool IsEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>See <see cref="VitessClient.QueryAsync(string, IReadOnlyList{object?}?, CancellationToken)"/>.</summary>
    public Task<QueryResult<Row>> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        QueryAsync<Row>(sql, parameters, cancellationToken);

    /// <summary>See <see cref="VitessClient.QueryAsync{T}(string, IReadOnlyList{object?}?, CancellationToken)"/>.</summary>
    public Task<QueryResult<T>> QueryAsync<T>(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        VitessClient.MapAsync<T>(_client.QueryRowsAsync(sql, RequestParams.From(parameters), Id, cancellationToken));

    /// <summary>See <see cref="VitessClient.QueryRowsAsync(string, RequestParams?, CancellationToken)"/>.</summary>
    public Task<QueryResult> QueryRowsAsync(string sql, RequestParams? parameters = null, CancellationToken cancellationToken = default) =>
        _client.QueryRowsAsync(sql, parameters, Id, cancellationToken);

    /// <summary>See <see cref="VitessClient.ExecuteAsync(string, IReadOnlyList{object?}?, CancellationToken)"/>.</summary>
    public Task<ExecuteResult> ExecuteAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        _client.ExecuteAsync(sql, RequestParams.From(parameters), Id, cancellationToken);

    /// <summary>See <see cref="VitessClient.BatchAsync(IReadOnlyList{BatchStatement}, bool, CancellationToken)"/>.</summary>
    public Task<BatchResult> BatchAsync(IReadOnlyList<BatchStatement> statements, CancellationToken cancellationToken = default) =>
        _client.BatchAsync(statements, false, Id, cancellationToken);

    /// <summary>Commits; never retried. After a failure of the connection it is not known whether the commit happened.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        await _client.CommitAsync(Id, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _ended, 1);
    }

    /// <summary>Rolls back.</summary>
    public async Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _ended, 1);
        await _client.RollbackAsync(Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Rolls back unless it was committed or rolled back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        try
        {
            await _client.RollbackAsync(Id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (VitessException)
        {
            // Whatever brought us here is what the caller must hear of.
        }
    }
}
