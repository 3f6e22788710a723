using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>
/// The VFS that shows versions of page stores to SQLite as files; registered once per process, never as the default. Only main databases are ours: temporary files and the like go to the
/// system's own VFS. Functions called from SQLite must not throw: exceptions wait in <see cref="CallbackFailure"/>.
/// </summary>
internal static unsafe class PagedVfs
{
    private const int LongestPath = 1024;

    private static readonly Lazy<nint> Registered = new(Register);
    private static NativeVfs* _parent;
    private static NativeFileMethods* _methods;

    /// <summary>The name to open connections with, null-terminated.</summary>
    public static ReadOnlySpan<byte> Name => "shale\0"u8;

    /// <summary>The name of the system's own VFS, for plain files.</summary>
    public static string ParentName => Utf8.ReadLossy(_parent->Name);

    /// <summary>Registers it, unless that was done.</summary>
    public static void EnsureRegistered() => _ = Registered.Value;

    // Lives as long as the process.
    private static nint Register()
    {
        SqliteLibrary.EnsureLoaded();
        _parent = Native.sqlite3_vfs_find(null);
        if (_parent == null) throw new VitessException(ErrorCodes.ShardError, "libsqlite3 has no VFS of its own");
        _methods = (NativeFileMethods*)NativeMemory.Alloc((nuint)sizeof(NativeFileMethods));
        *_methods = new NativeFileMethods
        {
            Version = 1,
            Close = &Close,
            Read = &Read,
            Write = &Write,
            Truncate = &Truncate,
            Sync = &Sync,
            Size = &Size,
            Lock = &Lock,
            Unlock = &Unlock,
            CheckReservedLock = &CheckReservedLock,
            Control = &Control,
            SectorSize = &SectorSize,
            Characteristics = &Characteristics,
        };
        var name = (byte*)NativeMemory.Alloc((nuint)Name.Length);
        Name.CopyTo(new Span<byte>(name, Name.Length));
        var vfs = (NativeVfs*)NativeMemory.Alloc((nuint)sizeof(NativeVfs));
        *vfs = *_parent;
        vfs->Version = Math.Min(2, _parent->Version);
        vfs->FileBytes = Math.Max(_parent->FileBytes, sizeof(NativeFile));
        vfs->LongestPath = Math.Max(_parent->LongestPath, LongestPath);
        vfs->Next = null;
        vfs->Name = name;
        vfs->Open = &Open;
        vfs->Delete = &Delete;
        vfs->Access = &Access;
        vfs->FullPath = &FullPath;
        var code = Native.sqlite3_vfs_register(vfs, 0);
        if (code != SqliteCode.Ok) throw SqliteErrors.Create(code, "libsqlite3 does not take a VFS");
        return (nint)vfs;
    }

    private static PagedFile File(NativeFile* file) => Unsafe.As<PagedFile>(GCHandle.FromIntPtr(file->Handle).Target!);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(NativeVfs* vfs, byte* name, NativeFile* file, int flags, int* flagsFound)
    {
        if ((flags & VfsCode.MainDatabase) == 0) return OpenOther(name, file, flags, flagsFound);

        // Without methods SQLite does not close it.
        file->Methods = null;
        try
        {
            RefuseSharing(name);
            var opened = PagedOpening.Open(Utf8.ReadLossy(name));
            file->Handle = GCHandle.ToIntPtr(GCHandle.Alloc(opened));
            file->Methods = _methods;
            if (flagsFound != null) *flagsFound = opened is PagedWriterFile ? flags : (flags & ~(SqliteCode.OpenReadWrite | SqliteCode.OpenCreate)) | SqliteCode.OpenReadOnly;
            return SqliteCode.Ok;
        }
        catch (Exception exception)
        {
            return VfsFailure.Keep(exception, SqliteCode.CantOpen);
        }
    }

    // Connections that share pages would see one another's versions.
    private static void RefuseSharing(byte* name)
    {
        fixed (byte* parameter = "cache\0"u8)
        {
            if (Native.sqlite3_uri_parameter(name, parameter) == null) return;
        }

        throw new VitessException(ErrorCodes.QueryError, "a version of the page log cannot be opened with a cache parameter", sqlState: "0A000", hint: "Leave the parameter out: each connection has a cache of its own.");
    }

    private static int OpenOther(byte* name, NativeFile* file, int flags, int* flagsFound)
    {
        if ((flags & (VfsCode.MainJournal | VfsCode.SuperJournal | VfsCode.WriteAheadLog)) == 0) return _parent->Open(_parent, name, file, flags, flagsFound);
        file->Methods = null;
        return SqliteCode.CantOpen;
    }

    // There are no files beside a database: no journal, no WAL.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(NativeVfs* vfs, byte* name, int sync) => SqliteCode.Ok;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(NativeVfs* vfs, byte* name, int flags, int* result)
    {
        *result = 0;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FullPath(NativeVfs* vfs, byte* name, int room, byte* full)
    {
        var path = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        if (path.Length >= room) return SqliteCode.CantOpen;
        path.CopyTo(new Span<byte>(full, room));
        full[path.Length] = 0;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(NativeFile* file)
    {
        var handle = GCHandle.FromIntPtr(file->Handle);
        file->Methods = null;
        try
        {
            ((PagedFile)handle.Target!).Dispose();
            return SqliteCode.Ok;
        }
        catch (Exception exception)
        {
            return VfsFailure.Keep(exception, SqliteCode.IoError);
        }
        finally
        {
            handle.Free();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(NativeFile* file, void* buffer, int length, long position)
    {
        try
        {
            return File(file).Read(new Span<byte>(buffer, length), position);
        }
        catch (Exception exception)
        {
            return VfsFailure.Keep(exception, VfsCode.ReadFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(NativeFile* file, void* buffer, int length, long position)
    {
        try
        {
            return File(file).Write(new ReadOnlySpan<byte>(buffer, length), position);
        }
        catch (Exception exception)
        {
            return VfsFailure.Keep(exception, VfsCode.WriteFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(NativeFile* file, long bytes)
    {
        try
        {
            return File(file).Truncate(bytes);
        }
        catch (Exception exception)
        {
            return VfsFailure.Keep(exception, VfsCode.TruncateFailed);
        }
    }

    // What is durable when is between the store and whoever waits for it.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(NativeFile* file, int flags) => SqliteCode.Ok;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Size(NativeFile* file, long* bytes)
    {
        try
        {
            *bytes = File(file).PageCount * (long)PageLog.PageFormat.PageSize;
            return SqliteCode.Ok;
        }
        catch (Exception exception)
        {
            return VfsFailure.Keep(exception, VfsCode.SizeFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(NativeFile* file, int level)
    {
        try
        {
            return File(file).Lock(level);
        }
        catch (Exception exception)
        {
            return VfsFailure.Keep(exception, VfsCode.LockFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(NativeFile* file, int level)
    {
        try
        {
            return File(file).Unlock(level);
        }
        catch (Exception exception)
        {
            return VfsFailure.Keep(exception, SqliteCode.IoError);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(NativeFile* file, int* result)
    {
        *result = 0;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Control(NativeFile* file, int operation, void* argument)
    {
        try
        {
            if (operation != VfsCode.ControlPragma) return File(file).Control(operation);
            var words = (byte**)argument;
            return File(file).Pragma(words[1], words[2]);
        }
        catch (Exception exception)
        {
            return VfsFailure.Keep(exception, VfsCode.SyncFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(NativeFile* file) => PageLog.PageFormat.PageSize;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Characteristics(NativeFile* file) => File(file).Characteristics;
}
