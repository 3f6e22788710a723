using System.Text.RegularExpressions;
using Shale.Sql;
using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>Which table or column may be meant where SQLite finds none of a name. Looked for when a statement has failed.</summary>
internal static partial class MeantNames
{
    /// <summary>The failure, with the name that may be meant as what to do next, if one is near.</summary>
    /// <param name="failure">A NOT_FOUND.</param>
    /// <param name="connection">Where it happened.</param>
    /// <param name="sql">The statement that SQLite was given.</param>
    public static VitessException Told(VitessException failure, SqliteConnection connection, string sql)
    {
        try
        {
            var hint = Relation().Match(failure.Message) is { Success: true } relation ? OfRelation(connection, relation)
                : Column().Match(failure.Message) is { Success: true } column ? OfColumn(connection, column, sql) : null;
            return hint is null ? failure : failure.Advising(hint);
        }
        catch (VitessException)
        {
            // What was being found out is less than what is known: there is nothing of that name.
            return failure;
        }
    }

    private static string? OfRelation(SqliteConnection connection, Match missing)
    {
        var (kind, schema) = (missing.Groups["kind"].Value, missing.Groups["schema"]);
        var sql = $"SELECT name FROM {SqlText.Quote(schema.Success ? schema.Value : "main")}.sqlite_schema WHERE type IN (?1, ?2) AND name NOT LIKE 'sqlite^_%' ESCAPE '^'";
        return NearestName.Hint(missing.Groups["name"].Value, Read(connection, sql, kind, kind == "table" ? "view" : kind));
    }

    // With its table, where that stood before it.
    private static string? OfColumn(SqliteConnection connection, Match missing, string sql)
    {
        var (table, name) = (missing.Groups["table"], missing.Groups["name"].Value);
        var statement = SqlParser.Parse(sql, SqlDialect.Sqlite);
        var tables = table.Success
            ? SqlTree.All<TableRef>(statement).Where(each => Names.Equal((each.Alias ?? each.Name.Name).Name, table.Value, SqlDialect.Sqlite)).Select(each => each.Name)
            : SqlTree.All<ObjectName>(statement);
        var columns = tables.SelectMany(each => Read(connection, "SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE hidden <> 1", each.Name.Name, each.Schema?.Name));

        // One that is there, but not where it was asked for, is not what is meant.
        return NearestName.Of(name, columns.Where(column => !Names.Equal(column, name, SqlDialect.Sqlite))) is { } nearest ? $"Perhaps you meant \"{(table.Success ? $"{table.Value}.{nearest}" : nearest)}\"." : null;
    }

    private static List<string> Read(SqliteConnection connection, string sql, params string?[] values)
    {
        var names = new List<string>();
        connection.ReadTrusted(sql, row => names.Add(row.Column(0).AsText()), Array.ConvertAll(values, SqlValue.Text));
        return names;
    }

    // SQLite does not quote names: one with a point in it is read wrongly, and then nothing is near.
    [GeneratedRegex(@"^no such (?<kind>table|view|index): ((?<schema>main|temp|_dosql_past[0-9]+)\.)?(?<name>.+)$", RegexOptions.Singleline)]
    private static partial Regex Relation();

    [GeneratedRegex("""^(no such column: "?|table .* has no column named )((?<table>[^."]+)\.)?(?<name>[^."]+)("|$)""", RegexOptions.Singleline)]
    private static partial Regex Column();
}
