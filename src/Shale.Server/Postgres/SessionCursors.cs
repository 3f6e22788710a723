using Shale.Vitess;

namespace Shale.Server;

/// <summary>
/// The cursors that one session has declared. They end with their transaction, also where that has none but statements that were sent together; those WITH HOLD go on when it commits. Not thread-safe.
/// </summary>
/// <param name="directory">Where temporary files are made.</param>
internal sealed class SessionCursors(string directory) : IAsyncDisposable
{
    private const int Most = 256;

    private readonly Dictionary<string, SessionCursor> _cursors = new(StringComparer.Ordinal);

    /// <summary>Whether a query runs for any of them.</summary>
    public bool Run => _cursors.Count > 0 && _cursors.Values.Any(cursor => cursor.Runs);

    /// <summary>All of them.</summary>
    public IEnumerable<SessionCursor> All => _cursors.Values;

    /// <summary>Errors: QUERY_ERROR (42P03) for a name that is taken; RESOURCE_EXHAUSTED (53400) for one too many.</summary>
    public void RequireRoom(string name)
    {
        if (_cursors.ContainsKey(name)) throw new VitessException(ErrorCodes.QueryError, $"cursor \"{name}\" already exists", sqlState: "42P03", hint: "CLOSE it, or take another name.");
        if (_cursors.Count >= Most) throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"a session has no more than {Most} cursors", null, "53400", isTransient: false, "CLOSE those that are not needed.");
    }

    /// <summary>Declares one.</summary>
    /// <param name="declaration">What was declared.</param>
    /// <param name="source">Its query, which runs.</param>
    /// <param name="depth">How many savepoints there are.</param>
    /// <param name="isHeld">Whether it stands outside of transactions.</param>
    public async ValueTask AddAsync(CursorDeclaration declaration, OpenResult source, int depth, bool isHeld)
    {
        var cursor = new SessionCursor(declaration, source, directory) { Made = TimeProvider.System.GetUtcNow(), Depth = depth, IsHeld = isHeld };
        try
        {
            if (declaration.IsKept) await cursor.SettleAsync();
        }
        catch
        {
            await cursor.DisposeAsync();
            throw;
        }

        _cursors.Add(declaration.Name, cursor);
    }

    /// <summary>The cursor of that name; null for none.</summary>
    public SessionCursor? Find(string name) => _cursors.GetValueOrDefault(name);

    /// <summary>The cursor of that name; NOT_FOUND (34000) for none.</summary>
    public SessionCursor Get(string name) => Find(name) ?? throw new VitessException(ErrorCodes.NotFound, $"cursor \"{name}\" does not exist", sqlState: "34000", hint: "It ends with its transaction: declare it again.");

    /// <summary>CLOSE; all of them for null. Errors: as <see cref="Get"/>.</summary>
    public ValueTask CloseAsync(string? name)
    {
        if (name is null) return CloseAsync(static _ => true);
        var cursor = Get(name);
        _cursors.Remove(name);
        return cursor.DisposeAsync();
    }

    /// <summary>Another statement is to run in the transaction: queries must have ended.</summary>
    public async ValueTask SettleAsync()
    {
        foreach (var cursor in _cursors.Values)
        {
            if (cursor.Runs) await cursor.SettleAsync();
        }
    }

    /// <summary>A statement has failed: what still runs has failed with it.</summary>
    public ValueTask FailAsync() => CloseAsync(static cursor => cursor.Runs);

    /// <summary>The transaction is about to end.</summary>
    /// <param name="commits">Whether it commits.</param>
    public async ValueTask EndAsync(bool commits)
    {
        if (_cursors.Count == 0) return;
        await CloseAsync(cursor => !cursor.IsHeld && !(commits && cursor.Declaration.IsHold));
        foreach (var cursor in _cursors.Values) cursor.Depth = 0;
    }

    /// <summary>It has committed: those that are left go on without it.</summary>
    public void Hold()
    {
        foreach (var cursor in _cursors.Values) cursor.IsHeld = true;
    }

    /// <summary>The transaction has gone back to a savepoint: what was declared after it is gone.</summary>
    /// <param name="depth">How many savepoints there are, that one included.</param>
    public ValueTask UndoAsync(int depth) => CloseAsync(cursor => cursor.Depth >= depth);

    /// <summary>Savepoints are released.</summary>
    /// <param name="depth">How many are left.</param>
    public void Release(int depth)
    {
        foreach (var cursor in _cursors.Values) cursor.Depth = Math.Min(cursor.Depth, depth);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(static _ => true);

    private async ValueTask CloseAsync(Func<SessionCursor, bool> which)
    {
        if (_cursors.Count == 0) return;
        foreach (var (name, cursor) in _cursors.Where(pair => which(pair.Value)).ToList())
        {
            _cursors.Remove(name);
            await cursor.DisposeAsync();
        }
    }
}
