using System.Globalization;
using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

/// <summary>Short ways to run statements.</summary>
internal static class Sql
{
    /// <summary>For FROM: the numbers from 1 on, in a column n.</summary>
    public static string Numbers(int count) => $"(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) SELECT n FROM numbers)";

    /// <summary>Runs statements, each on a line of its own or given apart.</summary>
    public static void Run(this SqliteConnection connection, params string[] statements)
    {
        foreach (var sql in statements) _ = connection.Rows(sql);
    }

    /// <summary>Runs a statement and gives its rows, the values of a row with bars between them.</summary>
    public static List<string> Rows(this SqliteConnection connection, string sql, params SqlValue[] parameters)
    {
        var statement = connection.Rent(sql);
        try
        {
            for (var i = 0; i < parameters.Length; i++) statement.Bind(i + 1, parameters[i]);
            var rows = new List<string>();
            while (statement.Step()) rows.Add(string.Join('|', Enumerable.Range(0, statement.ColumnCount).Select(i => Text(statement.Column(i)))));
            return rows;
        }
        finally
        {
            connection.Return(statement);
        }
    }

    /// <summary>The only value of the only row.</summary>
    public static string One(this SqliteConnection connection, string sql, params SqlValue[] parameters) => Assert.Single(connection.Rows(sql, parameters));

    /// <summary>The failure of a statement.</summary>
    public static VitessException Fails(this SqliteConnection connection, string sql) => Assert.Throws<VitessException>(() => connection.Rows(sql));

    /// <summary>Asserts that SQLite finds nothing wrong.</summary>
    public static void IsIntact(this SqliteConnection connection) => Assert.Equal("ok", connection.One("PRAGMA integrity_check"));

    /// <summary>A value for people.</summary>
    public static string Text(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Null => "NULL",
        SqlValueKind.Text => value.AsText(),
        SqlValueKind.Blob => "x" + Convert.ToHexString(value.AsBlob()),
        SqlValueKind.Real => value.AsReal().ToString("R", CultureInfo.InvariantCulture) + "r",
        _ => value.AsInteger().ToString(CultureInfo.InvariantCulture),
    };
}
