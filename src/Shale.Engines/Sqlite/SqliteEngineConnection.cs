using Shale.Contracts;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// One connection to a shard's file, or to a scratch database. SQLite works on the caller's thread, so that every call is finished when it
/// returns. Hot path: point SELECT.
/// </summary>
internal partial class SqliteEngineConnection : IEngineConnection
{
    private readonly SqliteScratchPool? _pool;
    private readonly ISqliteStorage? _storage;
    private readonly EngineAccess _access;
    private readonly Func<SqliteConnection>? _open;
    private volatile SqliteConnection _connection;
    private bool _readOnly;
    private bool _rebuilds;

    // How many rows violated a foreign key when these were suspended; null where they are not.
    private long? _violations;
    private bool _disposed;

    /// <summary>A connection to a shard, which is opened here. Errors: those of opening it.</summary>
    public SqliteEngineConnection(Func<SqliteConnection> open, EngineAccess access, ISqliteStorage storage)
        : this(open(), access, storage) => _open = open;

    /// <summary>A scratch database; it goes back to its pool.</summary>
    protected SqliteEngineConnection(SqliteConnection connection, SqliteScratchPool pool)
        : this(connection, EngineAccess.Write, storage: null) => _pool = pool;

    /// <summary>A connection to what is opened already, and not opened anew.</summary>
    public SqliteEngineConnection(SqliteConnection connection, EngineAccess access, ISqliteStorage? storage)
    {
        _connection = connection;
        _storage = storage;
        _access = access;
        _readOnly = access == EngineAccess.Read;
    }

    /// <inheritdoc/>
    public bool InTransaction => _connection.InTransaction;

    /// <inheritdoc/>
    public long LastCommit => _connection.Commits?.Last.Value ?? 0;

