using System.Runtime.CompilerServices;

namespace Shale.Sqlite;

/// <summary>Values between SQLite and functions of ours.</summary>
internal static unsafe class NativeValue
{
    /// <summary>Reads an argument.</summary>
    public static SqlValue Read(nint value)
    {
        switch (Native.sqlite3_value_type(value))
        {
            case SqliteCode.TypeInteger:
                return SqlValue.Integer(Native.sqlite3_value_int64(value));
            case SqliteCode.TypeFloat:
                return SqlValue.Real(Native.sqlite3_value_double(value));
            case SqliteCode.TypeText:
                var text = Native.sqlite3_value_text(value);
                return SqlValue.Text(Utf8.Read(text, Native.sqlite3_value_bytes(value)));
            case SqliteCode.TypeBlob:
                var blob = Native.sqlite3_value_blob(value);
                return SqlValue.Blob(new ReadOnlySpan<byte>(blob, Native.sqlite3_value_bytes(value)).ToArray());
            default:
                return SqlValue.Null;
        }
    }

    /// <summary>Writes a function's result.</summary>
    [SkipLocalsInit]
    public static void WriteResult(nint context, in SqlValue value)
    {
        switch (value.Kind)
        {
            case SqlValueKind.Integer or SqlValueKind.Boolean:
                Native.sqlite3_result_int64(context, value.AsInteger());
                break;
            case SqlValueKind.Real:
                Native.sqlite3_result_double(context, value.AsReal());
                break;
            case SqlValueKind.Text:
                var utf8 = new Utf8Buffer(value.AsText(), stackalloc byte[Utf8Buffer.StackBytes]);
                fixed (byte* bytes = utf8) Native.sqlite3_result_text64(context, bytes, (ulong)utf8.Length, SqliteCode.Transient, SqliteCode.Utf8);
                utf8.Dispose();
                break;
            case SqlValueKind.Blob:
                var blob = value.AsBlob();
                byte none = 0;
                fixed (byte* bytes = blob) Native.sqlite3_result_blob64(context, blob.Length == 0 ? &none : bytes, (ulong)blob.Length, SqliteCode.Transient);
                break;
            default:
                Native.sqlite3_result_null(context);
                break;
        }
    }
}
