using System.Reflection;
using System.Runtime.InteropServices;

namespace Shale.Sql.Tests.Oracles;

/// <summary>PostgreSQL's own parser, by libpg_query (Debian package libpg-query-dev).</summary>
internal static unsafe partial class PgQuery
{
    private const string Library = "libpg_query.so";

    static PgQuery() => IsAvailable = NativeLibrary.TryLoad(Library, Assembly.GetExecutingAssembly(), null, out _);

    public static bool IsAvailable { get; }

    /// <summary>The error's text, or null if PostgreSQL accepts the text.</summary>
    public static string? Check(string sql)
    {
        var result = Parse(sql);
        try
        {
            return result.Error is null ? null : Marshal.PtrToStringUTF8((nint)result.Error->Message);
        }
        finally
        {
            Free(result);
        }
    }

    /// <summary>A hash of the parse tree without constants and places; null for what PostgreSQL refuses.</summary>
    public static ulong? Fingerprint(string sql)
    {
        var result = ReadFingerprint(sql);
        try
        {
            return result.Error is null ? result.Fingerprint : null;
        }
        finally
        {
            Free(result);
        }
    }

    [LibraryImport(Library, EntryPoint = "pg_query_fingerprint", StringMarshalling = StringMarshalling.Utf8)]
    private static partial FingerprintResult ReadFingerprint(string sql);

    [LibraryImport(Library, EntryPoint = "pg_query_free_fingerprint_result")]
    private static partial void Free(FingerprintResult result);

    [LibraryImport(Library, EntryPoint = "pg_query_parse", StringMarshalling = StringMarshalling.Utf8)]
    private static partial ParseResult Parse(string sql);

    [LibraryImport(Library, EntryPoint = "pg_query_free_parse_result")]
    private static partial void Free(ParseResult result);

    [StructLayout(LayoutKind.Sequential)]
    private struct ParseResult
    {
        public byte* Tree;
        public byte* Stderr;
        public ParseError* Error;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FingerprintResult
    {
        public ulong Fingerprint;
        public byte* Text;
        public byte* Stderr;
        public ParseError* Error;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ParseError
    {
        public byte* Message;
    }
}
