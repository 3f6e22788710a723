namespace Shale.Vitess;

/// <summary>
/// A scratch database with the memory that it may take. As rows come in it takes more of the gate's memory, up to what one statement may have and without waiting: where there is no
/// more, the engine keeps the rest in a temporary file.
/// </summary>
internal sealed class ScratchSpace : IAsyncDisposable
{
    // Most merges are of few rows.
    private const long InitialBytes = 512 << 10;

    private readonly GateSpace _space;
    private readonly MemoryGrant _memory;
    private long _bytes;
    private long _filled;

    private ScratchSpace(GateSpace space, MemoryGrant memory, long bytes, IScratchDatabase database) => (_space, _memory, _bytes, Database) = (space, memory, bytes, database);

    /// <summary>The database.</summary>
    public IScratchDatabase Database { get; }

    /// <summary>Opens one. RESOURCE_EXHAUSTED (53200) if the gate has no memory for it in time.</summary>
    /// <param name="source">Opens scratch databases.</param>
    /// <param name="space">What a statement may take.</param>
    /// <param name="memory">What the statement has taken; this takes from it and gives it back.</param>
    /// <param name="cancellationToken">Ends the waiting for memory.</param>
    public static async ValueTask<ScratchSpace> OpenAsync(IScratchSource source, GateSpace space, MemoryGrant memory, CancellationToken cancellationToken)
    {
        var bytes = Math.Min(InitialBytes, space.StatementBytes);
        await memory.GrowAsync(bytes, cancellationToken);
        IScratchDatabase? database = null;
        try
        {
            database = await source.OpenScratchAsync(cancellationToken);
            await database.KeepInMemoryAsync(PagesOf(bytes));
            return new ScratchSpace(space, memory, bytes, database);
        }
        catch
        {
            if (database is not null) await database.DisposeAsync();
            memory.Shrink(bytes);
            throw;
        }
    }

    /// <summary>Adds rows to a table; false, and nothing is added, if a statement may not bring so many together.</summary>
    public async ValueTask<bool> TryInsertAsync(string table, RowSet rows, CancellationToken cancellationToken)
    {
        _filled += rows.SizeBytes;
        if (_filled > _space.TotalBytes) return false;
        var more = Math.Min(Math.Max(_bytes, (2 * _filled) - _bytes), _space.StatementBytes - _bytes);
        if (_filled > PagesOf(_bytes) && more > 0 && _memory.TryGrow(more))
        {
            _bytes += more;
            await Database.KeepInMemoryAsync(PagesOf(_bytes));
        }

        await Database.InsertRowsAsync(table, rows, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _memory.Shrink(_bytes);
    }

    // The other half is for what the final statement sorts and groups.
    private static long PagesOf(long bytes) => bytes / 2;
}
