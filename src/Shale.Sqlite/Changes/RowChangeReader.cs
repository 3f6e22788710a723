using System.Buffers.Binary;

namespace Shale.Sqlite;

/// <summary>
/// Reads what a commit has changed, row by row, in the order of the changes (docs/formats/row-changes.md). Values are decoded when they are asked for. Errors: SHARD_ERROR (XX001) for bytes that are no such
/// record, or one of a newer version.
/// </summary>
public ref struct RowChangeReader
{
    // More than SQLite can be built for.
    private const int MostColumns = 32767;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<ChangedTable> _tables;
    private int _at;
    private int[] _old;
    private int[] _new;
    private ChangedTable? _table;
    private string? _statement;

    /// <summary>Begins to read.</summary>
    /// <param name="record">The row changes of a commit; empty for none.</param>
    public RowChangeReader(ReadOnlySpan<byte> record)
    {
        _bytes = record;
        _tables = [];
        _old = _new = [];
        if (record.IsEmpty) return;
        if (record[0] != RowChangeFormat.Version)
        {
            throw new VitessException(ErrorCodes.ShardError, $"a record of changed rows has version {record[0]}, not {RowChangeFormat.Version}", sqlState: "XX001",
                hint: "It was written by another version of Shale, or is damaged: run `shale log verify`.");
        }

        _at = 1;
    }

    /// <summary>What happened.</summary>
    public RowChangeKind Kind { get; private set; }

    /// <summary>The table of the row. Errors: InvalidOperationException for a change of the schema.</summary>
    public readonly ChangedTable Table => _table ?? throw new InvalidOperationException("a change of the schema is no table's");

    /// <summary>A statement that changes the schema as it was changed; rows that it would make follow as rows. Errors: InvalidOperationException for a row.</summary>
    public readonly string Statement => _statement ?? throw new InvalidOperationException("a row has no statement");

    /// <summary>The rowid before, or of a new row that of it; 0 in a table without.</summary>
    public long OldRowId { get; private set; }

    /// <summary>The rowid after, or of a deleted row that of it; 0 in a table without.</summary>
    public long NewRowId { get; private set; }

    /// <summary>Goes to the next change. False at the end.</summary>
    public bool Read()
    {
        _table = null;
        _statement = null;
        while (_at < _bytes.Length)
        {
            var operation = Byte();
            switch (operation)
            {
                case RowChangeFormat.Table:
                    _tables.Add(ReadTable());
                    continue;
                case RowChangeFormat.Definition:
                    Kind = RowChangeKind.Definition;
                    _statement = Text();
                    return true;
                case >= RowChangeFormat.Insert and <= RowChangeFormat.UpdateMoved:
                    ReadRow(operation);
                    return true;
                default:
                    throw Damaged();
            }
        }

        return false;
    }

    /// <summary>Whether an UPDATE gave the column another value.</summary>
    /// <param name="column">Its place among the stored columns.</param>
    public readonly bool IsChanged(int column) => Kind == RowChangeKind.Update && _old[Checked(column)] != _new[column];

    /// <summary>A value before. Errors: InvalidOperationException for a new row; TYPE_ERROR (22021) for text that is not UTF-8.</summary>
    /// <param name="column">Its place among the stored columns.</param>
    public readonly SqlValue Old(int column) => Kind == RowChangeKind.Insert ? throw new InvalidOperationException("a new row has no old values") : Value(_old[Checked(column)]);

    /// <summary>A value after. Errors: InvalidOperationException for a deleted row; TYPE_ERROR (22021) for text that is not UTF-8.</summary>
    /// <param name="column">Its place among the stored columns.</param>
    public readonly SqlValue New(int column) => Kind == RowChangeKind.Delete ? throw new InvalidOperationException("a deleted row has no new values") : Value(_new[Checked(column)]);

    private readonly int Checked(int column)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Table.ColumnCount, nameof(column));
        return column;
    }

    private ChangedTable ReadTable()
    {
        var name = Text();
        var flags = Byte();
        var columns = Count();
        var rowId = Count();
        var keyColumns = Count();
        if (columns > MostColumns || keyColumns > columns) throw Damaged();
        var key = new int[keyColumns];
        for (var i = 0; i < key.Length; i++) key[i] = Count();
        if (rowId > columns || Array.Exists(key, column => column >= columns)) throw Damaged();
        return new ChangedTable(name, columns, (flags & RowChangeFormat.WithoutRowId) != 0, rowId == 0 ? null : rowId - 1, key);
    }

    private void ReadRow(byte operation)
    {
        var number = Count();
        if (number >= _tables.Count) throw Damaged();
        var table = _tables[number];
        _table = table;
        if (_old.Length < table.ColumnCount) (_old, _new) = (new int[table.ColumnCount], new int[table.ColumnCount]);
        OldRowId = NewRowId = table.HasRowIdOfItsOwn ? Signed() : 0;
        if (operation == RowChangeFormat.UpdateMoved) NewRowId = Signed();
        Kind = operation switch
        {
            RowChangeFormat.Insert => RowChangeKind.Insert,
            RowChangeFormat.Delete => RowChangeKind.Delete,
            _ => RowChangeKind.Update,
        };
        if (Kind == RowChangeKind.Update) SkipPairs(table.ColumnCount);
        else SkipValues(table.ColumnCount);
        if (table.RowIdColumn is not { } alias) return;
        if (Kind != RowChangeKind.Insert) OldRowId = RowId(_old[alias]);
        NewRowId = Kind == RowChangeKind.Delete ? OldRowId : RowId(_new[alias]);
        if (Kind == RowChangeKind.Insert) OldRowId = NewRowId;
    }

    private readonly long RowId(int start) => Value(start) is { Kind: SqlValueKind.Integer } value ? value.AsInteger() : throw Damaged();

    private void SkipValues(int columns)
    {
        for (var i = 0; i < columns; i++) _old[i] = _new[i] = SkipValue();
    }

    private void SkipPairs(int columns)
    {
        var changed = _bytes.Slice(_at, Math.Min((columns + 7) / 8, _bytes.Length - _at));
        if (changed.Length < (columns + 7) / 8) throw Damaged();
        _at += changed.Length;
        for (var i = 0; i < columns; i++)
        {
            _old[i] = _new[i] = SkipValue();
            if ((changed[i >> 3] & (1 << (i & 7))) != 0) _new[i] = SkipValue();
        }
    }

    // Says where it begins.
    private int SkipValue()
    {
        var start = _at;
        var head = Varint();
        switch (head)
        {
            case RowChangeFormat.Null:
                break;
            case RowChangeFormat.Real:
                Skip(sizeof(double));
                break;
            case RowChangeFormat.Integer:
                _ = Varint();
                break;
            case >= RowChangeFormat.FirstLength when (head - RowChangeFormat.FirstLength) / 2 <= int.MaxValue:
                Skip((int)((head - RowChangeFormat.FirstLength) / 2));
                break;
            default:
                throw Damaged();
        }

        return start;
    }

    // What was skipped before is whole.
    private readonly SqlValue Value(int start)
    {
        var reader = this;
        reader._at = start;
        var head = reader.Varint();
        switch (head)
        {
            case RowChangeFormat.Null:
                return SqlValue.Null;
            case RowChangeFormat.Real:
                return SqlValue.Real(BinaryPrimitives.ReadDoubleLittleEndian(reader._bytes[reader._at..]));
            case RowChangeFormat.Integer:
                return SqlValue.Integer(reader.Signed());
            default:
                var bytes = reader._bytes.Slice(reader._at, (int)((head - RowChangeFormat.FirstLength) / 2));
                return (head & 1) != 0 ? SqlValue.Blob(bytes.ToArray()) : SqlValue.Text(Utf8.Read(bytes));
        }
    }

    private void Skip(int bytes)
    {
        if (bytes > _bytes.Length - _at) throw Damaged();
        _at += bytes;
    }

    private byte Byte() => _at < _bytes.Length ? _bytes[_at++] : throw Damaged();

    private int Count() => Varint() is <= int.MaxValue and var count ? (int)count : throw Damaged();

    private long Signed()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }

        throw Damaged();
    }

    private string Text()
    {
        var length = Count();
        var start = _at;
        Skip(length);
        return Utf8.Read(_bytes.Slice(start, length));
    }

    private static VitessException Damaged() => new(ErrorCodes.ShardError, "a record of changed rows is damaged", sqlState: "XX001", hint: "Run `shale log verify`; restore the log from a backup.");
}
