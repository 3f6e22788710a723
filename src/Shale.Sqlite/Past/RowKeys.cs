using System.Buffers.Binary;
using System.Text;
using Shale.Sql;

namespace Shale.Sqlite;

/// <summary>Primary keys as bytes that are equal where SQLite takes the keys for the same: 1 and 1.0, and texts by the key's collation. Used by one thread.</summary>
internal sealed class RowKeys(string table, IReadOnlyList<KeyColumn> key)
{
    private const int NumberBytes = 1 + sizeof(long);

    private readonly List<byte> _bytes = [];

    /// <summary>Keys in a dictionary.</summary>
    public static IEqualityComparer<byte[]> Comparer { get; } = new ByBytes();

    /// <summary>A key. Errors: TT_NOT_SUPPORTED for NULL, which is the same as nothing.</summary>
    /// <param name="values">A value for each column of the key.</param>
    public byte[] Of(ReadOnlySpan<SqlValue> values)
    {
        if (values is [{ Kind: SqlValueKind.Integer } only]) return Number('i', only.AsInteger());
        _bytes.Clear();
        for (var i = 0; i < key.Count; i++) _bytes.AddRange(Of(values[i], key[i].Collation));
        return [.. _bytes];
    }

    private byte[] Of(in SqlValue value, string collation) => value.Kind switch
    {
        SqlValueKind.Integer or SqlValueKind.Boolean => Number('i', value.AsInteger()),
        SqlValueKind.Real when value.AsReal() is >= long.MinValue and < long.MaxValue and var real && Math.Floor(real) == real => Number('i', (long)real),
        SqlValueKind.Real => Number('r', BitConverter.DoubleToInt64Bits(value.AsReal())),
        SqlValueKind.Text => Bytes('t', Encoding.UTF8.GetBytes(Collate(value.AsText(), collation))),
        SqlValueKind.Blob => Bytes('b', value.AsBlob()),
        _ => throw new VitessException(ErrorCodes.TimeTravelNotSupported, $"a row of the table \"{table}\" has NULL in its primary key: nothing says which row it is",
            hint: "Declare the columns of the primary key NOT NULL."),
    };

    private static string Collate(string text, string collation) => collation switch
    {
        "NOCASE" => ToLower(text),
        "RTRIM" => text.TrimEnd(' '),
        NumericOrder.Collation => NumericOrder.Canonical(text),
        _ => text,
    };

    // Of ASCII only, as SQLite does it.
    private static string ToLower(string text) =>
        text.AsSpan().IndexOfAnyInRange('A', 'Z') < 0 ? text : string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] | 0x20) : from[i];
        });

    private static byte[] Number(char kind, long value)
    {
        var bytes = new byte[NumberBytes];
        bytes[0] = (byte)kind;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    private static byte[] Bytes(char kind, byte[] value) => [.. Number(kind, value.Length), .. value];

    private sealed class ByBytes : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes)
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}
