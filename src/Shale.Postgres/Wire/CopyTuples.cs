using System.Buffers.Binary;

namespace Shale.Postgres.Wire;

/// <summary>Cuts what a client sends for COPY in binary into rows, however it is cut into messages. Not thread-safe.</summary>
/// <param name="columns">How many columns a row has.</param>
/// <param name="mostBytes">The longest row.</param>
internal sealed class CopyTuples(int columns, int mostBytes)
{
    /// <summary>What a file begins with: how it is recognised, no flags, nothing more.</summary>
    public static ReadOnlySpan<byte> Head => [0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>What stands behind the last row.</summary>
    public static ReadOnlySpan<byte> Tail => [0xff, 0xff];

    private byte[] _rest = new byte[64 * 1024];
    private int _length;
    private bool _started, _ended;

    /// <summary>How many rows have been cut off.</summary>
    public long Line { get; private set; }

    /// <summary>Takes bytes, and adds the rows that are whole, cell by cell; null for NULL. Errors: QUERY_ERROR (22P04); RESOURCE_EXHAUSTED (54000) for a row that is too long.</summary>
    public void Push(ReadOnlySpan<byte> bytes, List<byte[]?[]> rows)
    {
        if (_ended) return;
        if (_length + bytes.Length > _rest.Length) Array.Resize(ref _rest, Math.Max(_length + bytes.Length, _rest.Length * 2));
        bytes.CopyTo(_rest.AsSpan(_length));
        _length += bytes.Length;
        var at = 0;
        if (!_started && !(_started = TryStart(_rest.AsSpan(0, _length), ref at))) return;
        while (!_ended && TryRow(ref at, rows))
        {
            // The next one.
        }

        _rest.AsSpan(at, _length - at).CopyTo(_rest);
        _length -= at;
        if (_length > mostBytes) throw WireErrors.TooLong(_length, mostBytes);
    }

    /// <summary>Nothing may be left. Errors: QUERY_ERROR (22P04).</summary>
    public void End()
    {
        if (!_ended && (_length > 0 || !_started)) throw Bad("unexpected EOF in COPY data");
    }

    /// <summary>Goes past the header; false where it is not whole. Errors: QUERY_ERROR (22P04).</summary>
    public static bool TryStart(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (bytes.Length < 19) return false;
        if (!bytes[..11].SequenceEqual(Head[..11])) throw Bad("COPY file signature not recognized");
        if (BinaryPrimitives.ReadInt32BigEndian(bytes[11..]) != 0) throw Bad("unrecognized critical flags in COPY file header");
        var more = BinaryPrimitives.ReadInt32BigEndian(bytes[15..]);
        if (more is < 0 or > 10_000) throw Bad("invalid COPY file header (wrong length)");
        if (bytes.Length < 19 + more) return false;
        at = 19 + more;
        return true;
    }

    /// <summary>Goes past the length of a cell, -1 for NULL; false where the cell is not whole. Errors: QUERY_ERROR (22P04); RESOURCE_EXHAUSTED (54000).</summary>
    public static bool TryLength(ReadOnlySpan<byte> bytes, ref int at, int mostBytes, out int length)
    {
        length = -1;
        if (bytes.Length - at < 4) return false;
        length = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
        at += 4;
        if (length < -1) throw Bad("invalid field size");
        if (length > mostBytes) throw WireErrors.TooLong(length, mostBytes);
        return bytes.Length - at >= length;
    }

    private bool TryRow(ref int at, List<byte[]?[]> rows)
    {
        var next = at;
        if (_length - next < 2) return false;
        var count = BinaryPrimitives.ReadInt16BigEndian(_rest.AsSpan(next));
        next += 2;
        if (count == -1)
        {
            at = next;
            return _ended = true;
        }

        if (count != columns) throw Bad($"row field count is {count}, expected {columns}");
        var cells = new byte[]?[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryLength(_rest.AsSpan(0, _length), ref next, mostBytes, out var length)) return false;
            if (length < 0) continue;
            cells[i] = _rest.AsSpan(next, length).ToArray();
            next += length;
        }

        at = next;
        Line++;
        rows.Add(cells);
        return true;
    }

    /// <summary>22P04.</summary>
    public static VitessException Bad(string message) => new(ErrorCodes.QueryError, message, sqlState: "22P04", hint: "Check the data, and that both sides mean FORMAT binary.");
}
