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
    private long _filled;

    private ScratchSpace(GateSpace space, MemoryGrant memory, IScratchDatabase database) => (_space, _memory, Database) = (space, memory, database);

    /// <summary>The database.</summary>
    public IScratchDatabase Database { get; }

    /// <summary>Opens one. RESOURCE_EXHAUSTED (53200) if the gate has no memory for it in time.</summary>
    public static async ValueTask<ScratchSpace> OpenAsync(IScratchSource source, GateSpace space, CancellationToken cancellationToken)
    {
        var memory = await space.Memory.EnterAsync(Math.Min(InitialBytes, space.StatementBytes), cancellationToken);
        IScratchDatabase? database = null;
        try
        {
            database = await source.OpenScratchAsync(cancellationToken);
            await database.KeepInMemoryAsync(PagesOf(memory));
            return new ScratchSpace(space, memory, database);
        }
        catch
        {
            if (database is not null) await database.DisposeAsync();
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Adds rows to a table; false, and nothing is added, if a statement may not bring so many together.</summary>
    public async ValueTask<bool> TryInsertAsync(string table, RowSet rows, CancellationToken cancellationToken)
    {
        _filled += rows.SizeBytes;
        if (_filled > _space.TotalBytes) return false;
        if (_filled > PagesOf(_memory) && _memory.Bytes < _space.StatementBytes && _memory.TryGrow(Math.Min(Math.Max(_memory.Bytes, (2 * _filled) - _memory.Bytes), _space.StatementBytes - _memory.Bytes)))
        {
            await Database.KeepInMemoryAsync(PagesOf(_memory));
        }

        await Database.InsertRowsAsync(table, rows, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _memory.Dispose();
    }

    // The other half is for what the final statement sorts and groups.
    private static long PagesOf(MemoryGrant memory) => memory.Bytes / 2;
}
