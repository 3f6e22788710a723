using System.Runtime.InteropServices;
using Shale.Cli.Demo;

namespace Shale.Cli.Bench.Gate;

/// <summary>PostgreSQL's own parser, by libpg_query.</summary>
internal static partial class PgQueryParser
{
    private const string Library = "libpg_query.so";

    /// <summary>Installs the library where it is missing.</summary>
    public static async Task EnsureAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (IsThere()) return;
        await new DebianPackage("libpg-query-dev", "PostgreSQL's parser as a library, about 8 MB unpacked").InstallAsync(output, cancellationToken);
        if (!IsThere()) throw new IOException($"{Library} was installed, but cannot be loaded");
    }

    /// <summary>Parses a statement into its tree, which is thrown away.</summary>
    /// <param name="utf8">The statement, ended by a zero byte.</param>
    /// <returns>Whether PostgreSQL accepts it.</returns>
    public static unsafe bool Parse(byte[] utf8)
    {
        fixed (byte* text = utf8)
        {
            var result = Parse(text);
            var accepted = result.Error is null;
            Free(result);
            return accepted;
        }
    }

    private static bool IsThere()
    {
        if (!NativeLibrary.TryLoad(Library, typeof(PgQueryParser).Assembly, null, out var handle)) return false;
        NativeLibrary.Free(handle);
        return true;
    }

    [LibraryImport(Library, EntryPoint = "pg_query_parse_protobuf")]
    private static unsafe partial Result Parse(byte* text);

    [LibraryImport(Library, EntryPoint = "pg_query_free_protobuf_parse_result")]
    private static partial void Free(Result result);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Result
    {
        public nint Length;
        public byte* Tree;
        public byte* Stderr;
        public void* Error;
    }
}
