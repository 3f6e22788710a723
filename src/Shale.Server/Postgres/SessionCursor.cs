using System.Runtime.CompilerServices;

namespace Shale.Server;

/// <summary>
/// A cursor of one session: stands before the first row (0), on a row, or behind the last. One that only goes forward reads its query as it is fetched; when the transaction has another statement to run, or where the cursor may go
/// back or outlives its transaction, the rows are kept in a <see cref="RowSpool"/>. Not thread-safe.
/// </summary>
/// <param name="declaration">What was declared.</param>
/// <param name="source">Its query, which runs; the cursor closes it.</param>
/// <param name="directory">Where temporary files are made.</param>
internal sealed class SessionCursor(CursorDeclaration declaration, OpenResult source, string directory) : IAsyncDisposable
{
    private const int ChunkRows = 256;
    private const long ChunkBytes = 64 << 10;

    private RowSpool? _spool;

    // The row that the spool's first one is, and where the cursor stands; rows count from 1.
    private long _first = 1, _at;
    private bool _isBehind;
    private (RowSet Rows, int Index)? _chunk;

    /// <summary>What was declared.</summary>
    public CursorDeclaration Declaration => declaration;

    /// <summary>When.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>How many savepoints its transaction had.</summary>
    public int Depth { get; set; }

    /// <summary>Whether its transaction has committed, and it goes on.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<Field> Fields { get; } = source.Rows.Fields;

    /// <summary>Whether its query runs: then its transaction takes no other statement.</summary>
    public bool Runs => source.Runs;

    /// <summary>Takes the rows that are left, so that the query has ended.</summary>
    public async ValueTask SettleAsync()
    {
        if (_spool is not null) return;
        (_spool, _first) = (new RowSpool(Fields, directory), _at + 1);
        while (await TakeAsync() is { } next) await _spool.AddAsync(next.Rows, next.Index);
        await source.DisposeAsync();
    }

    /// <summary>The rows that a FETCH gives, in chunks; the cursor moves as they are read.</summary>
    public async IAsyncEnumerable<RowSet> FetchAsync(CursorMove move, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (forward, count) = await ApproachAsync(move, isMove: false);
        var chunk = new RowSet(Fields);
        for (long bytes = 0; count > 0 && await StepAsync(forward) is { } row; count--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            chunk.Add(row.Rows[row.Index]);
            foreach (ref readonly var value in row.Rows[row.Index]) bytes += value.SizeBytes;
            if (chunk.RowCount < ChunkRows && bytes < ChunkBytes) continue;
            yield return chunk;
            (chunk, bytes) = (new RowSet(Fields), 0);
        }

        yield return chunk;
    }

    /// <summary>MOVE: how many rows FETCH would have given.</summary>
    public async ValueTask<long> MoveAsync(CursorMove move)
    {
        if (move is { Kind: CursorMoveKind.Relative or CursorMoveKind.Forward or CursorMoveKind.Backward, Count: 0 }) return _at > 0 && !_isBehind ? 1 : 0;
        var (forward, count) = await ApproachAsync(move, isMove: true);
        long moved = 0;
        while (moved < count && await StepAsync(forward) is not null) moved++;
        return moved;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        if (_spool is not null) await _spool.DisposeAsync();
    }

    /// <summary>Goes to where the rows that are wanted begin: which way they lie, and how many.</summary>
    private async ValueTask<(bool Forward, long Count)> ApproachAsync(CursorMove move, bool isMove)
    {
        switch (move.Kind)
        {
            case CursorMoveKind.Absolute when move.Count >= 0:
                await GoAsync(move.Count - 1);
                return (true, move.Count == 0 ? 0 : 1);
            case CursorMoveKind.Absolute:
                while (await StepAsync(forward: true) is not null)
                {
                    // To the end.
                }

                return await BackAsync(-move.Count);
            case CursorMoveKind.Relative when move.Count > 0:
                for (var i = 1L; i < move.Count && await StepAsync(forward: true) is not null; i++)
                {
                    // To the row before.
                }

                return (true, 1);
            case CursorMoveKind.Relative when move.Count < 0:
                return await BackAsync(-move.Count);
        }

        var forward = move.Kind != CursorMoveKind.Backward == (move.Count >= 0);
        var count = move.Count == long.MinValue ? long.MaxValue : Math.Abs(move.Count);
        if (count == 0 && !isMove && _at > 0 && !_isBehind)
        {
            // The row that it stands on, once more.
            RequireScroll();
            _at--;
            return (true, 1);
        }

        if (!forward) RequireScroll();
        return (forward, count);
    }

    private async ValueTask<(bool Forward, long Count)> BackAsync(long rows)
    {
        RequireScroll();
        for (var i = 1L; i < rows && await StepAsync(forward: false) is not null; i++)
        {
            // To the row behind.
        }

        return (false, 1);
    }

    // Onto the row, so that the next step is the one behind it; -1 and 0 are before the first.
    private async ValueTask GoAsync(long row)
    {
        if (row < _at)
        {
            if (_at > 0) RequireScroll();
            (_at, _isBehind) = (Math.Max(row, 0), false);
        }

        while (_at < row && await StepAsync(forward: true) is not null)
        {
            // To the row before.
        }
    }

    private void RequireScroll()
    {
        if (declaration.IsScroll) return;
        throw new VitessException(ErrorCodes.QueryError, "cursor can only scan forward", sqlState: "55000", hint: "Declare it with SCROLL option to enable backward scan.");
    }

    /// <summary>One row on or back; null where there is none: then it stands behind the last, or before the first.</summary>
    private async ValueTask<(RowSet Rows, int Index)?> StepAsync(bool forward)
    {
        if (!forward)
        {
            if (_at == 0) return null;
            _at--;
            _isBehind = false;
            return _at == 0 ? null : await _spool!.ReadAsync(_at - _first);
        }

        if (_isBehind) return null;
        var next = _spool is null ? await TakeAsync() : _at + 1 - _first < _spool.Count ? await _spool.ReadAsync(_at + 1 - _first) : null;
        _at++;
        _isBehind = next is null;
        return next;
    }

    private async ValueTask<(RowSet Rows, int Index)?> TakeAsync()
    {
        while (true)
        {
            if (_chunk is { } chunk && chunk.Index < chunk.Rows.RowCount)
            {
                _chunk = (chunk.Rows, chunk.Index + 1);
                return chunk;
            }

            if (await source.TakeAsync() is not { } rows) return null;
            _chunk = (rows, 0);
        }
    }
}
