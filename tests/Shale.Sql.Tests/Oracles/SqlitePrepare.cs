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

    /// <summary>
    /// Whether SQLite compiles the text, all of it, as one statement over tables of the corpus. Only then it has surely read it all: its errors
    /// of other kinds can come before its parser is through.
    /// </summary>
    public static bool AcceptsWhole(string sql)
    {
        lock (Library)
        {
            var text = Marshal.StringToCoTaskMemUTF8(sql);
            try
            {
                var code = Prepare(Database, text, -1, out var statement, out var tail);
                _ = Finalize(statement);
                return code == 0 && statement != 0 && Marshal.PtrToStringUTF8(tail)!.Trim().Length == 0;
            }
            finally
            {
                Marshal.FreeCoTaskMem(text);
            }
        }
    }

    /// <summary>The first value of the first row with its type; the error's text for what SQLite refuses.</summary>
    public static string? Value(string sql)
    {
        lock (Library)
        {
            if (Prepare(Database, sql, -1, out var statement, out _) != 0) return Marshal.PtrToStringUTF8(Message(Database));
            _ = Step(statement);
            var value = $"{ColumnType(statement, 0)}:{Marshal.PtrToStringUTF8(ColumnText(statement, 0))}";
            _ = Finalize(statement);
            return value;
        }
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    private static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    private static partial int ColumnType(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    private static partial nint ColumnText(nint statement, int column);

    private static nint Open()
    {
        if (!NativeLibrary.TryLoad(Library, Assembly.GetExecutingAssembly(), null, out _) || OpenDatabase(":memory:", out var database) != 0) return 0;
        foreach (var table in (string[])["t", "u", "v", "w", "a", "b", "c", "e", "d", "f"])
        {
            var sql = $"CREATE TABLE {table} (id, a, b, c, d, e, f, g, h, i, j, k, x, y, z, kind, parent, name, \"key\", value, UNIQUE (a), UNIQUE (d)); CREATE INDEX i_{table} ON {table} (a)";
            if (Execute(database, sql, 0, 0, 0) != 0) throw new InvalidOperationException(Marshal.PtrToStringUTF8(Message(database)));
        }

        return database;
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_exec", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(nint database, string sql, nint callback, nint argument, nint error);

    [LibraryImport(Library, EntryPoint = "sqlite3_open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDatabase(string file, out nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Prepare(nint database, string sql, int length, out nint statement, out nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2")]
    private static partial int Prepare(nint database, nint sql, int length, out nint statement, out nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    private static partial int Finalize(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    private static partial nint Message(nint database);
}
