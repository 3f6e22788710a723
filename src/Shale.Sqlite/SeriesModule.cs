using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>
/// generate_series(start, stop[, step]) as an eponymous virtual table with the column <c>value</c> and the hidden columns start, stop, step.
/// PostgreSQL's meaning for integers and floats: a NULL gives no rows, a step of zero is an error, a negative step counts down.
/// </summary>
internal static unsafe class SeriesModule
{
    private const int StartColumn = 1, StepColumn = 3, OperatorEqual = 2;

    private static readonly Lazy<nint> Module = new(Build);

    public static int Register(nint db)
    {
        fixed (byte* name = "generate_series\0"u8) return Native.sqlite3_create_module_v2(db, name, (void*)Module.Value, 0, 0);
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
        slots[12] = (nint)(delegate* unmanaged[Cdecl]<Cursor*, long*, int>)&RowId;
        return (nint)slots;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Connect(nint db, nint data, int argc, byte** argv, Table** table, byte** error)
    {
        int code;
        fixed (byte* sql = "CREATE TABLE x(value, start HIDDEN, stop HIDDEN, step HIDDEN)\0"u8) code = Native.sqlite3_declare_vtab(db, sql);
        if (code != SqliteCode.Ok) return code;
        _ = Native.sqlite3_vtab_config(db, SqliteCode.VtabInnocuous, 0);
        *table = (Table*)Zeroed(sizeof(Table));
        return *table == null ? SqliteCode.NoMemory : SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int BestIndex(Table* table, IndexInfo* info)
    {
        var places = stackalloc int[3] { -1, -1, -1 };
        for (var i = 0; i < info->ConstraintCount; i++)
        {
            ref var constraint = ref info->Constraints[i];
            if (constraint.Column is < StartColumn or > StepColumn || constraint.Operator != OperatorEqual) continue;
            if (constraint.Usable == 0) return SqliteCode.Constraint;
            places[constraint.Column - StartColumn] = i;
        }

        if (places[0] < 0 || places[1] < 0) return Fail("generate_series needs start and stop", "42883");
        var next = 1;
        for (var i = 0; i < 3; i++)
        {
            if (places[i] < 0) continue;
            info->Usages[places[i]] = new Usage { ArgumentIndex = next++, Omit = 1 };
        }

        info->EstimatedCost = 2;
        info->EstimatedRows = 1000;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Filter(Cursor* cursor, int number, byte* text, int count, nint* values)
    {
        cursor->Remaining = 0;
        cursor->Index = 0;
        cursor->IsReal = 0;
        for (var i = 0; i < count; i++)
        {
            switch (Native.sqlite3_value_type(values[i]))
            {
                case SqliteCode.TypeNull:
                    return SqliteCode.Ok;
                case SqliteCode.TypeFloat:
                    cursor->IsReal = 1;
                    break;
                case not SqliteCode.TypeInteger:
                    return Fail("generate_series takes numbers", "42883");
            }
        }

        return cursor->IsReal != 0 ? StartReal(cursor, count, values) : StartInteger(cursor, count, values);
    }

    private static int StartInteger(Cursor* cursor, int count, nint* values)
    {
        var start = Native.sqlite3_value_int64(values[0]);
        var stop = Native.sqlite3_value_int64(values[1]);
        var step = count > 2 ? Native.sqlite3_value_int64(values[2]) : 1;
        if (step == 0) return Fail("step size cannot equal zero", "22023");
        cursor->Start = start;
        cursor->Step = step;
        if (step > 0 && start <= stop) cursor->Remaining = Steps((ulong)stop - (ulong)start, (ulong)step);
        if (step < 0 && start >= stop) cursor->Remaining = Steps((ulong)start - (ulong)stop, 0UL - (ulong)step);
        return SqliteCode.Ok;
    }

    private static int StartReal(Cursor* cursor, int count, nint* values)
    {
        var start = Native.sqlite3_value_double(values[0]);
        var stop = Native.sqlite3_value_double(values[1]);
        var step = count > 2 ? Native.sqlite3_value_double(values[2]) : 1;
        if (step == 0) return Fail("step size cannot equal zero", "22023");
        cursor->RealStart = start;
        cursor->RealStep = step;

        // 0.3 / 0.1 is a little less than 3, yet the series 0, 0.1, … 0.3 has four members.
        var steps = Math.Floor(((stop - start) / step) + 1e-9);
        if (steps >= 0) cursor->Remaining = steps >= ulong.MaxValue / 2 ? ulong.MaxValue / 2 : (ulong)steps + 1;
        return SqliteCode.Ok;
    }

    private static ulong Steps(ulong distance, ulong step)
    {
        var steps = distance / step;
        return steps == ulong.MaxValue ? steps : steps + 1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Next(Cursor* cursor)
    {
        cursor->Remaining--;
        cursor->Index++;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Eof(Cursor* cursor) => cursor->Remaining == 0 ? 1 : 0;

    // The hidden columns are never asked for where their constraints were taken over; they are NULL otherwise.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Column(Cursor* cursor, nint context, int column)
    {
        if (column != 0) Native.sqlite3_result_null(context);
        else if (cursor->IsReal != 0) Native.sqlite3_result_double(context, cursor->RealStart + (cursor->Index * cursor->RealStep));
        else Native.sqlite3_result_int64(context, unchecked(cursor->Start + ((long)cursor->Index * cursor->Step)));
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int RowId(Cursor* cursor, long* rowId)
    {
        *rowId = (long)cursor->Index + 1;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Table* table, Cursor** cursor)
    {
        *cursor = (Cursor*)Zeroed(sizeof(Cursor));
        return *cursor == null ? SqliteCode.NoMemory : SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(Cursor* cursor)
    {
        Native.sqlite3_free((nint)cursor);
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Disconnect(Table* table)
    {
        Native.sqlite3_free((nint)table);
        return SqliteCode.Ok;
    }

    private static int Fail(string message, string state)
    {
        CallbackFailure.Keep(new VitessException(ErrorCodes.QueryError, message, sqlState: state));
        return SqliteCode.Error;
    }

    private static nint Zeroed(int bytes)
    {
        var memory = Native.sqlite3_malloc64((ulong)bytes);
        if (memory != 0) NativeMemory.Clear((void*)memory, (nuint)bytes);
        return memory;
    }

#pragma warning disable CS0649 // SQLite writes these.
    // sqlite3_vtab; SQLite fills it.
    private struct Table
    {
        public nint Module;
        public int References;
        public nint Error;
    }

    // sqlite3_vtab_cursor, and what a running series needs.
    private struct Cursor
    {
        public nint Table;
        public ulong Remaining;
        public ulong Index;
        public long Start;
        public long Step;
        public double RealStart;
        public double RealStep;
        public int IsReal;
    }
#pragma warning restore CS0649
}
