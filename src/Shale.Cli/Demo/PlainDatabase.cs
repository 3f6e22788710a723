using Shale.Sqlite;

namespace Shale.Cli.Demo;

/// <summary>One plain SQLite database with all rows, filled by SQLite alone: what Shale is compared with. Used by one thread at a time.</summary>
internal sealed class PlainDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    private PlainDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Makes an empty database with the settings of a shard: write-ahead log, synchronous FULL, foreign keys.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cacheKib">Memory for pages; as much as all the shards' writers have together.</param>
    public static PlainDatabase Create(string path, int cacheKib)
    {
        var connection = SqliteConnection.Open(path, SqliteOpenMode.Create);
        _ = connection.QueryTrusted("PRAGMA journal_mode=WAL");
        connection.ExecuteTrusted("PRAGMA synchronous=FULL");
        connection.ExecuteTrusted("PRAGMA foreign_keys=ON");
        connection.ExecuteTrusted(FormattableString.Invariant($"PRAGMA cache_size=-{cacheKib}"));
        connection.ExecuteTrusted("PRAGMA temp_store=FILE");
        return new PlainDatabase(connection);
    }

    /// <summary>Runs a statement and leaves its rows unread.</summary>
    public void Execute(string sql) => _connection.ExecuteTrusted(sql);

    /// <summary>Runs a statement and gives its rows.</summary>
    public List<SqlValue[]> Query(string sql)
    {
        var statement = _connection.Rent(sql);
        try
        {
            var rows = new List<SqlValue[]>();
            while (statement.Step())
            {
                var row = new SqlValue[statement.ColumnCount];
                for (var i = 0; i < row.Length; i++) row[i] = statement.Column(i);
                rows.Add(row);
            }

            return rows;
        }
        finally
        {
            _connection.Return(statement);
        }
    }

    /// <summary>Prepares a query with one parameter.</summary>
    public PreparedPoint Prepare(string sql) => new(_connection, _connection.Rent(sql));

    /// <summary>Loads all rows of a table by one prepared statement, in the same transactions as the gate's loader.</summary>
    public void Load(DemoTable table, Dictionary<string, long> numbers)
    {
        var names = string.Join(", ", table.Columns);
        var marks = string.Join(", ", table.Columns.Select(_ => "?"));
        var returning = table.Returning is null ? "" : $" RETURNING {table.Returning}";
        var insert = _connection.Rent($"INSERT INTO {table.Name} ({names}) VALUES ({marks}){returning}");
        try
        {
            foreach (var rows in RowBatches.Of(table))
            {
                Execute("BEGIN IMMEDIATE");
                foreach (var row in rows)
                {
                    for (var i = 0; i < row.Length; i++) insert.Bind(i + 1, row[i]);
                    if (insert.Step())
                    {
                        numbers[row[0].AsText()] = insert.Column(0).AsInteger();
                        _ = insert.Step();
                    }

                    insert.Reset();
                }

                Execute("COMMIT");
            }
        }
        finally
        {
            _connection.Return(insert);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();
}
