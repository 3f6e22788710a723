using System.Buffers.Binary;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Postgres.Wire;

/// <summary>Rows of the binary format.</summary>
internal sealed class TupleCutter : CopyCutter
{
    private readonly int _columns;
    private readonly SqlType[] _types;
    private readonly (int Start, int Length)[] _cells;
    private bool _started;

    /// <summary>For one COPY.</summary>
    public TupleCutter(CopyContext context, IReadOnlyList<Field> columns, IReadOnlyList<int> keys, int mostBytes)
        : base(context, columns, keys, mostBytes)
    {
        (_columns, _cells) = (columns.Count, new (int, int)[columns.Count]);
        _types = [.. keys.Select(key => SqlTypes.Named(columns[key].Type))];
    }

    /// <inheritdoc/>
    public override string Options => "FORMAT binary";

    /// <inheritdoc/>
    public override byte[] Head { get; } = CopyTuples.Head.ToArray();

    /// <inheritdoc/>
    public override byte[] Tail { get; } = CopyTuples.Tail.ToArray();

    /// <inheritdoc/>
    protected override int Cut(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        if (!_started)
        {
            if (!CopyTuples.TryStart(bytes, ref at)) return 0;
            _started = true;
        }

        while (!HasEnded && TryRow(bytes[at..], out var length)) at += length;
        return HasEnded ? bytes.Length : at;
    }

    /// <inheritdoc/>
    protected override void End(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > 0 || !_started) throw CopyTuples.Bad("unexpected EOF in COPY data");
    }

    private bool TryRow(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 2;
        if (bytes.Length < 2) return false;
        var count = BinaryPrimitives.ReadInt16BigEndian(bytes);
        if (count == -1) return HasEnded = true;
        if (count != _columns) throw CopyTuples.Bad($"row field count is {count}, expected {_columns}");
        for (var i = 0; i < count; i++)
        {
            if (!CopyTuples.TryLength(bytes, ref length, MostBytes, out var size)) return false;
            _cells[i] = (length, size);
            length += Math.Max(0, size);
        }

        if (bytes.Length < length) return false;
        Line++;
        for (var i = 0; i < Keys.Count; i++)
        {
            var (start, size) = _cells[Keys[i]];
            AddKey(size < 0 ? SqlValue.Null : BinaryValue.Read(bytes.Slice(start, size), _types[i]));
        }

        Add(bytes[..length], []);
        return true;
    }
}
