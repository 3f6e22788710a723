using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>Lets something look on while a connection's statements run; what it throws ends the statement. Until it is disposed, by the connection's thread.</summary>
internal sealed unsafe class ProgressWatch : IDisposable
{
    // Of SQLite's virtual machine: some milliseconds.
    private const int OperationsBetween = 20_000;

    private readonly nint _db;
    private readonly Action _look;
    private readonly GCHandle _self;

    /// <summary>Begins to look.</summary>
    public ProgressWatch(nint db, Action look)
    {
        (_db, _look, _self) = (db, look, GCHandle.Alloc(this));
        Native.sqlite3_progress_handler(db, OperationsBetween, &Look, GCHandle.ToIntPtr(_self));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Native.sqlite3_progress_handler(_db, 0, null, 0);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Look(nint data)
    {
        try
        {
            ((ProgressWatch)GCHandle.FromIntPtr(data).Target!)._look();
            return 0;
        }
        catch (Exception exception)
        {
            CallbackFailure.Keep(exception);
            return 1;
        }
    }
}
