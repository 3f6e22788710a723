namespace Shale.Sqlite;

/// <summary>What one commit has done to the rows of a table, each row once: how it was before, how it is after. Used again for each commit, by one thread.</summary>
internal sealed class TableChanges(VersionSource source)
{
    private readonly Dictionary<byte[], RowChange> _rows = new(RowKeys.Comparer);
    private readonly int[] _places = new int[source.Table.Columns.Count];
    private readonly bool[] _isReal = new bool[source.Table.Columns.Count];
    private TableShape? _shape;
    private int _storedCount;
    private int[] _keyPlaces = [];
    private SqlValue[] _key = [];

    /// <summary>The statements that have changed the schema, in their order.</summary>
    public List<string> Statements { get; } = [];

    /// <summary>How many rows were changed, of any table.</summary>
    public int RowCount { get; private set; }

    /// <summary>The table's rows that were changed; one that came and went has neither before nor after.</summary>
    public IReadOnlyCollection<RowChange> Rows => _rows.Values;

    /// <summary>The keys of the table as it was.</summary>
    public RowKeys Keys { get; private set; } = new("", []);

    /// <summary>Learns what the table looks like in the commits to come; null for a table that is not there. Errors: TT_NOT_SUPPORTED for what is not in the log.</summary>
    public void Adopt(TableShape? shape, TableTrace trace)
    {
        _shape = shape;
        if (shape is null) return;
        _storedCount = shape.StoredCount;
        for (var i = 0; i < _places.Length; i++)
        {
            var found = trace[i] is { } name ? shape.Find(name) : -1;
            _places[i] = found < 0 ? -1 : Stored(shape, found);
            _isReal[i] = found >= 0 && Sql.SqliteAffinity.Of(shape.Columns[found].Type) == Sql.Affinity.Real;
        }

        _keyPlaces = [.. shape.Key.Select(key => Stored(shape, key.Column))];
        _key = new SqlValue[_keyPlaces.Length];
        Keys = new RowKeys(shape.Name, shape.Key);
    }

    /// <summary>Reads a record. False where it has rows of the table that do not fit; then there is only what it says of the schema.</summary>
    /// <param name="record">A commit's row changes.</param>
    /// <param name="wanted">The key of the only row that counts; null for all.</param>
    public bool Read(ReadOnlySpan<byte> record, byte[]? wanted)
    {
        _rows.Clear();
        Statements.Clear();
        RowCount = 0;
        var fits = true;
        ChangedTable? last = null;
        var isOurs = false;
        var reader = new RowChangeReader(record);
        while (reader.Read())
        {
            if (reader.Kind == RowChangeKind.Definition)
            {
                Statements.Add(reader.Statement);
                continue;
            }

            RowCount++;
            if (!ReferenceEquals(last, reader.Table))
            {
                last = reader.Table;
                isOurs = _shape is not null && last.Name.Equals(_shape.Name, StringComparison.OrdinalIgnoreCase);
                fits &= !isOurs || (last.ColumnCount == _storedCount && last.Key.SequenceEqual(_keyPlaces));
            }

            if (isOurs && fits) Take(reader, wanted);
        }

        return fits;
    }

    private static int Stored(TableShape shape, int column) => shape.Columns[column] is { Stored: >= 0 and var stored }
        ? stored
        : throw new VitessException(ErrorCodes.TimeTravelNotSupported, $"the column \"{shape.Columns[column].Name}\" of the table \"{shape.Name}\" is generated when it is read: the log does not have its values",
            hint: "Declare it STORED, or read single points: FOR SYSTEM_TIME AS OF.");

    private void Take(in RowChangeReader reader, byte[]? wanted)
    {
        var before = reader.Kind == RowChangeKind.Insert ? null : KeyOf(reader, isNew: false);
        var after = reader.Kind == RowChangeKind.Delete ? null : before is not null && !ChangesKey(reader) ? before : KeyOf(reader, isNew: true);
        if (before is not null && (wanted is null || wanted.AsSpan().SequenceEqual(before)))
        {
            // How it was at first is how it was before the commit.
            if (_rows.TryGetValue(before, out var row)) row.After = null;
            else _rows.Add(before, new RowChange(before, ValuesOf(reader, isNew: false)));
        }

        if (after is not null && (wanted is null || wanted.AsSpan().SequenceEqual(after)))
        {
            if (!_rows.TryGetValue(after, out var row)) _rows.Add(after, row = new RowChange(after, null));
            row.After = ValuesOf(reader, isNew: true);
        }
    }

    private bool ChangesKey(in RowChangeReader reader)
    {
        foreach (var place in _keyPlaces)
        {
            if (reader.IsChanged(place)) return true;
        }

        return false;
    }

    private byte[] KeyOf(in RowChangeReader reader, bool isNew)
    {
        for (var i = 0; i < _key.Length; i++) _key[i] = isNew ? reader.New(_keyPlaces[i]) : reader.Old(_keyPlaces[i]);
        return Keys.Of(_key);
    }

    private SqlValue[] ValuesOf(in RowChangeReader reader, bool isNew)
    {
        var values = new SqlValue[_places.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = _places[i] < 0 ? source.Default(i) : isNew ? reader.New(_places[i]) : reader.Old(_places[i]);

            // SQLite stores what has no fraction as an integer, which has no sign at zero.
            values[i] = _isReal[i] && value.Kind == SqlValueKind.Real && value.AsReal() == 0 ? SqlValue.Real(0) : value;
        }

        return values;
    }
}

/// <summary>A row in a commit.</summary>
/// <param name="key">Its primary key.</param>
/// <param name="before">Its values before, as the columns of now; null if it was not there.</param>
internal sealed class RowChange(byte[] key, SqlValue[]? before)
{
    /// <summary>Its primary key.</summary>
    public byte[] Key { get; } = key;

    /// <summary>Its values before; null if it was not there.</summary>
    public SqlValue[]? Before { get; } = before;

    /// <summary>Its values after; null if it is no longer there.</summary>
    public SqlValue[]? After { get; set; }
}
