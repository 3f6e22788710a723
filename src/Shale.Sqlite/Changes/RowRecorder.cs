using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>
/// Records every row that a writing connection changes in its own database, with what was there before and after, in the order of the changes; and the statements that change the schema.
/// What SQLite undoes is cut off again: SQLite tells of a row before it changes it, and says nothing when it takes that back. Used by the connection's thread.
///
/// A statement: <see cref="Begin"/>, then the rows come, then <see cref="Failed"/> if it failed. A savepoint: <see cref="EndSavepoint"/>. A transaction: <see cref="Record"/> and
/// <see cref="Clear"/>, or <see cref="RolledBack"/>.
/// Hot path: update of 100,000 rows with row changes.
/// </summary>
internal sealed unsafe class RowRecorder : IDisposable
{
    private static readonly int MainName = BitConverter.ToInt32("main"u8);

    private readonly SqliteConnection _connection;
    private readonly ChangeBuffer _buffer;
    private readonly RecordedTables _tables = new();
    private readonly List<RecordedTable> _described = [];
    private readonly List<int> _describedAt = [];
    private readonly List<(string Name, ChangeMark Mark)> _savepoints = [];
    private readonly nint _missing = PreupdateTraits.Current.Missing;
    private readonly GCHandle _self;
    private long _rows;
    private bool _changedSchema;
    private bool _inDefinition;
    private Exception? _failure;
    private int _failedAt;

    /// <summary>Begins to record a connection's changes.</summary>
    public RowRecorder(SqliteConnection connection, ChangeBuffer buffer)
    {
        _connection = connection;
        _buffer = buffer;
        _self = GCHandle.Alloc(this);
        _ = Native.sqlite3_preupdate_hook(connection.Handle, &RowChanges, GCHandle.ToIntPtr(_self));
    }

    /// <summary>The record of the transaction so far; empty for none. Errors: what went wrong while rows were recorded, so that the transaction must not commit.</summary>
    public ReadOnlySpan<byte> Record => _failure is null ? _buffer.Bytes : throw _failure;

    /// <summary>How many rows it has.</summary>
    public long RowCount => _rows;

    /// <summary>Takes the rowids of the rows that are inserted, in their order; null where nobody asks.</summary>
    public List<long>? Inserted { get; set; }

    /// <summary>Where the record ends now.</summary>
    public ChangeMark Mark => new(_buffer.Length, _rows);

    /// <summary>See <see cref="RecordedTables.IsPlain"/>.</summary>
    public bool IsPlain(string tableName)
    {
        _tables.Refresh(_connection);
        return _tables.IsPlain(tableName);
    }

    /// <summary>Before a statement runs that may change rows.</summary>
    public ChangeMark Begin()
    {
        if (!_connection.InTransaction) _savepoints.Clear();
        _tables.Refresh(_connection);
        return Mark;
    }

    /// <summary>After a statement has failed. What it did in an open transaction is undone, unless it says FAIL or a trigger does; SQLite then counts the rows that stay.</summary>
    /// <param name="mark">Where it began.</param>
    /// <param name="sql">Its text.</param>
    public void Failed(ChangeMark mark, string sql)
    {
        if (_buffer.Length <= mark.Length) return;
        if (!MayHaveFailedInPart(sql))
        {
            Cut(mark);
            return;
        }

        if (_connection.Changes > 0) return;

        // It may have changed rows by triggers only, which are not counted.
        Fail(mark.Length, new VitessException(ErrorCodes.TransactionError, "a statement with a conflict clause or a trigger that says FAIL has failed, and what it has changed by triggers is not known",
            hint: "Roll the transaction back, and use ABORT in place of FAIL."));
    }

