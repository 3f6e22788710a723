using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Shale.Sqlite;

/// <summary>
/// One connection to one SQLite database. Used by one thread at a time, without a lock of its own; only <see cref="Interrupt"/> and
/// <see cref="Stop"/> may be called from any thread. Failures are <see cref="VitessException"/>s of the registry.
/// </summary>
public sealed unsafe partial class SqliteConnection : IDisposable
{
    /// <summary>How many prepared statements are kept unless said otherwise.</summary>
    public const int DefaultCachedStatements = 128;

    // Longer texts are bulk loads with literals in them: they do not come again, and would hold much memory.
    private const int LongestCachedText = 16 * 1024;

    private const string ReadSchema = "SELECT 1 FROM sqlite_schema LIMIT 1";

    private readonly Lock _closing = new();
    private readonly StatementCache _cache;

    // Apart, so that nobody's text meets a statement that the authorizer has not seen.
    private readonly StatementCache _trustedCache = new(16);
    private nint _db;
    private GCHandle _self;
    private SqliteAuthorizer? _authorizer;
    private string? _denied;
    private StatementActions _actions;
    private bool _trusted;

    private SqliteConnection(nint db, int cachedStatements)
    {
        _db = db;
        _cache = new StatementCache(cachedStatements);
        _stopping = Watch(ThrowIfStopped);
    }

    /// <summary>Rows that the last INSERT, UPDATE or DELETE changed directly.</summary>
    public long Changes => Native.sqlite3_changes64(_db);

    /// <summary>Rows changed since the connection was opened, by triggers and foreign keys too.</summary>
    public long TotalChanges => Native.sqlite3_total_changes64(_db);

    /// <summary>The row id of the last inserted row; set it to 0 to see whether a statement inserts one.</summary>
    public long LastInsertRowId
    {
        get => Native.sqlite3_last_insert_rowid(_db);
        set => Native.sqlite3_set_last_insert_rowid(_db, value);
    }

    /// <summary>Whether a deferred foreign key is violated right now, so that a COMMIT would fail.</summary>
    public bool HasDeferredViolation => Status(10) != 0;

    /// <summary>How many bytes its page caches hold.</summary>
    public int CachedBytes => Status(1);

    /// <summary>How many pages went to the file because the cache was full, in the middle of a transaction.</summary>
    public int SpilledPages => Status(12);

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => Native.sqlite3_get_autocommit(_db) == 0;

    /// <summary>Whether SQLite runs right now; an authorizer uses it to tell SQLite's own statements from the user's.</summary>
    public bool IsStepping { get; internal set; }

    internal nint Handle => _db;

    /// <summary>Whether somebody has asked to stop the statement that runs; for what takes long between two of SQLite's looks at it.</summary>
    internal volatile bool IsInterrupted;

    /// <summary>Opens a database. Errors: SHARD_ERROR.</summary>
    /// <param name="path">A file name, or <c>:memory:</c>.</param>
    /// <param name="mode">Whether it may write, and make the file.</param>
    /// <param name="cachedStatements">How many prepared statements are kept, at most.</param>
    public static SqliteConnection Open(string path, SqliteOpenMode mode, int cachedStatements = DefaultCachedStatements)
    {
        SqliteLibrary.EnsureLoaded();
        var flags = mode switch
        {
            SqliteOpenMode.Create => SqliteCode.OpenReadWrite | SqliteCode.OpenCreate,
            SqliteOpenMode.ReadWrite => SqliteCode.OpenReadWrite,
            _ => SqliteCode.OpenReadOnly,
        };
        return OpenOn(default, path, flags, cachedStatements);
    }

    /// <summary>A statement ready to be bound: from the cache, or newly prepared. <see cref="Return"/> it.</summary>
    /// <param name="sql">Exactly one statement. Errors: SYNTAX_ERROR for none or a second one, and what SQLite finds.</param>
    public SqliteStatement Rent(string sql) => RentFrom(_cache, sql);

    /// <summary>Takes a statement back: it is reset, and its parameters are forgotten.</summary>
    public void Return(SqliteStatement statement) => GiveBack(_cache, statement);

    /// <summary>Runs a statement of our own, past the authorizer, and leaves its rows unread.</summary>
    public void ExecuteTrusted(string sql) => ReadTrusted(sql, static _ => { });

    /// <summary>Asks a question of our own, past the authorizer: the first value of the first row, or NULL.</summary>
    public SqlValue QueryTrusted(string sql, ReadOnlySpan<SqlValue> parameters = default)
    {
        var (statement, wasTrusted) = BeginTrusted(sql);
        try
        {
            for (var i = 0; i < parameters.Length; i++) statement.Bind(i + 1, parameters[i]);
            return statement.Step() ? statement.Column(0) : SqlValue.Null;
        }
        finally
        {
            EndTrusted(statement, wasTrusted);
        }
    }

