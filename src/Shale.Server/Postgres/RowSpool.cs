using Microsoft.Win32.SafeHandles;

namespace Shale.Server;

/// <summary>
/// Rows that are kept to be read in any order: the first of them in memory, the others in a temporary file, which nobody else sees and which goes with it. Errors: RESOURCE_EXHAUSTED (54000) for more than it may hold, (53100) for a
/// full disk. One user at a time.
/// </summary>
/// <param name="fields">The columns.</param>
/// <param name="directory">Where temporary files are made.</param>
internal sealed class RowSpool(IReadOnlyList<Field> fields, string directory) : IAsyncDisposable
{
    private const long MostMemory = 1 << 20;
    private const long MostBytes = 16L << 30;
    private const int PieceBytes = 64 << 10;

    private readonly List<Piece> _pieces = [];
    private RowSet _last = new(fields);
    private long _lastBytes, _memory, _written;
    private SafeFileHandle? _file;
    private (int Index, RowSet Rows)? _read;

    /// <summary>The columns.</summary>
    public IReadOnlyList<Field> Fields => fields;

    /// <summary>How many rows there are.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a row behind the others.</summary>
    public async ValueTask AddAsync(RowSet rows, int index)
    {
        _last.Add(rows[index]);
        Count++;
        foreach (ref readonly var value in rows[index]) _lastBytes += value.SizeBytes;
        if (_lastBytes >= PieceBytes) await SealAsync();
    }

    /// <summary>The rows among which one is, and its place there. Valid until the next call.</summary>
    /// <param name="row">From 0.</param>
    public async ValueTask<(RowSet Rows, int Index)> ReadAsync(long row)
    {
        var first = Count - _last.RowCount;
        if (row >= first) return (_last, (int)(row - first));
        var at = _pieces.BinarySearch(new Piece(row, 0, 0, null), Piece.ByFirst);
        if (at < 0) at = ~at - 1;
        var piece = _pieces[at];
        if (piece.Rows is { } held) return (held, (int)(row - piece.First));
        if (_read is not { } read || read.Index != at) _read = read = (at, await LoadAsync(piece));
        return (read.Rows, (int)(row - piece.First));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _file?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask SealAsync()
    {
        var first = Count - _last.RowCount;
        if (_memory + _lastBytes <= MostMemory)
        {
            _pieces.Add(new Piece(first, 0, 0, _last));
            _memory += _lastBytes;
        }
        else
        {
            if (_written > MostBytes) throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"a cursor keeps no more than {MostBytes} bytes", null, "54000", false, "Ask for fewer rows, or declare the cursor NO SCROLL and WITHOUT HOLD.");
            var bytes = Encode(_last);
            await WriteAsync(bytes);
            _pieces.Add(new Piece(first, _written, bytes.Length, null));
            _written += bytes.Length;
        }

        (_last, _lastBytes) = (new RowSet(fields), 0);
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            _file ??= Open();
            await RandomAccess.WriteAsync(_file, bytes, _written);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"a temporary file of a cursor: {failure.Message}", null, "53100", isTransient: true, "Look at the disk of the gate's temporary files (gate.tempDirectory).");
        }
    }

    private SafeFileHandle Open()
    {
        Directory.CreateDirectory(directory);
        return File.OpenHandle(Path.Combine(directory, $"cursor-{Path.GetRandomFileName()}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
    }

    private async ValueTask<RowSet> LoadAsync(Piece piece)
    {
        var bytes = new byte[piece.Length];
        for (var at = 0; at < bytes.Length;)
        {
            var read = await RandomAccess.ReadAsync(_file!, bytes.AsMemory(at), piece.Offset + at);
            if (read == 0) throw new IOException("a cursor's temporary file has been cut short");
            at += read;
        }

        return Decode(bytes);
    }

    private static byte[] Encode(RowSet rows)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(rows.RowCount);
        for (var row = 0; row < rows.RowCount; row++)
        {
            foreach (ref readonly var value in rows[row])
            {
                writer.Write((byte)value.Kind);
                switch (value.Kind)
                {
                    case SqlValueKind.Integer or SqlValueKind.Boolean:
                        writer.Write7BitEncodedInt64(value.AsInteger());
                        break;
                    case SqlValueKind.Real:
                        writer.Write(value.AsReal());
                        break;
                    case SqlValueKind.Text:
                        writer.Write(value.AsText());
                        break;
                    case SqlValueKind.Blob:
                        writer.Write7BitEncodedInt(value.AsBlob().Length);
                        writer.Write(value.AsBlob());
                        break;
                }
            }
        }

        return memory.ToArray();
    }

    private RowSet Decode(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var count = reader.ReadInt32();
        var rows = new RowSet(fields, count);
        for (var row = 0; row < count; row++)
        {
            foreach (ref var value in rows.AddRow())
            {
                value = (SqlValueKind)reader.ReadByte() switch
                {
                    SqlValueKind.Integer => SqlValue.Integer(reader.Read7BitEncodedInt64()),
                    SqlValueKind.Boolean => SqlValue.Boolean(reader.Read7BitEncodedInt64() != 0),
                    SqlValueKind.Real => SqlValue.Real(reader.ReadDouble()),
                    SqlValueKind.Text => SqlValue.Text(reader.ReadString()),
                    SqlValueKind.Blob => SqlValue.Blob(reader.ReadBytes(reader.Read7BitEncodedInt())),
                    _ => SqlValue.Null,
                };
            }
        }

        return rows;
    }

    private sealed record Piece(long First, long Offset, int Length, RowSet? Rows)
    {
        public static Comparer<Piece> ByFirst { get; } = Comparer<Piece>.Create((left, right) => left.First.CompareTo(right.First));
    }
}
