using System.Reflection;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>
/// The system's libsqlite3, found once per process. Search order: the file named by SHALE_SQLITE_LIBRARY, else <c>libsqlite3.so.0</c>,
/// <c>libsqlite3.so</c>, <c>sqlite3</c> as the system's loader finds them.
/// </summary>
public static class SqliteLibrary
{
    /// <summary>The oldest version that will do: 3.40.0.</summary>
    public const int MinimumVersion = 3_040_000;

    private static readonly Lazy<int> LoadedVersion = new(Load);
    private static nint _handle;

    /// <summary>The version as SQLite writes it: 3040001 is 3.40.1. Errors: SHARD_ERROR if there is no library, or only an old one.</summary>
    public static int Version => LoadedVersion.Value;

    /// <summary>Whether result columns can tell which table and column they come from.</summary>
    internal static bool HasColumnMetadata { get; private set; }

    /// <summary>Whether it tells of each row before it changes.</summary>
    internal static bool HasPreupdateHook { get; private set; }

    /// <summary>Loads the library unless that was done; every open goes through this.</summary>
    internal static void EnsureLoaded() => _ = LoadedVersion.Value;

    private static int Load()
    {
        _handle = Find();
        NativeLibrary.SetDllImportResolver(typeof(SqliteLibrary).Assembly, Resolve);
        HasColumnMetadata = NativeLibrary.TryGetExport(_handle, "sqlite3_column_origin_name", out _);
        HasPreupdateHook = NativeLibrary.TryGetExport(_handle, "sqlite3_preupdate_hook", out _);
        var version = Native.sqlite3_libversion_number();
        if (version < MinimumVersion) throw Unusable($"libsqlite3 is version {version}, older than {MinimumVersion}");

        // Memory statistics cost a process-wide mutex on every allocation. Refused harmlessly if SQLite is already in use.
        _ = Native.sqlite3_config(SqliteCode.ConfigMemStatus, 0);
        return version;
    }

    private static nint Find()
    {
        var named = Environment.GetEnvironmentVariable("SHALE_SQLITE_LIBRARY");
        if (!string.IsNullOrEmpty(named))
        {
            return NativeLibrary.TryLoad(named, out var handle)
                ? handle
                : throw Unusable($"SHALE_SQLITE_LIBRARY names \"{named}\", which cannot be loaded");
        }

        foreach (var name in (ReadOnlySpan<string>)["libsqlite3.so.0", "libsqlite3.so", "sqlite3"])
        {
            if (NativeLibrary.TryLoad(name, typeof(SqliteLibrary).Assembly, null, out var handle)) return handle;
        }

        throw Unusable("libsqlite3 cannot be found");
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? searchPath) => library == Native.Library ? _handle : 0;

    private static VitessException Unusable(string message) => new(
        ErrorCodes.ShardError, message, hint: "Install SQLite 3.40 or newer (Debian: apt-get install libsqlite3-0), or name it in SHALE_SQLITE_LIBRARY.");
}
