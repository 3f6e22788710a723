using System.IO.Enumeration;
using Shale.Cli.Output;
using Shale.Contracts;

namespace Shale.Cli.Sql;

/// <summary>Commands of the prompt that begin with a backslash.</summary>
internal sealed class MetaCommands(SqlSession session, TextWriter errors, Func<string, CancellationToken, Task<bool>> runFile)
{
    /// <summary>What became of a command.</summary>
    public enum Outcome
    {
        /// <summary>It was done.</summary>
        Done,

        /// <summary>It failed; the failure has been written.</summary>
        Failed,

        /// <summary>The prompt is to end.</summary>
        Quit,
    }

    private const string Help = """
        \?                 this help
        \q                 quit; so does Ctrl-D
        \d [NAME]          tables, views and sequences; or what one of them is made of
        \dt \dv \ds \di    tables, views, sequences, indexes; a name or pattern (us*) narrows them
        \l                 keyspaces
        \use TARGET        change the target: keyspace[:shard][/branch]; also \c
        \dialect [NAME]    whose SQL is spoken: postgres or sqlite
        \conninfo          where this prompt is connected to
        \shards            shards, their health and latencies
        \timing [on|off]   show how long each statement takes, how it ran, and where
        \x [on|off]        one line for each column
        \format FORMAT     table, csv or json
        \i FILE            run the statements of a file

        Statements end with a semicolon. BEGIN, COMMIT and ROLLBACK open and end a transaction. VEXPLAIN PLAN shows how a statement runs.
        SET partial_results = on lets queries do without shards that are down.
        Tab completes words and names. Ctrl-C drops the line, or cancels the statement that runs.
        """;

    /// <summary>Every command, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["\\?", "\\c", "\\conninfo", "\\d", "\\di", "\\dialect", "\\ds", "\\dt", "\\dv", "\\format", "\\i", "\\l", "\\q", "\\shards", "\\timing", "\\use", "\\x"];

    /// <summary>Whether a line is a command and not SQL: those of the backslash, and the words that strangers try first.</summary>
    public static bool Takes(string line) => line.AsSpan().TrimStart().StartsWith("\\") || Plain(line) is not null;

    /// <summary>Runs one line.</summary>
    public async Task<Outcome> RunAsync(string line, CancellationToken cancellationToken)
    {
        var words = (Plain(line) ?? line).Trim().TrimEnd(';').Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        var argument = words.Length > 1 ? words[1].Trim() : null;
        try
        {
            return words[0] switch
            {
                "\\q" => Outcome.Quit,
                "\\?" or "\\h" => Say(Help),
                "\\d" when argument is not null => await DescribeAsync(argument.Trim('"'), cancellationToken),
                "\\d" => await ListAsync(null, cancellationToken),
                "\\dt" => await ListTablesAsync(argument, cancellationToken),
                "\\dv" => await RunAsync("SHOW VIEWS" + Like(argument)),
                "\\ds" => await RunAsync("SHOW SEQUENCES" + Like(argument)),
                "\\di" => await RunAsync("SHOW INDEXES" + Like(argument)),
                "\\l" => await RunAsync("SHOW KEYSPACES" + Like(argument)),
                "\\use" or "\\c" when argument is not null => await RunAsync("USE " + argument),
                "\\dialect" when argument is not null => await RunAsync("SET DIALECT = " + argument),
                "\\dialect" => Say(session.IsSqlite ? "sqlite" : "postgres"),
                "\\conninfo" or "\\use" or "\\c" => Say(session.Connection),
                "\\shards" => await ListShardsAsync(cancellationToken),
                "\\timing" => Say("Timing is " + ((session.Timing = Toggle(session.Timing, argument)) ? "on." : "off.")),
                "\\x" => Say("Expanded display is " + ((session.Expanded = Toggle(session.Expanded, argument)) ? "on." : "off.")),
                "\\format" => SetFormat(argument),
                "\\i" when argument is not null => await runFile(argument, cancellationToken) ? Outcome.Done : Outcome.Failed,
                "\\i" => Fail("\\i wants the name of a file"),
                _ => Fail($"{words[0]} is no command; \\? lists them"),
            };
        }
        catch (VitessException failure)
        {
            ErrorText.Write(errors, failure);
            return Outcome.Failed;
        }

        async Task<Outcome> RunAsync(string statement) => await session.RunAsync(statement, cancellationToken) ? Outcome.Done : Outcome.Failed;
    }