    /// <summary>After SAVEPOINT, RELEASE or ROLLBACK TO has succeeded.</summary>
    /// <param name="actions">Which, and of what name.</param>
    /// <param name="before">The mark before SAVEPOINT.</param>
    public void EndSavepoint(in StatementActions actions, ChangeMark before)
    {
        var name = actions.SavepointName ?? "";
        if (actions.Savepoint == "BEGIN")
        {
            _savepoints.Add((name, before));
            return;
        }

        var found = _savepoints.FindLastIndex(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (found < 0) return;
        if (actions.Savepoint == "RELEASE")
        {
            _savepoints.RemoveRange(found, _savepoints.Count - found);
            return;
        }

        Cut(_savepoints[found].Mark);
        _savepoints.RemoveRange(found + 1, _savepoints.Count - found - 1);
        _tables.IsStale |= _changedSchema;
    }

    /// <summary>Before a statement that changes the schema, in a transaction.</summary>
    public ChangeMark BeginDefinition(in StatementActions actions)
    {
        // Rows go one by one where foreign keys look at them.
        if (actions.DropsTable) _tables.Refresh(_connection);
        _inDefinition = true;
        return Mark;
    }

    /// <summary>After a statement that changes the schema, failed or not.</summary>
    /// <param name="mark">Where it began.</param>
    /// <param name="text">A statement that makes the same change; null if there was none.</param>
    public void EndDefinition(ChangeMark mark, string? text)
    {
        _inDefinition = false;
        if (text is null)
        {
            Cut(mark);
            return;
        }

        AddDefinition(text);
    }

    /// <summary>Records a statement that changes the schema.</summary>
    public void AddDefinition(string text)
    {
        _tables.IsStale = _changedSchema = true;
        StartRecord();
        _buffer.Add(RowChangeFormat.Definition);
        AddText(System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <summary>After a VACUUM, failed or not: what it has committed is no longer here.</summary>
    public void EndVacuum(ChangeMark mark)
    {
        if (_buffer.Length > mark.Length) Cut(mark);
    }

    /// <summary>Records the rows that a new table was made with, which SQLite does not tell of.</summary>
    public void AddRowsOf(string tableName)
    {
        _tables.Refresh(_connection);
        fixed (byte* name = Utf8.Terminated(tableName))
        {
            if (_tables.Find(name) is not { IsRecorded: true } table) return;
            var text = $"SELECT {RowIdName(tableName)}, * FROM main.{SqlText.Quote(tableName)} ORDER BY 1";
            _connection.ReadTrusted(text, row =>
            {
                StartRow(RowChangeFormat.Insert, table);
                _buffer.AddSigned(row.Column(0).AsInteger());
                for (var i = 0; i < table.Columns.Length; i++) ChangedCell.Add(_buffer, row.Column(i + 1));
            });
        }

        _tables.Refresh(_connection);
    }

    /// <summary>After the transaction has been rolled back.</summary>
    public void RolledBack()
    {
        _tables.IsStale |= _changedSchema;
        Clear();
    }

    /// <summary>Forgets the record: the transaction has ended.</summary>
    public void Clear()
    {
        Cut(default);
        _buffer.Clear();
        _savepoints.Clear();
        _changedSchema = _inDefinition = false;
        _failure = null;
    }

    /// <summary>Stops to record; before the connection is closed.</summary>
    public void Dispose()
    {
        _ = Native.sqlite3_preupdate_hook(_connection.Handle, null, 0);
        _self.Free();
        _buffer.Dispose();
    }

    private void Cut(ChangeMark mark)
    {
        if (_failure is not null && mark.Length <= _failedAt) _failure = null;
        _buffer.Cut(Math.Min(mark.Length, _buffer.Length));
        _rows = mark.Rows;
        for (var i = _described.Count - 1; i >= 0 && _describedAt[i] >= mark.Length; i--)
        {
            _described[i].Number = -1;
            _described.RemoveAt(i);
            _describedAt.RemoveAt(i);
        }
    }

    private bool MayHaveFailedInPart(string sql)
    {
        var code = Native.sqlite3_extended_errcode(_connection.Handle);
        if ((code & 0xff) != SqliteCode.Constraint || code == SqliteCode.ConstraintForeignKey) return false;
        return code == SqliteCode.ConstraintTrigger ? _tables.RaisesInPart : _tables.ConflictsInPart || FailClause.IsInConflict(sql);
    }

    private void Fail(int at, Exception failure)
    {
        if (_failure is not null) return;
        (_failure, _failedAt) = (failure, at);
    }

    private void StartRecord()
    {
        if (_buffer.Length == 0) _buffer.Add(RowChangeFormat.Version);
    }

    private void StartRow(byte operation, RecordedTable table)
    {
        if (table.Number < 0) Describe(table);
        _buffer.Add(operation);
        _buffer.AddVarint((ulong)table.Number);
        _rows++;
    }

    private void Describe(RecordedTable table)
    {
        if (table.Obstacle is { } obstacle) throw obstacle;
        StartRecord();
        _describedAt.Add(_buffer.Length);
        _described.Add(table);
        table.Number = _described.Count - 1;
        _buffer.Add(RowChangeFormat.Table);
        AddText(table.Name);
        _buffer.Add(table.IsWithoutRowId ? RowChangeFormat.WithoutRowId : (byte)0);
        _buffer.AddVarint((ulong)table.Columns.Length);
        _buffer.AddVarint((ulong)(table.RowIdColumn + 1));
        _buffer.AddVarint((ulong)table.Key.Length);
        foreach (var column in table.Key) _buffer.AddVarint((ulong)column);
    }

    private string RowIdName(string tableName)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        _connection.ReadTrusted("SELECT name FROM pragma_table_info(?1, 'main')", row => taken.Add(row.Column(0).AsText()), SqlValue.Text(tableName));
        return ((string[])["rowid", "_rowid_", "oid"]).FirstOrDefault(name => !taken.Contains(name))
            ?? throw new VitessException(ErrorCodes.QueryError, $"the rows of the table \"{tableName}\" cannot be recorded: its columns have all names of the rowid", sqlState: "0A000");
    }

    private void AddText(ReadOnlySpan<byte> bytes)
    {
        _buffer.AddVarint((ulong)bytes.Length);
        _buffer.Add(bytes);
    }

    private void RowChange(nint db, int operation, RecordedTable table, long oldKey, long newKey)
    {
        switch (operation)
        {
            case SqliteCode.OperationInsert:
                StartRow(RowChangeFormat.Insert, table);
                if (table.HasRowIdOfItsOwn) _buffer.AddSigned(newKey);
                AddInserted(db, table, newKey);
                Inserted?.Add(newKey);
                break;
            case SqliteCode.OperationDelete:
                StartRow(RowChangeFormat.Delete, table);
                if (table.HasRowIdOfItsOwn) _buffer.AddSigned(oldKey);
                Deleted(db, table, oldKey);
                break;
            default:
                var isMoved = table.HasRowIdOfItsOwn && oldKey != newKey;
                StartRow(isMoved ? RowChangeFormat.UpdateMoved : RowChangeFormat.Update, table);
                if (table.HasRowIdOfItsOwn) _buffer.AddSigned(oldKey);
                if (isMoved) _buffer.AddSigned(newKey);
                Updated(db, table, oldKey, newKey);
                break;
        }
    }

    private void AddInserted(nint db, RecordedTable table, long key)
    {
        var cell = default(ChangedCell);
        foreach (var column in table.Columns)
        {
            if (column.IsRowId) cell = ChangedCell.Integer(key);
            else LookNew(db, column, column.InsertIndex, ref cell);
            cell.AddTo(_buffer);
        }
    }

    private void Deleted(nint db, RecordedTable table, long key)
    {
        var cell = default(ChangedCell);
        var isFirst = true;
        foreach (var column in table.Columns)
        {
            if (column.IsRowId) ChangedCell.Integer(key).AddTo(_buffer);
            else if (LookOld(db, column, ref isFirst, ref cell)) cell.AddTo(_buffer);
            else ChangedCell.Add(_buffer, column.Default);
        }
    }

    private void Updated(nint db, RecordedTable table, long oldKey, long newKey)
    {
        ChangedCell before = default, after = default;
        var isFirst = true;
        var columns = table.Columns;
        var changed = _buffer.AddZeros((columns.Length + 7) / 8);
        for (var i = 0; i < columns.Length; i++)
        {
            var column = columns[i];
            var isThere = true;
            if (column.IsRowId) (before, after) = (ChangedCell.Integer(oldKey), ChangedCell.Integer(newKey));
            else
            {
                isThere = LookOld(db, column, ref isFirst, ref before);
                LookNew(db, column, column.UpdateIndex, ref after);
            }

            if (isThere)
            {
                before.AddTo(_buffer);
                if (before.IsSame(after)) continue;
            }
            else
            {
                ChangedCell.Add(_buffer, column.Default);
            }

            after.AddTo(_buffer);
            _buffer.SetBit(changed, i);
        }
    }

    private void LookNew(nint db, RecordedColumn column, int index, ref ChangedCell cell)
    {
        nint value;
        var code = Native.sqlite3_preupdate_new(db, index, &value);
        if (code != SqliteCode.Ok) throw NotShown(code);
        cell.Look(value, column.IsReal, _tables.IsUtf16);
    }

    // False for a row that is older than the column.
    private bool LookOld(nint db, RecordedColumn column, ref bool isFirst, ref ChangedCell cell)
    {
        nint value;
        var code = isFirst ? Native.sqlite3_preupdate_old(db, column.OldIndex, &value) : Native.sqlite3_preupdate_old_next(db, column.OldIndex, &value);
        if (code != SqliteCode.Ok) throw NotShown(code);
        isFirst = false;
        if (value == _missing) return false;
        cell.Look(value, column.IsReal, _tables.IsUtf16);
        return true;
    }

    private static VitessException NotShown(int code) => SqliteErrors.Create(code, "SQLite does not show a row that it changes");

    private RecordedTable? TableOf(byte* database, byte* name)
    {
        if (Unsafe.ReadUnaligned<int>(database) != MainName || database[sizeof(int)] != 0) return null;
        var table = _tables.Find(name);
        if (table is not null) return table.IsRecorded ? table : null;

        // What a virtual table makes for itself is unknown until its definition has ended. SQLite's own tables are never known.
        if (_inDefinition || MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name).StartsWith("sqlite_"u8)) return null;
        throw new InvalidOperationException($"a row changes in a table that was not there before the statement: {Utf8.ReadLossy(name)}");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void RowChanges(nint data, nint db, int operation, byte* database, byte* name, long oldKey, long newKey)
    {
        var self = Unsafe.As<RowRecorder>(GCHandle.FromIntPtr(data).Target!);
        if (self._failure is not null) return;
        var mark = self.Mark;
        try
        {
            if (self.TableOf(database, name) is { } table) self.RowChange(db, operation, table, oldKey, newKey);
        }
        catch (Exception exception)
        {
            // There is no way to fail here: the statement ends soon, and the transaction does not commit.
            self.Cut(mark);
            self.Fail(mark.Length, exception);
            CallbackFailure.Keep(exception);
            Native.sqlite3_interrupt(db);
        }
    }
}

/// <summary>A place in the record of a transaction.</summary>
/// <param name="Length">Bytes before it.</param>
/// <param name="Rows">Rows before it.</param>
internal readonly record struct ChangeMark(int Length, long Rows);
