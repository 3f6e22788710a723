using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>Eponymous virtual tables whose rows come from .NET: <see cref="RowsDefinition"/>.</summary>
internal static unsafe class RowsModule
{
    private const int OperatorEqual = 2;
    private const int MaxArguments = 8, MaxWatched = 8, MaxSought = 16;

    // Bits of the number that BestIndex hands to Filter: one for each argument, one for what is sought, one for each column that is watched.
    private const int SoughtBit = 1 << MaxArguments, FirstWatchedBit = MaxArguments + 1;

    private const double CostOfAll = 1_000_000, CostOfSome = 1000;

    private static readonly Lazy<nint> Module = new(Build);

    /// <summary>Adds one to a connection.</summary>
    public static int Register(nint db, RowsDefinition definition)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(definition.Arguments.Count, MaxArguments);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(definition.Sought.Count, MaxSought);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(definition.Watched.Count, MaxWatched);
        var handle = GCHandle.ToIntPtr(GCHandle.Alloc(definition));
        fixed (byte* name = Utf8.Terminated(definition.Name))
        {
            return Native.sqlite3_create_module_v2(db, name, (void*)Module.Value, handle, (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Free);
        }
    }

    /// <summary>Takes one away; statements that are prepared keep what they have.</summary>
    public static int Unregister(nint db, string name)
    {
        fixed (byte* text = Utf8.Terminated(name)) return Native.sqlite3_create_module_v2(db, text, null, 0, 0);
    }

