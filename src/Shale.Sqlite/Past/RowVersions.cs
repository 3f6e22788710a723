using System.Globalization;
using Shale.PageLog;
using Shale.Sql;

namespace Shale.Sqlite;

/// <summary>
/// The versions of a table's rows in a period as SQLite reads them. They come from the log as it is read; where a statement asks again and again - for another row, in a join - they are kept in a
/// temporary database with the primary key as an index. Used by the connection's thread.
/// </summary>
internal sealed class RowVersions(VersionSource source, PastPeriod period, Action look) : IDisposable
{
    // What counts is whether these are read.
    private const int Version = 0, ValidFrom = 1, ValidTo = 2;

    // So often a statement reads the log itself.
    private const int MostReads = 2;

    private readonly string[] _keyColumns = [.. source.Table.Key.Select(key => "c" + key.Column.ToString(CultureInfo.InvariantCulture))];
    private SqliteConnection? _kept;
    private int _reads;

    /// <summary>The table that SQLite sees.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="connection">Where the table itself can be seen, as main.</param>
    public RowsDefinition Define(string name, SqliteConnection connection)
    {
        var table = source.Table;
        var columns = table.Columns.Select(column => $"{SqlText.Quote(column.Name)} {column.Type} COLLATE {SqlText.Quote(table.CollationOf(connection, column))}");
        var key = string.Join(", ", table.Key.Select(column => $"{SqlText.Quote(table.Columns[column.Column].Name)} COLLATE {column.Collation}"));
        return new RowsDefinition(name, [.. columns, .. PastRelations.PeriodColumns.Select(column => column + " HIDDEN")], [], $"{key}, {PastRelations.VersionColumn}", Read)
        {
            Sought = [.. table.Key.Select(column => new SoughtColumn(column.Column, column.Collation))],
            Watched = [table.Columns.Count + Version, table.Columns.Count + ValidFrom, table.Columns.Count + ValidTo],
        };
    }

    /// <summary>Before a statement that reads it.</summary>
    public void Begin() => _reads = 0;

    /// <inheritdoc/>
    public void Dispose() => _kept?.Dispose();

    private IEnumerable<SqlValue[]> Read(RowsRequest request)
    {
        var sought = request.Sought;
        if (sought is not null && Array.Exists(sought, value => value.IsNull)) return [];
        if (sought is not null && !CanSeek(sought)) sought = null;
        if (_kept is not null || ++_reads > MostReads) return Kept(sought);
        return new VersionScan(source, period, sought, look).Run(request.Reads[Version] || request.Reads[ValidFrom], request.Reads[ValidTo]);
    }

    // Where SQLite compares without converting: of other values it looks through all rows.
    private bool CanSeek(SqlValue[] sought)
    {
        for (var i = 0; i < sought.Length; i++)
        {
            var isText = sought[i].Kind == SqlValueKind.Text;
            var fits = SqliteAffinity.Of(source.Table.Columns[source.Table.Key[i].Column].Type) switch
            {
                Affinity.Text => isText,
                Affinity.Blob => false,
                _ => sought[i].Kind is SqlValueKind.Integer or SqlValueKind.Real,
            };
            if (!fits) return false;
        }

        return true;
    }

    private IEnumerable<SqlValue[]> Kept(SqlValue[]? sought)
    {
        var kept = _kept ??= Keep();
        var width = source.Table.Columns.Count + PastRelations.PeriodColumns.Count;
        var where = sought is null ? "" : " WHERE " + string.Join(" AND ", _keyColumns.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"{column} = ?{i + 1}")));
        var statement = kept.Rent("SELECT * FROM versions" + where);
        try
        {
            for (var i = 0; i < sought?.Length; i++) statement.Bind(i + 1, sought[i]);
            while (statement.Step())
            {
                var row = new SqlValue[width];
                for (var i = 0; i < width; i++) row[i] = statement.Column(i);
                yield return row;
            }
        }
        finally
        {
            kept.Return(statement);
        }
    }

    // In a temporary file, once it is more than SQLite's cache holds. Columns without a type keep values as they are.
    private SqliteConnection Keep()
    {
        var kept = SqliteConnection.Open("", SqliteOpenMode.Create);
        try
        {
            var columns = Enumerable.Range(0, source.Table.Columns.Count + PastRelations.PeriodColumns.Count).Select(i => "c" + i.ToString(CultureInfo.InvariantCulture)).ToList();
            var keys = source.Table.Key;
            var typed = columns.Select((column, i) => keys.FirstOrDefault(key => key.Column == i) is { Collation: { } collation } ? $"{column} COLLATE {collation}" : column);
            kept.ExecuteTrusted("BEGIN");
            kept.ExecuteTrusted($"CREATE TABLE versions ({string.Join(", ", typed)})");
            var insert = kept.Rent($"INSERT INTO versions VALUES ({string.Join(", ", columns.Select(_ => "?"))})");
            foreach (var row in new VersionScan(source, period, null, look).Run(tellsBegin: true, tellsEnd: true))
            {
                for (var i = 0; i < row.Length; i++) insert.Bind(i + 1, row[i]);
                _ = insert.Step();
                insert.Reset();
            }

            kept.Return(insert);
            kept.ExecuteTrusted($"CREATE INDEX by_key ON versions ({string.Join(", ", _keyColumns)})");
            kept.ExecuteTrusted("COMMIT");
            return kept;
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }
}
