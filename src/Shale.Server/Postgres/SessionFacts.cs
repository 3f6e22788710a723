using System.Buffers;
using System.Globalization;
using Shale.Sql;

namespace Shale.Server;

/// <summary>What statements ask PostgreSQL's catalog of the session itself, which the gate does not know: it is written into the statement before the gate gets it. Not thread-safe.</summary>
/// <param name="cursors">The session's cursors.</param>
/// <param name="notifications">The channels that it listens to.</param>
/// <param name="variables">Its variables.</param>
/// <param name="process">Its number.</param>
internal sealed class SessionFacts(SessionCursors cursors, SessionNotifications notifications, SessionVariables variables, int process)
{
    private static readonly SearchValues<string> Words = SearchValues.Create(["set_config", "pg_notify", "pg_advisory_", "pg_try_advisory_", "pg_sleep", "pg_cancel_backend", "pg_terminate_backend", "pg_cursors", "pg_backend_pid", "pg_listening_channels", "pg_notification_queue_usage", "current_setting"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a statement may concern the session.</summary>
    public static bool MayConcern(string text) => text.AsSpan().ContainsAny(Words);

    /// <summary>The statement with what it asks of the session in place; the text itself where it asks nothing.</summary>
    /// <param name="text">A statement that the gate plans.</param>
    /// <param name="target">What the session speaks to.</param>
    public string Place(string text, string target)
    {
        var parsed = SqlParser.ParseWithParameters(text, SqlDialect.Postgres).Statement;
        var placed = SqlTree.Rewrite(parsed, node => node switch
        {
            TableRef { Name: { Name.Name: "pg_cursors", Schema: null or { Name: "pg_catalog" } } name } table => Cursors(table with { Alias = table.Alias ?? name.Name }),
            SelectItem { Alias: null, Value: FunctionCall call } item when Known(call, target) is { } value => item with { Value = value, Alias = call.Name.Name },
            FunctionTable { Call: var call } function when Known(call, target) is FunctionCall rows => function with { Call = rows, Alias = function.Alias ?? call.Name.Name },
            FunctionCall call => Known(call, target),
            _ => null,
        });
        return ReferenceEquals(placed, parsed) ? text : SqlPrinter.Print(placed, SqlDialect.Postgres);
    }

    private Expr? Known(FunctionCall call, string target) => Setting(call) ?? Told(call, target);

    // Names that are computed, and those that the session does not know, are the gate's affair.
    private Expr? Setting(FunctionCall call) => call is { Args: [Literal { Kind: LiteralKind.String } name, ..], Name: { Schema: null or { Name: "pg_catalog" }, Name.Name: "current_setting" } } && variables.Has(name.Text)
        ? Expression(Text(variables.Get(name.Text))) : null;

    private Expr? Told(FunctionCall call, string target) => call is not { Args.Count: 0, Name: { Schema: null or { Name: "pg_catalog" }, Name.Name: var name } } ? null : name switch
    {
        "pg_backend_pid" => Expression(process.ToString(CultureInfo.InvariantCulture)),
        "pg_notification_queue_usage" => Expression("0::double precision"),
        "pg_listening_channels" => Expression($"unnest(ARRAY[{string.Join(", ", notifications.Channels(target).Select(Text))}]::text[])"),
        _ => null,
    };

    private static Expr Expression(string text) => SqlParser.ParseExpression(text, SqlDialect.Postgres);

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
