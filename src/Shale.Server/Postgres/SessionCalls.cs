using System.Buffers;
using Shale.Sql;

namespace Shale.Server;

/// <summary>
/// A SELECT whose list calls functions that change the session or others, <c>pg_notify</c>, <c>set_config</c>, <c>pg_sleep</c>, those over advisory locks and those over other sessions: a query gives what they are called with, and the session does as they say, row by row.
/// </summary>
/// <param name="Query">The query of the arguments, and of the other columns between them.</param>
/// <param name="Items">What each column of the statement is.</param>
internal sealed record SessionCalls(string Query, IReadOnlyList<SessionCalls.Item> Items)
{
    /// <summary>The function that waits.</summary>
    public const string Sleep = "pg_sleep";

    private static readonly SearchValues<string> Words = SearchValues.Create(["pg_notify", "set_config", "pg_advisory_", "pg_try_advisory_", Sleep, "pg_cancel_backend", "pg_terminate_backend"], StringComparison.OrdinalIgnoreCase);

    private static readonly string[] NotifyTypes = ["text", "text"], SettingTypes = ["text", "text", "bool"], NumberTypes = ["int8"], NumbersTypes = ["int4", "int4"], ProcessTypes = ["int4"], EndTypes = ["int4", "int8"], SecondsTypes = ["float8"];

    /// <summary>A column of the statement.</summary>
    /// <param name="Call">The function that it calls; null for a column of the query as it is.</param>
    /// <param name="Name">What a call's column is named.</param>
    /// <param name="Width">How many columns of the query it stands for.</param>
    public readonly record struct Item(string? Call, string Name, int Width);

    /// <summary>Reads a statement; null for one that calls none. QUERY_ERROR (0A000) where one is called anywhere but as a column of the result; pg_sleep is left to the shards there.</summary>
    public static SessionCalls? TryRead(string text)
    {
        if (!text.AsSpan().ContainsAny(Words)) return null;
        var statement = SqlParser.ParseWithParameters(text, SqlDialect.Postgres).Statement;
        var calls = SqlTree.All<FunctionCall>(statement).Where(call => NameOf(call) is not null).ToList();
        if (calls.Count == 0) return null;
        if (statement is not SelectStatement { Body: SelectCore { Distinct: false, DistinctOn.Count: 0 } core } select || select.OrderBy.Any(each => each.Value is Literal)
            || calls.Exists(call => !core.Items.Any(item => ReferenceEquals(item.Value, call))) || core.Items.Any(item => item.Value is Star))
        {
            if (calls.TrueForAll(call => NameOf(call) == Sleep)) return null;
            throw new VitessException(ErrorCodes.QueryError, $"{NameOf(calls[0])} is supported as a column of what a SELECT gives, and not beside a star", sqlState: "0A000", hint: $"SELECT {NameOf(calls[0])}(…) FROM …, in a statement of its own.");
        }

        var items = new List<Item>();
        var asked = new List<SelectItem>();
        foreach (var item in core.Items)
        {
            var call = item.Value as FunctionCall;
            var name = call is null ? null : NameOf(call);
            List<SelectItem> columns = name is null ? [item] : [.. Arguments(call!, TypesOf(name, call!.Args.Count))];
            items.Add(new Item(name, item.Alias?.Name ?? name ?? "", columns.Count));
            asked.AddRange(columns);
        }

        // A row is needed for each call, also of what takes no arguments.
        if (asked.Count == 0) asked.Add(new SelectItem(new Literal(LiteralKind.Integer, "1"), null));

        return new SessionCalls(SqlPrinter.Print(select with { Body = core with { Items = asked.ToNodeList() } }, SqlDialect.Postgres), items);
    }

    /// <summary>The columns of the statement, from those of the query.</summary>
    public IReadOnlyList<Field> Fields(IReadOnlyList<Field> asked)
    {
        var fields = new List<Field>();
        var at = 0;
        foreach (var item in Items)
        {
            fields.Add(item.Call is null ? asked[at] : new Field(item.Name, item.Call switch { "pg_notify" or Sleep => "void", "set_config" => "text", var function when BackendCalls.Is(function) => "bool", var function => AdvisoryCall.Returns(function) }));
            at += item.Width;
        }

        return fields;
    }

    private static IEnumerable<SelectItem> Arguments(FunctionCall call, string[] types)
    {
        if (call.Args.Count != types.Length) throw new VitessException(ErrorCodes.NotFound, $"function {NameOf(call)} with {call.Args.Count} arguments does not exist", sqlState: "42883");

        // Without names of their own they would go by those of columns, which ORDER BY may mean.
        return call.Args.Select((argument, i) => new SelectItem(new Cast(argument, new TypeName(types[i], [])), new Identifier($"shale_argument{i}")));
    }

    private static string[] TypesOf(string call, int arguments) => call switch
    {
        "pg_notify" => NotifyTypes,
        "set_config" => SettingTypes,
        Sleep => SecondsTypes,
        AdvisoryCall.UnlockAll => [],
        _ when BackendCalls.Is(call) => arguments == 2 && BackendCalls.MayWait(call) ? EndTypes : ProcessTypes,
        _ => arguments == 2 ? NumbersTypes : NumberTypes,
    };

    private static string? NameOf(FunctionCall call) =>
        call.Name is { Name.Name: var name, Schema: null or { Name: "pg_catalog" } } && (name is "pg_notify" or "set_config" or Sleep || AdvisoryCall.Is(name) || BackendCalls.Is(name)) ? name : null;
}
