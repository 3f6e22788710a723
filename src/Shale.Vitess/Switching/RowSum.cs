using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Shale.Vitess;

/// <summary>
/// The number of rows of a table, and the sum of their hashes: two tables with the same rows have the same, in whatever order they are read, as engines sort texts and numerics in orders of their own. Not
/// thread-safe.
/// </summary>
internal sealed class RowSum : IEquatable<RowSum>
{
    private readonly ulong[] _sums = new ulong[SHA256.HashSizeInBytes / sizeof(ulong)];
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>How many rows were added.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds a row.</summary>
    public void Add(ReadOnlySpan<SqlValue> row)
    {
        _bytes.ResetWrittenCount();
        foreach (ref readonly var cell in row) Add(cell);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.WrittenSpan, hash);
        var parts = MemoryMarshal.Cast<byte, ulong>(hash);
        for (var i = 0; i < _sums.Length; i++) _sums[i] = unchecked(_sums[i] + parts[i]);
        Rows++;
    }

    /// <inheritdoc/>
    public bool Equals(RowSum? other) => other is not null && Rows == other.Rows && _sums.AsSpan().SequenceEqual(other._sums);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RowSum);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rows, _sums[0]);

    // Kind, then a number or a length, then the bytes: no two rows have the same.
    private void Add(in SqlValue cell)
    {
        Span<byte> head = stackalloc byte[9];
        head[0] = (byte)cell.Kind;
        var text = cell.Kind == SqlValueKind.Text ? cell.AsText() : "";
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], cell.Kind switch
        {
            SqlValueKind.Integer or SqlValueKind.Boolean => cell.AsInteger(),
            SqlValueKind.Real => BitConverter.DoubleToInt64Bits(cell.AsReal()),
            SqlValueKind.Blob => cell.AsBlob().Length,
            _ => Encoding.UTF8.GetByteCount(text),
        });
        _bytes.Write(head);
        if (cell.Kind == SqlValueKind.Blob) _bytes.Write(cell.AsBlob());
        else if (text.Length > 0) Encoding.UTF8.GetBytes(text, _bytes);
    }
}