    private static string? Plain(string line) => line.Trim().TrimEnd(';').ToUpperInvariant() switch
    {
        "QUIT" or "EXIT" => "\\q",
        "HELP" => "\\?",
        _ => null,
    };

    private static string Like(string? pattern) => pattern is null ? "" : $" LIKE '{pattern.Replace("'", "''", StringComparison.Ordinal).Replace('*', '%')}'";

    private async Task<Outcome> ListAsync(string? pattern, CancellationToken cancellationToken)
    {
        var rows = await TablesAsync(pattern, views: true, cancellationToken);
        var sequences = await session.Client.QueryRowsAsync("SHOW SEQUENCES", null, cancellationToken);
        for (var i = 0; i < sequences.Rows.RowCount; i++) rows.Add([sequences.Rows[i][0], Text("sequence"), Text(""), Text("")]);
        return Show(rows);
    }

    private async Task<Outcome> ListTablesAsync(string? pattern, CancellationToken cancellationToken) =>
        Show(await TablesAsync(pattern, views: false, cancellationToken));

    private async Task<RowSet> TablesAsync(string? pattern, bool views, CancellationToken cancellationToken)
    {
        var vschema = await session.Client.VSchemaAsync(cancellationToken);
        var places = await PlacesAsync(cancellationToken);
        var rows = Table("table", "type", "sharded by", "sequence");
        foreach (var table in await session.Client.SchemaAsync(cancellationToken))
        {
            if ((!views && table.Type == "view") || (pattern is not null && !FileSystemName.MatchesSimpleExpression(pattern, table.Name))) continue;
            var definition = vschema.Tables.GetValueOrDefault(table.Name);
            rows.Add([Text(table.Name), Text(table.Type), Text(places.GetValueOrDefault(table.Name, "")), Text(Sequence(definition) ?? "")]);
        }
        return rows;
    }

