using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>The rows of one statement in chunks, with what it holds while it runs: a reader, or the turn in its transaction.</summary>
internal sealed class TabletStream : IAsyncDisposable
{
    // Large enough to hide the cost of a chunk, small enough for a merge over many shards to hold one of each.
    private const int ChunkBytes = 256 * 1024;

    private readonly VTTablet _tablet;
    private readonly IAsyncEnumerator<RowSet> _rows;
    private readonly IEngineConnection? _reader;
    private readonly TabletTurn? _turn;
    private readonly TabletMetrics.Measured _start;
    private VitessException? _failure;

    private TabletStream(VTTablet tablet, IEngineConnection? reader, TabletTurn? turn, IAsyncEnumerator<RowSet> rows, string sql)
    {
        (_tablet, _reader, _turn, _rows) = (tablet, reader, turn, rows);
        _start = tablet.Metrics.Start(sql);
    }

    public RowSet Current => _rows.Current;

    public static async ValueTask<TabletStream> OpenAsync(VTTablet tablet, ShardQueryRequest request, CancellationToken cancellationToken)
    {
        if (request.TxId is { } txId)
        {
            VTTablet.RequireOneSnapshot(request);
            var turn = await TabletTurn.EnterAsync(tablet, txId, request.Shard, request.Sql, write: false, cancellationToken);
            return new TabletStream(tablet, null, turn, Start(turn.Connection, request, cancellationToken), request.Sql);
        }

        try
        {
            tablet.Require(request.Shard);
            var reader = await tablet.TakeReaderAsync(request.AsOf, cancellationToken);
            return new TabletStream(tablet, reader, null, Start(reader, request, cancellationToken), request.Sql);
        }
        catch (Exception exception) when (tablet.Translate(exception) is { } failure)
        {
            throw failure;
        }
    }

    public async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            return _turn is { } turn ? await turn.RunAsync((_, _) => _rows.MoveNextAsync()) : await _rows.MoveNextAsync();
        }
        catch (Exception exception) when (_tablet.Translate(exception) is { } failure)
        {
            _failure = failure;
            throw failure;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync();
        if (_turn is not null) await _turn.DisposeAsync();
        if (_reader is null) return;
        _tablet.Metrics.End(_start, _failure);
        _tablet.Readers.Return(_reader, !VTTablet.IsEngineFailure(_failure));
    }

    private static IAsyncEnumerator<RowSet> Start(IEngineConnection connection, ShardQueryRequest request, CancellationToken cancellationToken) =>
        connection.StreamAsync(request.Sql, request.Params, ChunkBytes, request.Encoding, cancellationToken).GetAsyncEnumerator(cancellationToken);
}
