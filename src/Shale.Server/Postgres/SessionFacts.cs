using System.Buffers;
using System.Globalization;
using Shale.Sql;

namespace Shale.Server;

/// <summary>What statements ask PostgreSQL's catalog of the session itself, which the gate does not know: it is written into the statement before the gate gets it. Not thread-safe.</summary>
/// <param name="cursors">The session's cursors.</param>
internal sealed class SessionFacts(SessionCursors cursors)
{
    private static readonly SearchValues<string> Words = SearchValues.Create(["pg_cursors"], StringComparison.OrdinalIgnoreCase);

    /// <summary>The statement with what it asks of the session in place; the text itself where it asks nothing.</summary>
    public string Place(string text)
    {
        if (!text.AsSpan().ContainsAny(Words)) return text;
        var parsed = SqlParser.ParseWithParameters(text, SqlDialect.Postgres).Statement;
        var placed = SqlTree.Rewrite(parsed, node => node is TableRef { Name: { Name.Name: "pg_cursors", Schema: null or { Name: "pg_catalog" } } name } table ? Cursors(table with { Alias = table.Alias ?? name.Name }) : null);
        return ReferenceEquals(placed, parsed) ? text : SqlPrinter.Print(placed, SqlDialect.Postgres);
    }

    private DerivedTable Cursors(TableRef table)
    {
        var rows = cursors.All.Select(cursor => string.Create(CultureInfo.InvariantCulture,
            $"({Text(cursor.Declaration.Name)}, {Text(cursor.Declaration.Statement)}, {cursor.Declaration.IsHold}, false, {cursor.Declaration.IsScroll}, timestamptz '{cursor.Made:yyyy-MM-dd HH:mm:ss.ffffff}+00')"));
        var values = cursors.All.Any() ? string.Join(", ", rows) : "(NULL::text, NULL::text, NULL::bool, NULL::bool, NULL::bool, NULL::timestamptz)";
        return Derived($"SELECT * FROM (VALUES {values}) shale_v (name, statement, is_holdable, is_binary, is_scrollable, creation_time) WHERE name IS NOT NULL", table);
    }

    private static DerivedTable Derived(string query, TableRef table) => new((SelectStatement)SqlParser.Parse(query, SqlDialect.Postgres), false, table.Alias, table.Columns);

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'::text";
}