    private async Task<Outcome> DescribeAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Contains('*', StringComparison.Ordinal)) return Show(await TablesAsync(name, views: true, cancellationToken));
        var tables = await session.Client.SchemaAsync(cancellationToken);
        var found = tables.FirstOrDefault(table => string.Equals(table.Name, name, StringComparison.Ordinal))
            ?? tables.FirstOrDefault(table => string.Equals(table.Name, name, StringComparison.OrdinalIgnoreCase));
        if (found is null) return Fail($"there is no table \"{name}\"; \\d lists them");
        if (found.Type == "view") return await DescribeViewAsync(found.Name, cancellationToken);
        var vschema = await session.Client.VSchemaAsync(cancellationToken);
        var definition = vschema.Tables.GetValueOrDefault(found.Name);
        var places = await PlacesAsync(cancellationToken);
        var rows = Table("column", "type", "nullable");
        foreach (var column in found.Columns) rows.Add([Text(column.Name), Text(column.Type), Text(column.Nullable ? "yes" : "no")]);
        session.Output.WriteLine($"{found.Type} {found.Name}, {places.GetValueOrDefault(found.Name, "not sharded")}{(Sequence(definition) is { } sequence ? ", sequence " + sequence : "")}");
        Show(rows);
        var indexes = (await session.Client.QueryRowsAsync("SHOW INDEXES", null, cancellationToken)).Rows;
        for (var i = 0; i < indexes.RowCount; i++)
        {
            var index = indexes[i];
            if (index[1].AsText() == found.Name) session.Output.WriteLine($"{(index[2].AsText() == "true" ? "unique index" : "index")} {index[0]} on {index[3]}");
        }
        return Outcome.Done;
    }

    private async Task<Outcome> DescribeViewAsync(string name, CancellationToken cancellationToken)
    {
        var views = (await session.Client.QueryRowsAsync("SHOW VIEWS", null, cancellationToken)).Rows;
        for (var i = 0; i < views.RowCount; i++)
        {
            if (views[i][0].AsText() == name) session.Output.WriteLine(views[i][1].AsText());
        }
        return Outcome.Done;
    }

    private async Task<Outcome> ListShardsAsync(CancellationToken cancellationToken)
    {
        var rows = Table("keyspace", "shard", "engine", "healthy", "queries", "errors", "p50 ms", "p95 ms", "p99 ms");
        foreach (var shard in await session.Client.HealthAsync(null, cancellationToken))
        {
            rows.Add([SqlValue.Text(shard.Keyspace), Text(shard.Id), Text(shard.Engine == StorageEngineType.Sqlite ? "sqlite" : "postgres"), Text(shard.Healthy ? "yes" : "no"),
                SqlValue.Integer(shard.QueryCount), SqlValue.Integer(shard.ErrorCount),
                Milliseconds(shard.Latency?.P50), Milliseconds(shard.Latency?.P95), Milliseconds(shard.Latency?.P99)]);
        }
        return Show(rows);
    }

    private Outcome Show(RowSet rows)
    {
        var writer = new TableResultWriter(session.Output, session.Expanded, rowCount: false);
        writer.Start(rows.Fields);
        writer.Add(rows);
        writer.End();
        return Outcome.Done;
    }

    private Outcome SetFormat(string? argument)
    {
        if (!Enum.TryParse<OutputFormat>(argument, ignoreCase: true, out var format) || !Enum.IsDefined(format)) return Fail("a format is table, csv or json");
        session.Format = format;
        return Outcome.Done;
    }

    private Outcome Say(string text)
    {
        session.Output.WriteLine(text);
        return Outcome.Done;
    }

    private Outcome Fail(string text)
    {
        errors.WriteLine("ERROR: " + text);
        return Outcome.Failed;
    }

    private static bool Toggle(bool now, string? argument) => argument switch
    {
        "on" => true,
        "off" => false,
        _ => !now,
    };

    private static RowSet Table(params string[] names) =>
        new([.. names.Select(name => new Field(name, name.EndsWith("ms", StringComparison.Ordinal) || name is "queries" or "errors" ? "float8" : "text"))]);

    // Where each table's rows live, in words: by table.
    private async Task<Dictionary<string, string>> PlacesAsync(CancellationToken cancellationToken)
    {
        var vschema = await session.Client.VSchemaAsync(cancellationToken);
        var places = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rows = (await session.Client.QueryRowsAsync("SHOW VSCHEMA TABLES", null, cancellationToken)).Rows;
        for (var i = 0; i < rows.RowCount; i++)
        {
            var name = rows[i][0].AsText();
            places[name] = rows[i][1].AsText() switch
            {
                "sharded" when vschema.Tables.GetValueOrDefault(name)?.Vindex is { } vindex => $"{vindex.Type}({string.Join(", ", vindex.Columns)})",
                "reference" => "reference: on every shard",
                "pinned" => "pinned: on the first shard",
                _ => "not sharded",
            };
        }
        return places;
    }

    private static string? Sequence(TableDef? definition) => definition?.AutoIncrement is { } auto ? $"{auto.Sequence} for {auto.Column}" : null;

    private static SqlValue Text(string? text) => SqlValue.Text(text);

    private static SqlValue Milliseconds(double? value) => value is { } number ? SqlValue.Real(Math.Round(number, 3)) : SqlValue.Null;
}
