namespace Shale.Sqlite;

/// <summary>One buffer per thread for the arguments of the function that SQLite calls; calls do not nest.</summary>
internal static unsafe class FunctionArguments
{
    [ThreadStatic]
    private static SqlValue[]? _buffer;

    /// <summary>Reads the arguments; <see cref="Release"/> afterwards.</summary>
    public static Span<SqlValue> Read(int count, nint* values)
    {
        if (_buffer is not { } buffer || buffer.Length < count) _buffer = buffer = new SqlValue[Math.Max(8, count)];
        for (var i = 0; i < count; i++) buffer[i] = NativeValue.Read(values[i]);
        return buffer.AsSpan(0, count);
    }

    /// <summary>Lets go of texts and blobs.</summary>
    public static void Release(Span<SqlValue> arguments) => arguments.Clear();
}
