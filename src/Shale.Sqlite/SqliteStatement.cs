using System.Runtime.CompilerServices;

namespace Shale.Sqlite;

/// <summary>
/// One prepared statement of one connection, used by one thread at a time. Binding, stepping and reading allocate nothing but texts and blobs.
/// Hot path: point SELECT.
/// </summary>
public sealed unsafe class SqliteStatement
{
    private readonly SqliteConnection _connection;
    private nint _handle;

    private readonly RowRecorder? _recorder;
    private readonly StatementActions _actions;
    private ChangeMark _mark;
    private bool _isRunning;

    internal SqliteStatement(SqliteConnection connection, nint handle, string sql, in StatementActions actions)
    {
        _connection = connection;
        _handle = handle;
        Sql = sql;
        IsSavepoint = actions.Savepoint is not null;
        IsReadOnly = Native.sqlite3_stmt_readonly(handle) != 0 || Native.sqlite3_stmt_isexplain(handle) != 0;
        ParameterCount = Native.sqlite3_bind_parameter_count(handle);
        ColumnCount = Native.sqlite3_column_count(handle);
        _actions = actions;
        if (!IsReadOnly || IsSavepoint) _recorder = connection.Recorder;
    }

    /// <summary>The text it was prepared from.</summary>
    public string Sql { get; }

    /// <summary>Whether it changes nothing in the database.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Whether it is SAVEPOINT, RELEASE or ROLLBACK TO.</summary>
    public bool IsSavepoint { get; }

    /// <summary>The largest parameter number.</summary>
    public int ParameterCount { get; }

    /// <summary>How many columns a row has; 0 if it gives no rows. May change at the first <see cref="Step"/> after a schema change.</summary>
    public int ColumnCount { get; private set; }

    /// <summary>How often SQLite compiled it anew because the schema had changed.</summary>
    public int Recompilations => Native.sqlite3_stmt_status(_handle, SqliteCode.StatusReprepare, 0);

    /// <summary>Whatever its user wants to keep with it.</summary>
    public object? Tag { get; set; }

    internal bool InUse { get; set; }

    internal bool IsCached { get; set; }

    internal SqliteStatement? Newer { get; set; }

    internal SqliteStatement? Older { get; set; }

    internal nint Handle => _handle;

    /// <summary>Sets a parameter.</summary>
    /// <param name="index">1-based.</param>
    /// <param name="value">Booleans become 0 and 1. Text and bytes are copied.</param>
    public void Bind(int index, in SqlValue value)
    {
        var code = value.Kind switch
        {
            SqlValueKind.Integer or SqlValueKind.Boolean => Native.sqlite3_bind_int64(_handle, index, value.AsInteger()),
            SqlValueKind.Real => Native.sqlite3_bind_double(_handle, index, value.AsReal()),
            SqlValueKind.Text => BindText(index, value.AsText()),
            SqlValueKind.Blob => BindBlob(index, value.AsBlob()),
            _ => Native.sqlite3_bind_null(_handle, index),
        };
        if (code != SqliteCode.Ok) throw _connection.Failure(code);
    }

