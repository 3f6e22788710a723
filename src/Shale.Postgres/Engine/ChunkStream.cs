namespace Shale.Postgres;

/// <summary>The rows of one statement in chunks, read as they are asked for: a slow reader holds the server back. It can be enumerated once.</summary>
/// <param name="cancellationToken">Whoever asked for the stream; who enumerates it may give another.</param>
internal abstract class ChunkStream(CancellationToken cancellationToken) : IAsyncEnumerable<RowSet>, IAsyncEnumerator<RowSet>
{
    private readonly CancellationToken _outer = cancellationToken;
    private CancellationTokenSource? _either;

    /// <inheritdoc/>
    public RowSet Current { get; protected set; } = new([]);

    /// <summary>Cancels the statement.</summary>
    protected CancellationToken Token { get; private set; }

    /// <inheritdoc/>
    public IAsyncEnumerator<RowSet> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Token = _outer.CanBeCanceled ? _outer : cancellationToken;
        if (_outer.CanBeCanceled && cancellationToken.CanBeCanceled && _outer != cancellationToken)
        {
            _either = CancellationTokenSource.CreateLinkedTokenSource(_outer, cancellationToken);
            Token = _either.Token;
        }

        return this;
    }

    /// <inheritdoc/>
    public abstract ValueTask<bool> MoveNextAsync();

    /// <summary>Ends the statement where it stands. In a transaction its rows are read to the end: to stop it would abort the transaction.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndAsync();
        }
        finally
        {
            _either?.Dispose();
        }
    }

    /// <summary>See <see cref="DisposeAsync"/>.</summary>
    protected abstract ValueTask EndAsync();
}
