using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>A scalar function ready to be registered on any number of connections. Made once and kept for the life of the process.</summary>
public sealed unsafe class ScalarDefinition
{
    private readonly byte[] _name;
    private readonly int _args;
    private readonly int _flags;
    private readonly ScalarFunction _body;
    private readonly nint _self;

    /// <summary>Describes a function.</summary>
    /// <param name="name">Its SQL name.</param>
    /// <param name="args">How many arguments; -1 for any number.</param>
    /// <param name="flags">What SQLite may assume.</param>
    /// <param name="body">What it computes.</param>
    public ScalarDefinition(string name, int args, SqliteFunctionFlags flags, ScalarFunction body)
    {
        _name = Utf8.Terminated(name);
        _args = args;
        _flags = (int)flags | SqliteCode.Utf8;
        _body = body;
        _self = GCHandle.ToIntPtr(GCHandle.Alloc(this));
    }

    internal int Register(nint db)
    {
        fixed (byte* name = _name) return Native.sqlite3_create_function_v2(db, name, _args, _flags, _self, &Invoke, 0, 0, 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Invoke(nint context, int count, nint* values)
    {
        try
        {
            var self = (ScalarDefinition)GCHandle.FromIntPtr(Native.sqlite3_user_data(context)).Target!;
            var arguments = FunctionArguments.Read(count, values);
            var result = self._body(arguments);
            FunctionArguments.Release(arguments);
            NativeValue.WriteResult(context, result);
        }
        catch (Exception exception)
        {
            CallbackFailure.Report(context, exception);
        }
    }
}
