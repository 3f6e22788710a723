using System.Buffers.Binary;
using System.Buffers.Text;
using Shale.Postgres.Wire;

namespace Shale.Postgres.Relay;

/// <summary>
/// What a server answers to one statement, taken as its messages come: rows as values, or as they are; how many it has changed; why it failed. Used again for each statement of a session. Not
/// thread-safe.
/// </summary>
/// <remarks>Hot path: the point query to a PostgreSQL shard.</remarks>
internal sealed class Answer(ServerLink link)
{
    private static readonly List<(string Name, uint Oid)> NoColumns = [];

    private RowShape _shape = RowShape.None;
    private bool[] _formats = [];
    private bool _isEncoded, _usesAgain, _hasRows, _isRepeated, _hasOne;
    private byte[] _chunk = [];
    private int _chunkLength, _chunkRows;
    private long _chunkBytes;
    private RowSet? _values;

    /// <summary>How many rows were changed.</summary>
    public long Affected { get; private set; }

    /// <summary>Why it failed; null if it has not, as far as is known.</summary>
    public ServerFailure? Failure { get; private set; }

    /// <summary>Whether it has come to its end: the server waits for the next.</summary>
    public bool IsEnded { get; private set; } = true;

    /// <summary>Whether it has left a transaction of which only the end, or the way back to a savepoint, is possible.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>The columns that the server has described.</summary>
    public List<(string Name, uint Oid)> Columns { get; private set; } = NoColumns;

    /// <summary>A statement begins of which nobody wants rows.</summary>
    public void Begin()
    {
        (_shape, _formats, _isEncoded, _usesAgain, _hasRows, Columns) = (RowShape.None, [], false, false, false, NoColumns);
        (Affected, Failure, IsEnded, _values) = (0, null, false, null);
        (_chunk, _chunkLength, _chunkRows, _chunkBytes) = ([], 0, 0, 0);
        (_isRepeated, _hasOne) = (false, false);
    }

    /// <summary>A statement begins.</summary>
    /// <param name="shape">Its columns.</param>
    /// <param name="formats">For each whether it comes in binary.</param>
    /// <param name="isEncoded">Whether its rows are passed on as they are.</param>
    /// <param name="usesAgain">Whether the memory of a chunk is used for the next.</param>
    public void Begin(RowShape shape, bool[] formats, bool isEncoded, bool usesAgain)
    {
        Begin();
        (_shape, _formats, _isEncoded, _usesAgain, _hasRows) = (shape, formats, isEncoded && shape.Fields.Length > 0, usesAgain, true);
    }

    /// <summary>A statement begins that runs several times, one behind the other: <see cref="Take(long)"/> stops behind each, and goes on when its <see cref="Rows"/> are taken.</summary>
    /// <param name="shape">Its columns.</param>
    /// <param name="formats">For each whether it comes in binary.</param>
    /// <param name="isEncoded">Whether its rows are passed on as they are.</param>
    public void BeginRepeated(RowShape shape, bool[] formats, bool isEncoded)
    {
        Begin(shape, formats, isEncoded, usesAgain: false);
        _isRepeated = true;
    }

    /// <summary>Takes what has come.</summary>
    /// <param name="chunkBytes">Behind so many bytes of rows it stops.</param>
    /// <returns>Whether the statement has ended, or one run of it, or there are so many; else more has to come.</returns>
    public bool Take(long chunkBytes = long.MaxValue)
    {
        while (!IsEnded && !_hasOne)
        {
            if (_chunkBytes >= chunkBytes) return true;
            if (_isEncoded && TakeRows(chunkBytes)) continue;
            if (!link.TryTake(out var type, out var message)) return false;
            Take(type, message);
        }

        return true;
    }

    /// <summary>The rows that have been taken since the last call.</summary>
    public RowSet Rows()
    {
        RowSet rows;
        if (_isEncoded && _chunkRows > 0)
        {
            rows = new RowSet(_shape.Fields, new DataRows(_chunk.AsMemory(0, _chunkLength), _chunkRows, _shape, _formats));
            if (!_usesAgain) _chunk = [];
        }
        else
        {
            rows = _values ?? new RowSet(_shape.Fields);
        }

        (_values, _chunkLength, _chunkRows, _chunkBytes, _hasOne) = (null, 0, 0, 0, false);
        return rows;
    }

    // All rows that lie in the buffer are taken over together.
    private bool TakeRows(long chunkBytes)
    {
        var ahead = link.Ahead;
        var (at, rows) = (0, 0);
        while (ahead.Length - at >= 5 && ahead[at] == (byte)BackendMessage.DataRow && _chunkBytes + at < chunkBytes)
        {
            var length = 1L + BinaryPrimitives.ReadInt32BigEndian(ahead[(at + 1)..]);
            if (length < 7 || length > ahead.Length - at) break;
            at += (int)length;
            rows++;
        }

        if (rows == 0) return false;
        Append(ahead[..at]);
        _chunkRows += rows;
        _chunkBytes += at;
        link.Skip(at);
        return true;
    }

    private void Append(ReadOnlySpan<byte> messages)
    {
        if (_chunk.Length - _chunkLength < messages.Length)
        {
            var larger = new byte[_chunkLength == 0 ? messages.Length : Math.Max(_chunkLength + (long)messages.Length, Math.Min(2L * _chunk.Length, Array.MaxLength))];
            _chunk.AsSpan(0, _chunkLength).CopyTo(larger);
            _chunk = larger;
        }

        messages.CopyTo(_chunk.AsSpan(_chunkLength));
        _chunkLength += messages.Length;
    }

    private void Take(BackendMessage type, ReadOnlySpan<byte> message)
    {
        switch (type)
        {
            case BackendMessage.DataRow when _hasRows:
                var row = (_values ??= new RowSet(_shape.Fields)).AddRow();
                _shape.Read(ServerLink.BodyOf(message), _formats, row);
                foreach (ref readonly var cell in row) _chunkBytes += cell.SizeBytes;
                break;
            case BackendMessage.CommandComplete:
                Affected += CountOf(ServerLink.BodyOf(message));
                _hasOne = _isRepeated;
                break;
            case BackendMessage.RowDescription:
                Columns = ReadColumns(ServerLink.BodyOf(message));
                break;
            case BackendMessage.ErrorResponse:
                Failure ??= ServerFailure.Read(ServerLink.BodyOf(message));
                break;
            case BackendMessage.ReadyForQuery:
                (IsEnded, IsAborted, link.InTransaction) = (true, ServerLink.BodyOf(message) is [(byte)'E'], ServerLink.BodyOf(message) is not [(byte)'I']);
                break;
        }
    }

    // The last word of the command's tag; a query changes nothing.
    private static long CountOf(ReadOnlySpan<byte> tag)
    {
        if (tag.StartsWith("SELECT"u8)) return 0;
        tag = tag.TrimEnd((byte)0);
        var digits = tag[(tag.LastIndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(digits, out long count, out var used) && used == digits.Length ? count : 0;
    }

    private static List<(string, uint)> ReadColumns(ReadOnlySpan<byte> bytes)
    {
        var body = new MessageBody(bytes);
        var count = body.ReadCount(19);
        var columns = new List<(string, uint)>(count);
        for (var i = 0; i < count; i++)
        {
            var name = body.ReadText();
            body.ReadBytes(6);
            columns.Add((name, (uint)body.ReadInt32()));
            body.ReadBytes(8);
        }

        return columns;
    }
}
