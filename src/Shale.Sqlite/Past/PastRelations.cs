using System.Globalization;
using Shale.PageLog;
using Shale.Sql;

namespace Shale.Sqlite;

/// <summary>
/// Tables in periods as relations of a connection: <see cref="Attach"/> gives one a name, under which SQL reads the versions of the table's rows. A star, NATURAL and USING take the table's own columns;
/// the three of a period are there by their names. There is no rowid, and the primary key is not unique. Used by the connection's thread.
/// </summary>
/// <param name="store">The log.</param>
/// <param name="database">The log as SQLite opens it.</param>
/// <param name="connection">A connection of it.</param>
/// <param name="branch">The branch that the connection is on.</param>
/// <param name="mostBytes">How many bytes of memory a relation may take for the keys of rows that have changed.</param>
/// <param name="withZone">Whether times are written as timestamptz of dialect postgres, not as those of SQLite.</param>
public sealed class PastRelations(PageStore store, PagedDatabase database, SqliteConnection connection, string branch, long mostBytes = PastRelations.DefaultMostBytes, bool withZone = false) : IDisposable
{
    /// <summary>What a relation may take unless said otherwise: 256 MiB, some two million rows.</summary>
    public const long DefaultMostBytes = 256L << 20;

    /// <summary>The version of the branch whose commit wrote the row so.</summary>
    public const string VersionColumn = "_dosql_version";

    // So many are kept for the next statement that asks for the same.
    private const int Kept = 8;

    private readonly LinkedList<(string Table, PastPeriod Period, Lsn At, string Name, RowVersions Versions)> _attached = new();
    private int _names;

    /// <summary>The columns of a period, with their types; times are texts in UTC, to the microsecond.</summary>
    public static IReadOnlyList<string> PeriodColumns { get; } = [VersionColumn + " INTEGER", "_dosql_valid_from TEXT", "_dosql_valid_to TEXT"];

    /// <summary>
    /// A table of the branch in a period, as the version that the connection reads has it: nothing that was committed later is seen. Errors: NOT_FOUND (42P01); TT_INVALID_SYNTAX for what is no table;
    /// TT_NOT_SUPPORTED for a table without a primary key, and where the log cannot tell its versions. TT_LSN_NOT_AVAILABLE may come while it is read.
    /// </summary>
    /// <param name="table">Its name.</param>
    /// <param name="period">Which versions.</param>
    /// <returns>The name of the relation: good until <see cref="Trim"/>.</returns>
    public string Attach(string table, PastPeriod period)
    {
        var at = connection.PagedVersion ?? throw new InvalidOperationException("a connection to a plain file has no past");
        for (var node = _attached.First; node is not null; node = node.Next)
        {
            if (node.Value.Table != table || node.Value.Period != period || node.Value.At != at) continue;
            _attached.Remove(node);
            _attached.AddFirst(node);
            node.Value.Versions.Begin();
            return node.Value.Name;
        }

        // What a transaction has not committed has no version yet.
        using var committed = connection.Commits is null ? null : database.OpenReader(branch, at);
        var source = new VersionSource(store, database, branch, at, Find(committed ?? connection, table), mostBytes) { WithZone = withZone };
        var versions = new RowVersions(source, period, connection.ThrowIfInterrupted);
        var name = "_dosql_period" + (++_names).ToString(CultureInfo.InvariantCulture);
        connection.Register(versions.Define(name, committed ?? connection));
        _attached.AddFirst((table, period, at, name, versions));
        return name;
    }

    /// <summary>Takes away what was not used lately. Nothing of it may be running.</summary>
    public void Trim() => Release(Kept);

    /// <summary>Takes everything away; before the connection is closed.</summary>
    public void Dispose() => Release(0);

    private void Release(int kept)
    {
        while (_attached.Count > kept)
        {
            var (_, _, _, name, versions) = _attached.Last!.Value;
            _attached.RemoveLast();
            connection.Unregister(name);
            versions.Dispose();
        }
    }

    private static TableShape Find(SqliteConnection connection, string name)
    {
        var found = TableShape.Read(connection, "main", name);
        if (found is null && connection.QueryTrusted("SELECT 1 FROM pragma_table_list(?1)", [SqlValue.Text(name)]).IsNull)
        {
            var names = new List<string>();
            connection.ReadTrusted("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'", row => names.Add(row.Column(0).AsText()));
            throw new VitessException(ErrorCodes.NotFound, $"no such table: {name}", sqlState: "42P01", hint: NearestName.Hint(name, names));
        }

        if (found is not { IsRecorded: true })
        {
            throw new VitessException(ErrorCodes.InvalidPoint, $"\"{name}\" is no table of yours with rows of its own, so that it has no history", hint: "Write FOR SYSTEM_TIME behind the stored tables that it reads.");
        }

        if (found.Key.Count == 0)
        {
            throw new VitessException(ErrorCodes.TimeTravelNotSupported, $"the table \"{found.Name}\" has no primary key: nothing says which version is of which row",
                hint: "Read single points, FOR SYSTEM_TIME AS OF, or give the table a primary key: its history begins then.");
        }

        foreach (var column in found.Columns)
        {
            if (column.Name.StartsWith("_dosql_", StringComparison.OrdinalIgnoreCase)) throw Refused(found, $"it has a column \"{column.Name}\", whose name is that of a period's", "Rename the column.");
            if (column.Stored < 0) throw Refused(found, $"its column \"{column.Name}\" is generated when it is read, and not in the log", "Declare the column STORED, or read single points: FOR SYSTEM_TIME AS OF.");
        }

        if (found.Key.FirstOrDefault(key => key.Collation is not ("BINARY" or "NOCASE" or "RTRIM" or NumericOrder.Collation)) is { Collation: { } collation })
        {
            throw Refused(found, $"its primary key has the collation {collation}", "Use BINARY, NOCASE or RTRIM.");
        }

        return found;
    }

    private static VitessException Refused(TableShape table, string why, string hint) =>
        new(ErrorCodes.TimeTravelNotSupported, $"the table \"{table.Name}\" cannot be read over a period: {why}", hint: hint);
}