    /// <summary>Sets the first parameters, as many as there are values.</summary>
    public void Bind(ReadOnlySpan<SqlValue> values)
    {
        for (var i = 0; i < values.Length; i++) Bind(i + 1, values[i]);
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end. Errors: as the registry maps SQLite's codes; the statement is then reset.</returns>
    public bool Step()
    {
        if (_recorder is null || _isRunning) return StepOn();
        if (_actions.ChangesSchema) return StepDefinition();
        if (_actions.IsVacuum) return StepVacuum();
        _mark = _recorder.Begin();
        return StepOn();
    }

    /// <summary>Makes it ready to run again; parameters stay.</summary>
    public void Reset()
    {
        _isRunning = false;
        _ = Native.sqlite3_reset(_handle);
    }

    /// <summary>Forgets all parameters.</summary>
    public void ClearBindings() => _ = Native.sqlite3_clear_bindings(_handle);

    /// <summary>Reads <see cref="ColumnCount"/> again after a recompilation.</summary>
    public void RefreshColumnCount() => ColumnCount = Native.sqlite3_column_count(_handle);

    /// <summary>A value of the current row. Errors: TYPE_ERROR (22021) for text that is not UTF-8.</summary>
    /// <param name="column">0-based.</param>
    public SqlValue Column(int column)
    {
        switch (Native.sqlite3_column_type(_handle, column))
        {
            case SqliteCode.TypeInteger:
                return SqlValue.Integer(Native.sqlite3_column_int64(_handle, column));
            case SqliteCode.TypeFloat:
                return SqlValue.Real(Native.sqlite3_column_double(_handle, column));
            case SqliteCode.TypeText:
                var text = Native.sqlite3_column_text(_handle, column);
                return SqlValue.Text(Utf8.Read(text, Native.sqlite3_column_bytes(_handle, column)));
            case SqliteCode.TypeBlob:
                var blob = Native.sqlite3_column_blob(_handle, column);
                return SqlValue.Blob(new ReadOnlySpan<byte>(blob, Native.sqlite3_column_bytes(_handle, column)).ToArray());
            default:
                return SqlValue.Null;
        }
    }

    /// <summary>A column's output name.</summary>
    public string ColumnName(int column) => Utf8.ReadLossy(Native.sqlite3_column_name(_handle, column));

    /// <summary>The declared type of the table column that a result column shows; null for an expression.</summary>
    public string? ColumnDeclaredType(int column) => Utf8.Read(Native.sqlite3_column_decltype(_handle, column));

    /// <summary>The table column that a result column shows; false for an expression, and where the library was built without it.</summary>
    public bool TryGetOrigin(int column, out string database, out string table, out string name)
    {
        database = table = name = "";
        if (!SqliteLibrary.HasColumnMetadata) return false;
        var origin = Native.sqlite3_column_origin_name(_handle, column);
        if (origin == null) return false;
        name = Utf8.ReadLossy(origin);
        database = Utf8.ReadLossy(Native.sqlite3_column_database_name(_handle, column));
        table = Utf8.ReadLossy(Native.sqlite3_column_table_name(_handle, column));

        // A common table that recurs is in no database.
        return database.Length > 0;
    }

    internal void Close()
    {
        if (_handle != 0) _ = Native.sqlite3_finalize(_handle);
        _handle = 0;
    }

    private bool StepOn()
    {
        CallbackFailure.Clear();
        if (!_isRunning) _connection.IsInterrupted = false;
        _connection.IsStepping = true;
        var code = _connection.MustStop ? SqliteCode.Interrupt : Native.sqlite3_step(_handle);
        _connection.IsStepping = false;
        if (code == SqliteCode.Row) return _isRunning = true;
        _isRunning = false;
        if (code == SqliteCode.Done)
        {
            if (IsSavepoint) _recorder?.EndSavepoint(_actions, _mark);
            return false;
        }

        var failure = _connection.Failure(code);
        _recorder?.Failed(_mark, Sql);
        Reset();
        if (_connection.Commits is not null) _connection.ForgetUndone();
        throw failure;
    }

    // In a transaction, so that what is recorded of it is there before the commit.
    private bool StepDefinition()
    {
        var isAlone = !_connection.InTransaction;
        if (isAlone) _connection.ExecuteTrusted("BEGIN IMMEDIATE");
        try
        {
            RunDefinition();
            if (isAlone) _connection.ExecuteTrusted("COMMIT");
            return false;
        }
        catch
        {
            Reset();
            if (isAlone && _connection.InTransaction) _connection.ExecuteTrusted("ROLLBACK");
            throw;
        }
    }

    // It numbers rows anew that no column numbers. It commits by itself, and never in a transaction.
    private bool StepVacuum()
    {
        _mark = _recorder!.Mark;
        _recorder.AddDefinition("VACUUM");
        try
        {
            return StepOn();
        }
        finally
        {
            _recorder.EndVacuum(_mark);
        }
    }

    private void RunDefinition()
    {
        const string Version = "PRAGMA main.schema_version";
        var before = _connection.QueryTrusted(Version).AsInteger();
        _mark = _recorder!.BeginDefinition(_actions);
        string? done = null;
        try
        {
            while (StepOn())
            {
            }

            if (_connection.QueryTrusted(Version).AsInteger() != before) done = DefinitionDone();
        }
        finally
        {
            if (_connection.InTransaction) _recorder.EndDefinition(_mark, done);
        }

        if (done is not null && _actions is { CreatedTable: { } table, Selects: true }) _recorder.AddRowsOf(table);
    }

    // As the schema has it, a table that was made by a query is made without one.
    private string DefinitionDone() => _actions.CreatedTable is not { } table
        ? Sql
        : _connection.QueryTrusted("SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?1", [SqlValue.Text(table)]).AsText();

    [SkipLocalsInit]
    private int BindText(int index, string text)
    {
        var utf8 = new Utf8Buffer(text, stackalloc byte[Utf8Buffer.StackBytes]);
        int code;
        fixed (byte* bytes = utf8) code = Native.sqlite3_bind_text64(_handle, index, bytes, (ulong)utf8.Length, SqliteCode.Transient, SqliteCode.Utf8);
        utf8.Dispose();
        return code;
    }

    private int BindBlob(int index, byte[] blob)
    {
        // A null pointer would bind NULL.
        if (blob.Length == 0) return Native.sqlite3_bind_zeroblob(_handle, index, 0);
        fixed (byte* bytes = blob) return Native.sqlite3_bind_blob64(_handle, index, bytes, (ulong)blob.Length, SqliteCode.Transient);
    }
}