    /// <inheritdoc/>
    public ValueTask BeginAsync(IsolationLevel isolation, bool readOnly, CancellationToken cancellationToken)
    {
        // A scratch database is in one transaction all the time.
        return _pool is null ? Run(static (self, readOnly) => self.Begin(readOnly), readOnly) : ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask BeginRebuildAsync(CancellationToken cancellationToken) => Run(static (self, _) => self.BeginRebuild(), false);

    /// <inheritdoc/>
    public ValueTask CheckDeferredAsync(CancellationToken cancellationToken) => Run(static (self, _) => self.CheckForeignKeys(), false);

    /// <inheritdoc/>
    public ValueTask SuspendKeysAsync(bool suspends, CancellationToken cancellationToken) => Run(static (self, suspends) => self.SuspendKeys(suspends), suspends);

    /// <inheritdoc/>
    public ValueTask CommitAsync(CancellationToken cancellationToken) =>
        _pool is null ? Run(static (self, _) => self.Commit(), false) : ValueTask.CompletedTask;

    /// <summary>Undoes the transaction; a scratch database becomes empty.</summary>
    public ValueTask RollbackAsync(CancellationToken cancellationToken) => Run(static (self, _) => self.Rollback(), false);

    /// <inheritdoc/>
    public ValueTask<ShardResult> ExecuteAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken)
    {
        try
        {
            return new(Execute(sql, parameters, cancellationToken));
        }
        catch (VitessException exception)
        {
            return ValueTask.FromException<ShardResult>(exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ShardResult> ExecuteManyAsync(
        string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken)
    {
        try
        {
            return new(ExecuteMany(sql, rows, cancellationToken));
        }
        catch (VitessException exception)
        {
            return ValueTask.FromException<ShardResult>(exception);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RowSet> StreamAsync(
        string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, CancellationToken cancellationToken) =>
        new SqliteStream(this, sql, parameters, chunkBytes, cancellationToken);

    /// <inheritdoc/>
    public ValueTask InsertRowsAsync(string table, RowSet rows, CancellationToken cancellationToken)
    {
        try
        {
            if (rows.RowCount > 0) InsertRows(table, rows, cancellationToken);
            return ValueTask.CompletedTask;
        }
        catch (VitessException exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' OR name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY rowid
            """;
        var rows = (await ExecuteAsync(Sql, [], cancellationToken)).Rows;
        var objects = new List<ShardObject>(rows.RowCount);
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = rows[i];
            objects.Add(new ShardObject(row[0].AsText(), row[1].AsText(), row[2].AsText(), row[3].IsNull ? null : row[3].AsText()));
        }

        return objects;
    }

    /// <inheritdoc/>
    public void Interrupt() => _connection.Interrupt();

    /// <summary>Closes the connection, and with it rolls back; a scratch database goes back to its pool.</summary>
    public ValueTask DisposeAsync()
    {
        if (_disposed) return ValueTask.CompletedTask;
        _disposed = true;
        if (_pool is not null) _pool.Return(_connection);
        else _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A prepared statement that may run here with these parameters; <see cref="Return"/> it.</summary>
    internal SqliteStatement Start(string sql, IReadOnlyList<SqlValue> parameters)
    {
        var statement = Prepare(sql);
        try
        {
            Bind(statement, parameters);
            return statement;
        }
        catch
        {
            _connection.Return(statement);
            throw;
        }
    }

    internal void Return(SqliteStatement statement) => _connection.Return(statement);

    internal StatementShape Shape(SqliteStatement statement) => StatementShape.Of(statement, _connection);

    /// <summary>Waits for the disk, unless a transaction is open, or somebody else does: a statement outside of one has committed.</summary>
    internal void MakeDurable()
    {
        if (!_connection.InTransaction && _access != EngineAccess.WriteTogether) _storage?.MakeDurable(_connection);
    }

    /// <summary>
    /// Whether a read failed because its branch was restored since the connection was opened, or dropped and made anew: what SQLite has cached is of a line that was left. After
    /// <see cref="Reopen"/> it can be run again.
    /// </summary>
    internal bool IsLeftBehind(VitessException failure, int tries) => SqliteLog.IsLeftBehind(failure, tries) && _access == EngineAccess.Read && _open is not null && _storage is SqliteLog && !_connection.InTransaction;

    /// <summary>Opens the connection anew. None of its statements is in use. Errors: TT_BRANCH_NOT_FOUND, and those of opening it; then it is as it was.</summary>
    internal void Reopen()
    {
        var left = _connection;
        _connection = _open!();
        if (left.IsStopped) _connection.Stop();
        left.Dispose();
    }

    private ShardResult Execute(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return ExecuteOnce(sql, parameters, cancellationToken);
            }
            catch (VitessException failure) when (IsLeftBehind(failure, tries))
            {
                Reopen();
            }
        }
    }

    private ShardResult ExecuteOnce(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken)
    {
        using var watch = Watch(cancellationToken);
        var statement = Start(sql, parameters);
        try
        {
            var changesBefore = StartCounting(statement);
            var rows = ReadAll(statement);
            var result = Result(statement, rows, changesBefore);
            if (!statement.IsReadOnly) MakeDurable();
            return result;
        }
        catch (VitessException failure) when (failure.SqlState == "23505")
        {
            throw TakenKey.Told(failure, _connection, sql, parameters);
        }
        finally
        {
            _connection.Return(statement);
        }
    }

    private RowSet ReadAll(SqliteStatement statement)
    {
        var more = statement.Step();
        var shape = Shape(statement);
        shape.Start();
        if (shape.Expected.Length == 0) return new RowSet([]);
        var rows = new RowSet(shape.Expected, more ? shape.RowsExpected : 0);
        while (more)
        {
            shape.ReadRow(statement, rows.AddRow());
            more = statement.Step();
        }

        shape.RowsExpected = Math.Clamp(rows.RowCount, 1, 64);
        return Described(rows, shape);
    }

    private static RowSet Described(RowSet rows, StatementShape shape)
    {
        var fields = shape.Seen();
        return ReferenceEquals(fields, rows.Fields) ? rows : rows.WithFields(fields);
    }

    private long StartCounting(SqliteStatement statement)
    {
        if (statement.IsReadOnly) return 0;
        _connection.LastInsertRowId = 0;
        return _connection.TotalChanges;
    }

    private ShardResult Result(SqliteStatement statement, RowSet rows, long changesBefore)
    {
        if (statement.IsReadOnly) return new ShardResult(rows);
        var affected = _connection.TotalChanges == changesBefore ? 0 : _connection.Changes;
        return new ShardResult(rows, affected, LastInsertId(statement));
    }

    private long? LastInsertId(SqliteStatement statement) =>
        !statement.IsReadOnly && _connection.LastInsertRowId is not 0 and var id ? id : null;

    private void InsertRows(string table, RowSet rows, CancellationToken cancellationToken)
    {
        using var watch = Watch(cancellationToken);
        var statement = Prepare(InsertText(table, rows.Fields.Count));
        try
        {
            for (var i = 0; i < rows.RowCount; i++)
            {
                var row = rows[i];
                for (var column = 0; column < row.Length; column++) statement.Bind(column + 1, row[column]);
                _ = statement.Step();
                statement.Reset();
            }
        }
        finally
        {
            _connection.Return(statement);
        }
    }

    private static string InsertText(string table, int columns)
    {
        var name = "\"" + table.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        if (columns == 0) return $"INSERT INTO {name} DEFAULT VALUES";
        return $"INSERT INTO {name} VALUES (?{string.Concat(Enumerable.Repeat(",?", columns - 1))})";
    }

    private SqliteStatement Prepare(string sql)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var statement = _connection.Rent(sql);
        var failure = Refusal(statement);
        if (failure is null) return statement;
        _connection.Return(statement);
        throw failure;
    }

    private VitessException? Refusal(SqliteStatement statement)
    {
        if (_readOnly && !statement.IsReadOnly)
        {
            return new VitessException(ErrorCodes.ReadOnlyTransaction, "a statement that writes was sent where only reading is allowed");
        }

        return statement.IsSavepoint && !_connection.InTransaction
            ? new VitessException(ErrorCodes.TransactionError, "savepoints can only be used in a transaction", sqlState: "25P01")
            : null;
    }

    private static void Bind(SqliteStatement statement, IReadOnlyList<SqlValue> parameters)
    {
        var count = parameters.Count;
        if (count != statement.ParameterCount)
        {
            throw new VitessException(ErrorCodes.QueryError, $"the statement takes {statement.ParameterCount} parameter(s), {count} given",
                sqlState: "08P01", hint: "Give one value for each parameter.");
        }

        if (parameters is SqlValue[] values) statement.Bind(values);
        else for (var i = 0; i < count; i++) statement.Bind(i + 1, parameters[i]);
    }

    private void Begin(bool readOnly)
    {
        if (_access != EngineAccess.Read)
        {
            _connection.ExecuteTrusted("BEGIN IMMEDIATE");
        }
        else
        {
            TakeSnapshot();
        }

        _readOnly = readOnly || _access == EngineAccess.Read;
    }

    private void TakeSnapshot()
    {
        for (var tries = 0; ; tries++)
        {
            _connection.ExecuteTrusted("BEGIN");
            try
            {
                // BEGIN alone takes no snapshot; the first read does.
                _ = _connection.QueryTrusted("SELECT 1 FROM sqlite_schema LIMIT 1");
                return;
            }
            catch (VitessException failure)
            {
                // SQLite may have done so itself.
                if (_connection.InTransaction) _connection.ExecuteTrusted("ROLLBACK");
                if (!IsLeftBehind(failure, tries)) throw;
                Reopen();
            }
        }
    }

    // The procedure of SQLite's manual for changes that ALTER TABLE does not know.
    private void BeginRebuild()
    {
        SqliteSetup.EnforceForeignKeys(_connection, false);
        _rebuilds = true;
        try
        {
            Begin(readOnly: false);
        }
        catch
        {
            EndTransaction();
            throw;
        }
    }

    // Unlike PRAGMA foreign_keys the switch works in a transaction; what SQLite has counted of deferred keys stays.
    private void SuspendKeys(bool suspends)
    {
        if (suspends)
        {
            _violations = _connection.HasDeferredViolation ? Violations() : 0;
            SqliteSetup.EnforceForeignKeys(_connection, false);
            return;
        }

        var before = _violations ?? 0;
        _violations = null;
        SqliteSetup.EnforceForeignKeys(_connection, true);
        if (Violations() > before) throw new VitessException(ErrorCodes.ConstraintViolation, "FOREIGN KEY constraint failed", sqlState: "23503");
    }

    private long Violations() => _connection.QueryTrusted("SELECT count(*) FROM pragma_foreign_key_check").AsInteger();

    private void CheckForeignKeys()
    {
        if (_connection.HasDeferredViolation || (_rebuilds && !_connection.QueryTrusted("PRAGMA foreign_key_check").IsNull))
        {
            throw new VitessException(ErrorCodes.ConstraintViolation, "FOREIGN KEY constraint failed", sqlState: "23503");
        }
    }

    private void Commit()
    {
        try
        {
            if (_rebuilds) CheckForeignKeys();
            _connection.ExecuteTrusted("COMMIT");
            EndTransaction();
            MakeDurable();
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    private void Rollback()
    {
        if (_pool is not null) SqliteScratchPool.Empty(_connection);
        else if (_connection.InTransaction) _connection.ExecuteTrusted("ROLLBACK");
        EndTransaction();
    }

    private void EndTransaction()
    {
        _readOnly = _access == EngineAccess.Read;
        if (!_rebuilds && _violations is null) return;
        (_rebuilds, _violations) = (false, null);
        SqliteSetup.EnforceForeignKeys(_connection, true);
    }

    private ValueTask Run(Action<SqliteEngineConnection, bool> action, bool argument)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            action(this, argument);
            return ValueTask.CompletedTask;
        }
        catch (VitessException exception)
        {
            return ValueTask.FromException(exception);
        }
    }
}
