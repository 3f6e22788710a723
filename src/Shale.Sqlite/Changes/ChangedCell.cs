using System.Runtime.CompilerServices;

namespace Shale.Sqlite;

/// <summary>
/// A value of a row in the midst of its change, where SQLite has it: nothing is copied but into the record.
/// Hot path: update of 100,000 rows with row changes.
/// </summary>
internal unsafe struct ChangedCell
{
    private int _type;
    private long _bits;
    private byte* _bytes;
    private int _length;

    /// <summary>An integer.</summary>
    public static ChangedCell Integer(long value) => new() { _type = SqliteCode.TypeInteger, _bits = value };

    /// <summary>Looks at a value of SQLite's.</summary>
    /// <param name="value">The value.</param>
    /// <param name="isReal">Whether its column has no integers.</param>
    /// <param name="isUtf16">Whether the database's texts must be converted.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Look(nint value, bool isReal, bool isUtf16)
    {
        _type = Native.sqlite3_value_type(value);
        switch (_type)
        {
            case SqliteCode.TypeInteger:
                _bits = Native.sqlite3_value_int64(value);
                if (isReal) (_type, _bits) = (SqliteCode.TypeFloat, BitConverter.DoubleToInt64Bits(_bits));
                break;
            case SqliteCode.TypeFloat:
                _bits = BitConverter.DoubleToInt64Bits(Native.sqlite3_value_double(value));
                break;
            case SqliteCode.TypeText or SqliteCode.TypeBlob:
                // Not value_text: that would copy a text to put a zero behind it.
                _bytes = isUtf16 && _type == SqliteCode.TypeText ? Native.sqlite3_value_text_here(value) : Native.sqlite3_value_blob_here(value);
                _length = Native.sqlite3_value_bytes(value);
                break;
        }
    }

    /// <summary>Whether it is the same value, of the same kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsSame(in ChangedCell other)
    {
        if (_type != other._type) return false;
        return _type switch
        {
            SqliteCode.TypeNull => true,
            SqliteCode.TypeText or SqliteCode.TypeBlob => _length == other._length && new ReadOnlySpan<byte>(_bytes, _length).SequenceEqual(new ReadOnlySpan<byte>(other._bytes, _length)),
            _ => _bits == other._bits,
        };
    }

    /// <summary>Adds it to a record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddTo(ChangeBuffer buffer)
    {
        const int LongestHead = 1 + RowChangeFormat.LongestVarint;
        byte* at;
        switch (_type)
        {
            case SqliteCode.TypeInteger:
                at = buffer.Room(LongestHead);
                *at++ = RowChangeFormat.Integer;
                buffer.Take(ChangeBuffer.PutVarint(at, ChangeBuffer.ZigZag(_bits)));
                break;
            case SqliteCode.TypeFloat:
                at = buffer.Room(LongestHead);
                *at++ = RowChangeFormat.Real;
                Unsafe.WriteUnaligned(at, BitConverter.IsLittleEndian ? _bits : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(_bits));
                buffer.Take(at + sizeof(long));
                break;
            case SqliteCode.TypeText or SqliteCode.TypeBlob:
                at = buffer.Room(checked(LongestHead + _length));
                at = ChangeBuffer.PutVarint(at, RowChangeFormat.FirstLength + (2 * (ulong)_length) + (_type == SqliteCode.TypeBlob ? 1UL : 0));
                Unsafe.CopyBlockUnaligned(at, _bytes, (uint)_length);
                buffer.Take(at + _length);
                break;
            default:
                buffer.Add(RowChangeFormat.Null);
                break;
        }
    }

    /// <summary>Adds a value of ours to a record.</summary>
    public static void Add(ChangeBuffer buffer, in SqlValue value)
    {
        ReadOnlySpan<byte> bytes = value.Kind switch
        {
            SqlValueKind.Text => System.Text.Encoding.UTF8.GetBytes(value.AsText()),
            SqlValueKind.Blob => value.AsBlob(),
            _ => [],
        };
        fixed (byte* start = bytes)
        {
            new ChangedCell
            {
                _type = value.Kind switch
                {
                    SqlValueKind.Null => SqliteCode.TypeNull,
                    SqlValueKind.Text => SqliteCode.TypeText,
                    SqlValueKind.Blob => SqliteCode.TypeBlob,
                    SqlValueKind.Real => SqliteCode.TypeFloat,
                    _ => SqliteCode.TypeInteger,
                },
                _bits = value.Kind switch
                {
                    SqlValueKind.Real => BitConverter.DoubleToInt64Bits(value.AsReal()),
                    SqlValueKind.Integer or SqlValueKind.Boolean => value.AsInteger(),
                    _ => 0,
                },
                _bytes = start,
                _length = bytes.Length,
            }.AddTo(buffer);
        }
    }
}