    /// <summary>Runs a statement of our own, past the authorizer, and shows each row.</summary>
    public void ReadTrusted(string sql, Action<SqliteStatement> row, params ReadOnlySpan<SqlValue> parameters)
    {
        var (statement, wasTrusted) = BeginTrusted(sql);
        try
        {
            for (var i = 0; i < parameters.Length; i++) statement.Bind(i + 1, parameters[i]);
            while (statement.Step()) row(statement);
        }
        finally
        {
            EndTrusted(statement, wasTrusted);
        }
    }

    /// <summary>Closes all cached statements.</summary>
    public void ClearCache() => _cache.Clear();

    /// <summary>Adds a function.</summary>
    public void Register(ScalarDefinition function) => Check(function.Register(_db));

    /// <summary>Adds an aggregate.</summary>
    public void Register(AggregateDefinition aggregate) => Check(aggregate.Register(_db));

    /// <summary>Adds a collation.</summary>
    public void Register(CollationDefinition collation)
    {
        JoinFilters.TurnOff(_db);
        Check(collation.Register(_db));
    }

    /// <summary>Adds the table-valued function generate_series(start, stop[, step]), with PostgreSQL's meaning for numbers.</summary>
    public void RegisterSeries() => Check(SeriesModule.Register(_db));

    /// <summary>Adds a table-valued function of ours.</summary>
    public void Register(RowsDefinition rows) => Check(RowsModule.Register(_db, rows));

    /// <summary>Takes a table-valued function away; does nothing if it is not there.</summary>
    public void Unregister(string rowsName) => Check(RowsModule.Unregister(_db, rowsName));

    /// <summary>Lets a judge decide what statements may do; statements prepared before are judged again.</summary>
    public void SetAuthorizer(SqliteAuthorizer authorizer)
    {
        _authorizer = authorizer;
        WatchStatements();
    }

    /// <summary>Sets a limit of sqlite3_limit and returns the old one; a negative value only asks.</summary>
    public int Limit(int id, int value) => Native.sqlite3_limit(_db, id, value);

    /// <summary>Sets a switch of sqlite3_db_config.</summary>
    public void Configure(int option, bool on)
    {
        int result;
        Check(Native.sqlite3_db_config(_db, option, on ? 1 : 0, &result));
    }

    /// <summary>Stops the running statement, if there is one, from any thread: it fails with TIMEOUT (57014).</summary>
    public void Interrupt()
    {
        lock (_closing)
        {
            IsInterrupted = true;
            if (_db != 0) Native.sqlite3_interrupt(_db);
        }
    }

    /// <summary>What is disposed with the connection, just before it is closed; null for nothing.</summary>
    public IDisposable? Companion { get; set; }

    /// <summary>Closes the connection; an open transaction is rolled back.</summary>
    public void Dispose()
    {
        lock (_closing)
        {
            if (_db == 0) return;
            _cache.Clear();
            _trustedCache.Clear();
            Companion?.Dispose();
            LeavePages();
            _stopping.Dispose();
            _ = Native.sqlite3_close_v2(_db);
            _db = 0;
            if (_self.IsAllocated) _self.Free();
        }
    }

    internal VitessException Failure(int code, int? position = null)
    {
        if (CallbackFailure.Take() is { } own) return own;
        if (_denied is { } denied)
        {
            // A denial always ends in a failure, so that the reason never outlives its statement.
            _denied = null;
            return SqliteErrors.Create(SqliteCode.Auth, denied);
        }

        var extended = _db == 0 ? code : Native.sqlite3_extended_errcode(_db);
        var message = (extended & 0xff) == (code & 0xff) ? Utf8.ReadLossy(Native.sqlite3_errmsg(_db)) : Utf8.ReadLossy(Native.sqlite3_errstr(code));
        if (code == SqliteCode.Misuse) return new VitessException(ErrorCodes.QueryError, $"SQLite was used wrongly: {message}");
        return SqliteErrors.Create((extended & 0xff) == (code & 0xff) ? extended : code, message, position);
    }

    // One may run within another: what a change of the schema does is recorded with it.
    private (SqliteStatement Statement, bool WasTrusted) BeginTrusted(string sql)
    {
        var wasTrusted = _trusted;
        _trusted = true;
        try
        {
            return (RentFrom(_trustedCache, sql), wasTrusted);
        }
        catch
        {
            _trusted = wasTrusted;
            throw;
        }
    }

