using Shale.Sql;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// Which values of a UNIQUE or PRIMARY KEY were there already: SQLite names the columns only. Looked for when a statement has failed, and said only where the statement gives all values of the key
/// itself and a row with them is found.
/// </summary>
internal static class TakenKey
{
    private const string Unique = "UNIQUE constraint failed: ";

    /// <summary>The failure, with the values where they are known.</summary>
    /// <param name="failure">A 23505, before what its statement belongs to is undone.</param>
    /// <param name="connection">Where it happened; none of the failed statement runs any more.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="row">Its parameters.</param>
    public static VitessException Told(VitessException failure, SqliteConnection connection, string sql, IReadOnlyList<SqlValue> row)
    {
        if (!failure.Message.StartsWith(Unique, StringComparison.Ordinal)) return failure;
        try
        {
            return Find(failure.Message[Unique.Length..], connection, SqlParser.Parse(sql, SqlDialect.Sqlite), [.. row]) is { } subject ? failure.About(subject) : failure;
        }
        catch (VitessException)
        {
            // What was being found out is less than what is known: the key is taken.
            return failure;
        }
    }

    private static FailureSubject? Find(string names, SqliteConnection connection, Statement statement, SqlValue[] row)
    {
        var (table, given) = statement switch
        {
            InsertStatement { Source.Body: ValuesBody values } insert when FailsByItsFirst(insert, values) => (insert.Table.Name.Name, GivenBy(insert, values, connection)),
            UpdateStatement { From.Count: 0 } update => (update.Table.Name.Name.Name, GivenBy(update)),
            _ => ("", []),
        };
        if (Columns(names, table) is not { } columns) return null;
        var seen = new HashSet<string>();
        foreach (var cells in given)
        {
            if (Values(columns, cells, row) is not { } values || !seen.Add(string.Join(", ", values))) return null;
            if (Stored(connection, table, columns, values) is { } stored) return new FailureSubject(table) { Detail = FailureSubject.TakenKey(columns, stored) };
        }

        return null;
    }

    // Whether the first of its rows whose key is there is the one that failed: ON CONFLICT DO NOTHING goes on behind others, DO UPDATE fails by what it sets.
    private static bool FailsByItsFirst(InsertStatement insert, ValuesBody values) => insert.OnConflict.Count == 0 || (values.Rows.Count == 1 && insert.OnConflict.All(conflict => conflict.Sets.Count == 0));

    // SQLite names them "t.a, t.b"; an index on expressions it names itself.
    private static string[]? Columns(string names, string table)
    {
        var columns = names.Split(", ");
        for (var i = 0; i < columns.Length; i++)
        {
            if (table.Length == 0 || !columns[i].StartsWith(table + ".", StringComparison.OrdinalIgnoreCase)) return null;
            columns[i] = columns[i][(table.Length + 1)..];
        }

        return columns;
    }

    private static IEnumerable<Dictionary<string, Expr>> GivenBy(InsertStatement insert, ValuesBody values, SqliteConnection connection)
    {
        string[] columns = insert.Columns.Count > 0 ? [.. insert.Columns.Select(column => column.Name)] : AllColumns(connection, insert.Table.Name.Name);
        foreach (var cells in values.Rows)
        {
            var given = new Dictionary<string, Expr>(StringComparer.OrdinalIgnoreCase);
            for (var i = 0; i < columns.Length && i < cells.Count; i++) given.TryAdd(columns[i], cells[i]);
            yield return given;
        }
    }

    private static IEnumerable<Dictionary<string, Expr>> GivenBy(UpdateStatement update)
    {
        var given = new Dictionary<string, Expr>(StringComparer.OrdinalIgnoreCase);
        foreach (var set in update.Sets.Where(set => !set.Multiple)) given[set.Columns[0].Name] = set.Value;
        yield return given;
    }

    private static string[] AllColumns(SqliteConnection connection, string table)
    {
        var names = new List<string>();
        connection.ReadTrusted("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid", row => names.Add(row.Column(0).AsText()), SqlValue.Text(table));
        return [.. names];
    }

    private static SqlValue[]? Values(string[] columns, Dictionary<string, Expr> given, SqlValue[] row)
    {
        var values = new SqlValue[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            if (!given.TryGetValue(columns[i], out var cell) || !ValueSource.TryFrom(cell, out var source)) return null;
            values[i] = source.Of(row);
        }

        return values;
    }

    // As they are stored, of the row that has them.
    private static SqlValue[]? Stored(SqliteConnection connection, string table, string[] columns, SqlValue[] values)
    {
        var quoted = Array.ConvertAll(columns, SqlText.Quote);
        var sql = $"SELECT {string.Join(", ", quoted)} FROM {SqlText.Quote(table)} WHERE {string.Join(" AND ", quoted.Select((column, i) => $"{column} = ?{i + 1}"))} LIMIT 1";
        SqlValue[]? stored = null;
        connection.ReadTrusted(sql, row => stored = [.. columns.Select((_, i) => row.Column(i))], values);
        return stored is not null && Array.TrueForAll(stored, value => value.Kind is SqlValueKind.Integer or SqlValueKind.Text) ? stored : null;
    }
}
