using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>
/// An aggregate, also usable as a window function, ready to be registered on any number of connections. Made once and kept for the life of the
/// process.
/// </summary>
public sealed unsafe class AggregateDefinition
{
    private readonly byte[] _name;
    private readonly int _args;
    private readonly int _flags;
    private readonly Func<AggregateState> _start;
    private readonly nint _self;

    /// <summary>Describes an aggregate.</summary>
    /// <param name="name">Its SQL name.</param>
    /// <param name="args">How many arguments; -1 for any number.</param>
    /// <param name="flags">What SQLite may assume.</param>
    /// <param name="start">Makes the state of a new group.</param>
    public AggregateDefinition(string name, int args, SqliteFunctionFlags flags, Func<AggregateState> start)
    {
        _name = Utf8.Terminated(name);
        _args = args;
        _flags = (int)flags | SqliteCode.Utf8;
        _start = start;
        _self = GCHandle.ToIntPtr(GCHandle.Alloc(this));
    }

    internal int Register(nint db)
    {
        fixed (byte* name = _name) return Native.sqlite3_create_window_function(db, name, _args, _flags, _self, &Step, &Final, &Value, &Inverse, 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Step(nint context, int count, nint* values)
    {
        try
        {
            var state = State(context);
            var arguments = FunctionArguments.Read(count, values);
            state.Step(arguments);
            FunctionArguments.Release(arguments);
        }
        catch (Exception exception)
        {
            CallbackFailure.Report(context, exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Inverse(nint context, int count, nint* values)
    {
        try
        {
            var state = State(context);
            var arguments = FunctionArguments.Read(count, values);
            state.Inverse(arguments);
            FunctionArguments.Release(arguments);
        }
        catch (Exception exception)
        {
            CallbackFailure.Report(context, exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Value(nint context)
    {
        try
        {
            NativeValue.WriteResult(context, State(context).Result());
        }
        catch (Exception exception)
        {
            CallbackFailure.Report(context, exception);
        }
    }

    // SQLite calls this once per group, also when the statement is abandoned: the state's handle is freed here and nowhere else.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Final(nint context)
    {
        var slot = Native.sqlite3_aggregate_context(context, 0);
        try
        {
            var state = slot != null && *slot != 0
                ? (AggregateState)GCHandle.FromIntPtr(*slot).Target!
                : Definition(context)._start();
            NativeValue.WriteResult(context, state.Result());
        }
        catch (Exception exception)
        {
            CallbackFailure.Report(context, exception);
        }
        finally
        {
            if (slot != null && *slot != 0)
            {
                GCHandle.FromIntPtr(*slot).Free();
                *slot = 0;
            }
        }
    }

    private static AggregateState State(nint context)
    {
        var slot = Native.sqlite3_aggregate_context(context, sizeof(nint));
        if (slot == null) throw new VitessException(ErrorCodes.ResourceExhausted, "out of memory", sqlState: "53200");
        if (*slot != 0) return (AggregateState)GCHandle.FromIntPtr(*slot).Target!;
        var state = Definition(context)._start();
        *slot = GCHandle.ToIntPtr(GCHandle.Alloc(state));
        return state;
    }

    private static AggregateDefinition Definition(nint context) => (AggregateDefinition)GCHandle.FromIntPtr(Native.sqlite3_user_data(context)).Target!;
}
