using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>The tables of a connection's own database, as they are now; read again after the schema has changed. Used by the connection's thread.</summary>
internal sealed unsafe class RecordedTables
{
    private readonly Dictionary<byte[], RecordedTable> _byName = new(Utf8Names.Instance);
    private readonly HashSet<string> _plain = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, RecordedTable> _tables = new(StringComparer.Ordinal);
    private byte* _lastName;
    private RecordedTable? _last;

    /// <summary>Whether the schema may have changed since.</summary>
    public bool IsStale { get; set; } = true;

    /// <summary>Whether a trigger raises a failure that keeps what the statement has done.</summary>
    public bool RaisesInPart { get; private set; }

    /// <summary>Whether a definition has a conflict clause that does.</summary>
    public bool ConflictsInPart { get; private set; }

    /// <summary>Whether texts must be converted. Open until the database has its first table.</summary>
    public bool IsUtf16 { get; private set; }

    /// <summary>
    /// Whether an INSERT of several rows into a table comes to what as many INSERTs of one row do, in the same order, or to nothing where one of them fails: it has rowids, no triggers, no foreign key,
    /// by which a row could need a later one, no conflict clause, and asks nowhere for changes().
    /// </summary>
    public bool IsPlain(string tableName) => _plain.Contains(tableName);

    /// <summary>Reads the schema where it may have changed. Asks the connection, which must not be in the midst of a row.</summary>
    public void Refresh(SqliteConnection connection)
    {
        // SQLite's own copy of a name lives as long as the schema does, and that is for a statement at least.
        _lastName = null;
        if (!IsStale) return;
        IsUtf16 = connection.QueryTrusted("PRAGMA main.encoding").AsText() != "UTF-8";
        var kinds = Kinds(connection);
        var tables = new Dictionary<string, RecordedTable>(StringComparer.Ordinal);
        RaisesInPart = ConflictsInPart = false;
        var definitions = new List<(string Name, string Sql)>();
        _plain.Clear();
        var triggered = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        connection.ReadTrusted("SELECT type, name, sql, tbl_name FROM main.sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'trigger')", row =>
        {
            var sql = row.Column(2).AsText();
            RaisesInPart |= FailClause.IsRaised(sql);
            ConflictsInPart |= FailClause.IsInConflict(sql);
            if (row.Column(0).AsText() == "table") definitions.Add((row.Column(1).AsText(), sql));
            else triggered.Add(row.Column(3).AsText());
        });
        foreach (var (name, sql) in definitions)
        {
            var table = tables[name] = _tables.TryGetValue(name, out var known) && known.Sql == sql ? known : Describe(connection, name, sql, kinds);
            if (table.InsertsOneByOne && !triggered.Contains(name)) _plain.Add(name);
        }

        _tables = tables;
        _last = null;
        _byName.Clear();
        foreach (var table in tables.Values) _byName.Add(table.Name, table);
        IsStale = false;
    }

    /// <summary>The table that SQLite names, or null for one that was not there before the statement.</summary>
    /// <param name="name">SQLite's own copy of the name.</param>
    public RecordedTable? Find(byte* name)
    {
        if (name == _lastName) return _last;
        var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        if (_last is not null && bytes.SequenceEqual(_last.Name))
        {
            _lastName = name;
            return _last;
        }

        var found = _byName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(bytes, out var table) ? table : null;
        _lastName = name;
        return _last = found;
    }

    private static Dictionary<string, (string Kind, bool IsWithoutRowId)> Kinds(SqliteConnection connection)
    {
        var kinds = new Dictionary<string, (string, bool)>(StringComparer.Ordinal);
        connection.ReadTrusted("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'", row => kinds[row.Column(0).AsText()] = (row.Column(1).AsText(), row.Column(2).AsInteger() != 0));
        return kinds;
    }

    private static RecordedTable Describe(SqliteConnection connection, string name, string sql, Dictionary<string, (string Kind, bool IsWithoutRowId)> kinds)
    {
        var (kind, isWithoutRowId) = kinds.GetValueOrDefault(name, ("table", false));
        if (kind != "table" || name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)) return RecordedTable.NotRecorded(name, sql);
        const int Virtual = 2;
        var columns = new List<RecordedTable.Declared>();
        var parameter = SqlValue.Text(name);
        connection.ReadTrusted("SELECT type, dflt_value, pk, hidden FROM pragma_table_xinfo(?1, 'main')", row =>
        {
            var defaultText = row.Column(1) is { IsNull: false } text ? text.AsText() : null;
            columns.Add(new(row.Column(0).AsText(), defaultText, (int)row.Column(2).AsInteger(), row.Column(3).AsInteger() == Virtual));
        }, parameter);
        var hasKeyIndex = !connection.QueryTrusted("SELECT 1 FROM pragma_index_list(?1, 'main') WHERE origin = 'pk'", [parameter]).IsNull;
        return RecordedTable.Of(name, sql, columns, isWithoutRowId, hasKeyIndex, PreupdateTraits.Current.CountsStoredColumns);
    }

    /// <summary>Names as SQLite has them.</summary>
    private sealed class Utf8Names : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8Names Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] name) => GetHashCode(name.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> name)
        {
            var hash = default(HashCode);
            hash.AddBytes(name);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
