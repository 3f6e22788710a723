using System.Buffers;

namespace Shale.Sqlite;

/// <summary>A table as the recorder of its changes must know it.</summary>
internal sealed class RecordedTable
{
    private static readonly SearchValues<string> Forbidding = SearchValues.Create(["REFERENCES", "CONFLICT", "CHANGES"], StringComparison.OrdinalIgnoreCase);

    private RecordedTable(string name, string sql, bool isRecorded) => (Name, Sql, IsRecorded) = (System.Text.Encoding.UTF8.GetBytes(name), sql, isRecorded);

    /// <summary>Its name in UTF-8.</summary>
    public byte[] Name { get; }

    /// <summary>Its definition: a table with another one is another one.</summary>
    public string Sql { get; }

    /// <summary>Whether its rows are recorded: not those of SQLite's own tables, nor of tables in which virtual tables keep what they have.</summary>
    public bool IsRecorded { get; }

    /// <summary>The stored columns in the order of the definition.</summary>
    public RecordedColumn[] Columns { get; private init; } = [];

    /// <summary>The columns of the primary key, by their place among the stored ones, in the key's order. Empty for none.</summary>
    public int[] Key { get; private init; } = [];

    /// <summary>Whether it has no rowid.</summary>
    public bool IsWithoutRowId { get; private init; }

    /// <summary>The column that is the rowid; -1 for none.</summary>
    public int RowIdColumn { get; private init; } = -1;

    /// <summary>Whether the rowid is recorded beside the columns.</summary>
    public bool HasRowIdOfItsOwn => !IsWithoutRowId && RowIdColumn < 0;

    /// <summary>Why the library cannot show its rows; null if it can.</summary>
    public VitessException? Obstacle { get; private init; }

    /// <summary>Whether its definition lets the rows of an INSERT come one by one: see <see cref="RecordedTables.IsPlain"/>. A word anywhere in it that may forbid it counts.</summary>
    public bool InsertsOneByOne => IsRecorded && !IsWithoutRowId && !Sql.AsSpan().ContainsAny(Forbidding);

    /// <summary>Its number in the record of the transaction; -1 while it is not in it.</summary>
    public int Number { get; set; } = -1;

    /// <summary>A table whose rows are not recorded.</summary>
    public static RecordedTable NotRecorded(string name, string sql) => new(name, sql, isRecorded: false);

    /// <summary>A table, from what table_xinfo says of its columns.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="sql">Its definition.</param>
    /// <param name="columns">All columns, the virtual ones too.</param>
    /// <param name="isWithoutRowId">Whether it has no rowid.</param>
    /// <param name="hasKeyIndex">Whether an index of its own keeps the primary key: if not, an INTEGER PRIMARY KEY is the rowid.</param>
    /// <param name="countsStoredColumns">See <see cref="PreupdateTraits.CountsStoredColumns"/>.</param>
    public static RecordedTable Of(string name, string sql, IReadOnlyList<Declared> columns, bool isWithoutRowId, bool hasKeyIndex, bool countsStoredColumns)
    {
        var stored = new List<RecordedColumn>();
        var key = new SortedDictionary<int, int>();
        VitessException? obstacle = null;
        var keyColumns = columns.Count(column => column.KeyPlace > 0);
        var rowIdPlace = -1;
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].KeyPlace == 1 && keyColumns == 1 && !isWithoutRowId && !hasKeyIndex && columns[i].Type.Equals("INTEGER", StringComparison.OrdinalIgnoreCase)) rowIdPlace = i;
        }

        for (var i = 0; i < columns.Count; i++)
        {
            var column = columns[i];
            if (column.IsVirtual) continue;
            var place = countsStoredColumns ? stored.Count : i;
            if (column.KeyPlace > 0) key.Add(column.KeyPlace, stored.Count);
            if (!isWithoutRowId && place != i && i != rowIdPlace && Misreads(columns, place, column, rowIdPlace)) obstacle = Unreadable(name);
            stored.Add(new RecordedColumn(column.Type, column.Default)
            {
                OldIndex = isWithoutRowId ? i : place,
                InsertIndex = isWithoutRowId ? i : place,
                UpdateIndex = place,
                IsRowId = i == rowIdPlace,
            });
        }

        return new RecordedTable(name, sql, isRecorded: true)
        {
            Columns = [.. stored],
            Key = [.. key.Values],
            IsWithoutRowId = isWithoutRowId,
            RowIdColumn = stored.FindIndex(column => column.IsRowId),
            Obstacle = obstacle,
        };
    }

    // The library takes the number for that of the definition where it looks for the rowid and for reals.
    private static bool Misreads(IReadOnlyList<Declared> columns, int place, Declared column, int rowIdPlace) =>
        place == rowIdPlace || (RecordedColumn.HasRealAffinity(columns[place].Type) && !RecordedColumn.HasRealAffinity(column.Type));

    private static VitessException Unreadable(string name) => new(ErrorCodes.QueryError, $"rows of the table \"{name}\" cannot be recorded with this version of SQLite: it has virtual generated columns before others",
        sqlState: "0A000", hint: "Declare generated columns last, or STORED.");

    /// <summary>A column as table_xinfo shows it.</summary>
    public readonly record struct Declared(string Type, string? Default, int KeyPlace, bool IsVirtual);
}
