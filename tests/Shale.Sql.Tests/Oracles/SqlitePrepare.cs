using System.Reflection;
using System.Runtime.InteropServices;

namespace Shale.Sql.Tests.Oracles;

/// <summary>SQLite's own parser: prepare on an empty database in memory. What it says of missing tables and the like is no syntax error.</summary>
internal static unsafe partial class SqlitePrepare
{
    private const string Library = "libsqlite3.so.0";

    private static readonly nint Database = Open();

    public static bool IsAvailable => Database != 0;

    /// <summary>The syntax error's text, or null if SQLite accepts the syntax.</summary>
    public static string? Check(string sql)
    {
        lock (Library)
        {
            var code = Prepare(Database, sql, -1, out var statement, out _);
            var message = Marshal.PtrToStringUTF8(Message(Database));
            _ = Finalize(statement);
            if (code == 0 || message is null) return null;
            var isSyntax = message.Contains("syntax error", StringComparison.Ordinal) || message.Contains("unrecognized token", StringComparison.Ordinal)
                || message.Contains("incomplete input", StringComparison.Ordinal) || message.Contains("unterminated", StringComparison.Ordinal)
                || message.Contains("unknown join type", StringComparison.Ordinal) || message.Contains("a JOIN clause is required", StringComparison.Ordinal);
            return isSyntax ? message : null;
        }
    }

    private static nint Open() =>
        NativeLibrary.TryLoad(Library, Assembly.GetExecutingAssembly(), null, out _) && OpenDatabase(":memory:", out var database) == 0 ? database : 0;

    [LibraryImport(Library, EntryPoint = "sqlite3_open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDatabase(string file, out nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Prepare(nint database, string sql, int length, out nint statement, out nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    private static partial int Finalize(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    private static partial nint Message(nint database);
}

/// <summary>A test that needs libsqlite3 and says so where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SqliteFactAttribute : FactAttribute
{
    public SqliteFactAttribute()
    {
        if (!SqlitePrepare.IsAvailable) Skip = "libsqlite3.so.0 is missing: apt-get install libsqlite3-0";
    }
}