    // sqlite3_module, version 0: the version, then the methods in the order of sqlite3.h. No xCreate makes it eponymous only.
    private static nint Build()
    {
        var slots = (nint*)NativeMemory.AllocZeroed(32, (nuint)sizeof(nint));
        slots[2] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, int, byte**, Table**, byte**, int>)&Connect;
        slots[3] = (nint)(delegate* unmanaged[Cdecl]<Table*, IndexInfo*, int>)&BestIndex;
        slots[4] = (nint)(delegate* unmanaged[Cdecl]<Table*, int>)&Disconnect;
        slots[6] = (nint)(delegate* unmanaged[Cdecl]<Table*, Cursor**, int>)&Open;
        slots[7] = (nint)(delegate* unmanaged[Cdecl]<Cursor*, int>)&Close;
        slots[8] = (nint)(delegate* unmanaged[Cdecl]<Cursor*, int, byte*, int, nint*, int>)&Filter;
        slots[9] = (nint)(delegate* unmanaged[Cdecl]<Cursor*, int>)&Next;
        slots[10] = (nint)(delegate* unmanaged[Cdecl]<Cursor*, int>)&Eof;
        slots[11] = (nint)(delegate* unmanaged[Cdecl]<Cursor*, nint, int, int>)&Column;
        return (nint)slots;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint handle) => GCHandle.FromIntPtr(handle).Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Connect(nint db, nint data, int argc, byte** argv, Table** table, byte** error)
    {
        var definition = (RowsDefinition)GCHandle.FromIntPtr(data).Target!;
        var columns = string.Join(", ", definition.Columns.Concat(definition.Arguments.Select(argument => argument + " HIDDEN")));
        var sql = $"CREATE TABLE x({columns}, PRIMARY KEY ({definition.Key})) WITHOUT ROWID";
        int code;
        fixed (byte* text = Utf8.Terminated(sql)) code = Native.sqlite3_declare_vtab(db, text);
        if (code != SqliteCode.Ok) return code;
        *table = (Table*)Zeroed(sizeof(Table));
        if (*table == null) return SqliteCode.NoMemory;
        (*table)->Definition = data;
        return SqliteCode.Ok;
    }

    // Arguments that are given by equality go to Filter; which ones says the number, a bit for each.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int BestIndex(Table* table, IndexInfo* info)
    {
        var definition = Definition(table);
        var first = definition.Columns.Count;
        var places = stackalloc int[MaxArguments];
        for (var i = 0; i < MaxArguments; i++) places[i] = -1;
        for (var i = 0; i < info->ConstraintCount; i++)
        {
            ref var constraint = ref info->Constraints[i];
            if (constraint.Column < first || constraint.Operator != OperatorEqual) continue;
            if (constraint.Usable == 0) return SqliteCode.Constraint;
            places[constraint.Column - first] = i;
        }

        var next = 1;
        for (var i = 0; i < definition.Arguments.Count; i++)
        {
            if (places[i] < 0) continue;
            info->Number |= 1 << i;
            info->Usages[places[i]] = new Usage { ArgumentIndex = next++, Omit = 1 };
        }

        var isSought = definition.Sought.Count > 0 && Seek(definition, info, ref next);
        for (var i = 0; i < definition.Watched.Count; i++)
        {
            if ((info->ColumnsUsed & (1UL << Math.Min(definition.Watched[i], 63))) != 0) info->Number |= 1 << (FirstWatchedBit + i);
        }

        info->EstimatedCost = definition.Sought.Count > 0 && !isSought ? CostOfAll : CostOfSome;
        info->EstimatedRows = (long)info->EstimatedCost;
        return SqliteCode.Ok;
    }

    private static bool Seek(RowsDefinition definition, IndexInfo* info, ref int next)
    {
        var places = stackalloc int[MaxSought];
        for (var i = 0; i < definition.Sought.Count; i++)
        {
            places[i] = -1;
            for (var j = 0; j < info->ConstraintCount && places[i] < 0; j++)
            {
                ref var constraint = ref info->Constraints[j];
                if (constraint.Column != definition.Sought[i].Column || constraint.Operator != OperatorEqual || constraint.Usable == 0) continue;
                var collation = Utf8.ReadLossy(Native.sqlite3_vtab_collation(info, j));
                if (collation.Equals("BINARY", StringComparison.OrdinalIgnoreCase) || collation.Equals(definition.Sought[i].Collation, StringComparison.OrdinalIgnoreCase)) places[i] = j;
            }

            if (places[i] < 0) return false;
        }

        for (var i = 0; i < definition.Sought.Count; i++) info->Usages[places[i]] = new Usage { ArgumentIndex = next++ };
        info->Number |= SoughtBit;
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Filter(Cursor* cursor, int number, byte* text, int count, nint* values)
    {
        try
        {
            Drop(cursor);
            var definition = Definition(cursor->Table);
            var arguments = new SqlValue[definition.Arguments.Count];
            var taken = 0;
            for (var i = 0; i < arguments.Length; i++)
            {
                if ((number & (1 << i)) != 0) arguments[i] = NativeValue.Read(values[taken++]);
            }

            SqlValue[]? sought = (number & SoughtBit) != 0 ? new SqlValue[definition.Sought.Count] : null;
            for (var i = 0; i < sought?.Length; i++) sought[i] = NativeValue.Read(values[taken++]);
            var reads = new bool[definition.Watched.Count];
            for (var i = 0; i < reads.Length; i++) reads[i] = (number & (1 << (FirstWatchedBit + i))) != 0;
            var rows = definition.Rows(new RowsRequest(arguments, sought, reads)).GetEnumerator();
            cursor->Rows = GCHandle.ToIntPtr(GCHandle.Alloc(new State(arguments, rows, definition.Columns.Count)));
            return Move(cursor);
        }
        catch (Exception exception)
        {
            return Fail(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Next(Cursor* cursor)
    {
        try
        {
            return Move(cursor);
        }
        catch (Exception exception)
        {
            return Fail(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Eof(Cursor* cursor) => cursor->AtEnd;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Column(Cursor* cursor, nint context, int column)
    {
        try
        {
            var state = (State)GCHandle.FromIntPtr(cursor->Rows).Target!;
            NativeValue.WriteResult(context, column < state.Columns ? state.Rows.Current[column] : state.Arguments[column - state.Columns]);
            return SqliteCode.Ok;
        }
        catch (Exception exception)
        {
            return Fail(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Table* table, Cursor** cursor)
    {
        *cursor = (Cursor*)Zeroed(sizeof(Cursor));
        if (*cursor == null) return SqliteCode.NoMemory;
        (*cursor)->AtEnd = 1;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(Cursor* cursor)
    {
        Drop(cursor);
        Native.sqlite3_free((nint)cursor);
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Disconnect(Table* table)
    {
        Native.sqlite3_free((nint)table);
        return SqliteCode.Ok;
    }

    private static int Move(Cursor* cursor)
    {
        var state = (State)GCHandle.FromIntPtr(cursor->Rows).Target!;
        cursor->AtEnd = state.Rows.MoveNext() ? 0 : 1;
        return SqliteCode.Ok;
    }

    private static void Drop(Cursor* cursor)
    {
        if (cursor->Rows == 0) return;
        var handle = GCHandle.FromIntPtr(cursor->Rows);
        ((State)handle.Target!).Rows.Dispose();
        handle.Free();
        cursor->Rows = 0;
        cursor->AtEnd = 1;
    }

    private static int Fail(Exception exception)
    {
        CallbackFailure.Keep(exception);
        return SqliteCode.Error;
    }

    private static RowsDefinition Definition(Table* table) => (RowsDefinition)GCHandle.FromIntPtr(table->Definition).Target!;

    private static nint Zeroed(int bytes)
    {
        var memory = Native.sqlite3_malloc64((ulong)bytes);
        if (memory != 0) NativeMemory.Clear((void*)memory, (nuint)bytes);
        return memory;
    }

    private sealed record State(SqlValue[] Arguments, IEnumerator<SqlValue[]> Rows, int Columns);

#pragma warning disable CS0649 // SQLite writes these.
    // sqlite3_vtab, which SQLite fills, and ours.
    private struct Table
    {
        public nint Module;
        public int References;
        public nint Error;
        public nint Definition;
    }

    // sqlite3_vtab_cursor, and ours.
    private struct Cursor
    {
        public Table* Table;
        public nint Rows;
        public int AtEnd;
    }
#pragma warning restore CS0649
}