    private void EndTrusted(SqliteStatement statement, bool wasTrusted)
    {
        GiveBack(_trustedCache, statement);
        _trusted = wasTrusted;
    }

    // A number of sqlite3_db_status; 0 where the library does not have it.
    private int Status(int operation)
    {
        int current, highest;
        return Native.sqlite3_db_status(_db, operation, &current, &highest, 0) == 0 ? current : 0;
    }

    private SqliteStatement RentFrom(StatementCache cache, string sql)
    {
        if (cache.Take(sql) is { } cached) return cached;
        var statement = Prepare(sql);
        statement.InUse = true;
        if (sql.Length <= LongestCachedText) cache.Add(statement);
        return statement;
    }

    private void GiveBack(StatementCache cache, SqliteStatement statement)
    {
        if (_db == 0)
        {
            statement.Close();
            return;
        }

        statement.Reset();
        if (statement.ParameterCount > 0) statement.ClearBindings();
        cache.Return(statement);
    }

    private SqliteStatement Prepare(string sql)
    {
        ObjectDisposedException.ThrowIf(_db == 0, this);
        if (sql.Contains('\0', StringComparison.Ordinal)) throw new VitessException(ErrorCodes.SyntaxError, "a statement cannot hold the character U+0000");
        Span<byte> stack = stackalloc byte[Utf8Buffer.StackBytes];
        var utf8 = new Utf8Buffer(sql, stack);
        try
        {
            return Prepare(sql, utf8);
        }
        catch (VitessException) when (sql != ReadSchema && TryReadSchema())
        {
            return Prepare(sql, utf8);
        }
        finally
        {
            utf8.Dispose();
        }
    }

    // SQLite looks whether another connection has changed the schema before it reports some mistakes, such as a table that is missing, but not before all of them (JOIN … USING).
    private bool TryReadSchema()
    {
        var wasTrusted = _trusted;
        try
        {
            _ = QueryTrusted(ReadSchema);
            return true;
        }
        catch (VitessException)
        {
            return false;
        }
        finally
        {
            _trusted = wasTrusted;
        }
    }

    private SqliteStatement Prepare(string sql, in Utf8Buffer utf8)
    {
        _denied = null;
        _actions = default;
        CallbackFailure.Clear();
        fixed (byte* text = utf8)
        {
            nint handle;
            byte* tail;
            var code = Native.sqlite3_prepare_v3(_db, text, utf8.Length + 1, SqliteCode.PreparePersistent, &handle, &tail);
            if (code != SqliteCode.Ok) throw PrepareFailure(code, utf8);
            if (handle == 0) throw new VitessException(ErrorCodes.SyntaxError, "the statement is empty");
            var rest = utf8.Bytes[(int)(tail - text)..];
            _actions.IsVacuum = Recorder is not null && SqlText.IsVacuum(utf8.Bytes);
            if (SqlText.IsBlank(rest)) return new SqliteStatement(this, handle, sql, _actions);
            _ = Native.sqlite3_finalize(handle);
            throw new VitessException(ErrorCodes.SyntaxError, "only one statement can be sent at a time", hint: "Send the statements one by one, or as a batch.",
                position: Encoding.UTF8.GetCharCount(utf8.Bytes[..(int)(tail - text)]) + 1);
        }
    }

    private VitessException PrepareFailure(int code, in Utf8Buffer utf8)
    {
        var offset = Native.sqlite3_error_offset(_db);
        return Failure(code, offset < 0 || offset > utf8.Length ? null : Encoding.UTF8.GetCharCount(utf8.Bytes[..offset]) + 1);
    }

    private void WatchStatements()
    {
        if (!_self.IsAllocated) _self = GCHandle.Alloc(this, GCHandleType.Weak);
        Check(Native.sqlite3_set_authorizer(_db, &Authorize, GCHandle.ToIntPtr(_self)));
    }

    private void Check(int code)
    {
        if (code != SqliteCode.Ok) throw Failure(code);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Authorize(nint data, int action, byte* first, byte* second, byte* database, byte* trigger)
    {
        var self = (SqliteConnection?)GCHandle.FromIntPtr(data).Target;
        if (self is null) return SqliteCode.AuthDeny;
        var request = new AuthorizerRequest((SqliteAction)action, first, second);
        self._actions.See(request);
        if (self._trusted || self._authorizer is not { } authorizer) return SqliteCode.Ok;
        try
        {
            if (authorizer(request) is not { } reason) return SqliteCode.Ok;
            self._denied = reason;
        }
        catch (Exception exception)
        {
            CallbackFailure.Keep(exception);
        }

        return SqliteCode.AuthDeny;
    }
}
