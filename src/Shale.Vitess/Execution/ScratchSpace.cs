using System.Runtime.CompilerServices;

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

        await OnItsDiskAsync(InsertAsync());
        return true;

        async ValueTask<int> InsertAsync()
        {
            await Database.InsertRowsAsync(table, rows, cancellationToken);
            return 0;
        }
    }

    /// <summary>What a query on it gives, in chunks.</summary>
    public async IAsyncEnumerable<RowSet> StreamAsync(Fragment query, SqlValue[] values, int chunkBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var rows = Database.StreamAsync(query.Sql, query.Bind(values), chunkBytes, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await OnItsDiskAsync(rows.MoveNextAsync())) yield return rows.Current;
    }

    // It is no shard whose disk is full or broken.
    private static async ValueTask<T> OnItsDiskAsync<T>(ValueTask<T> work)
    {
        try
        {
            return await work;
        }
        catch (VitessException failure) when (failure.Shard is null && failure.SqlState is "58030" or "53100")
        {
            throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"a temporary file of the gate: {failure.Message}", null, failure.SqlState, isTransient: failure.SqlState == "53100",
                "Look at the disk of the gate's temporary files (gate.tempDirectory), or bring fewer rows together.");
        }
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
