using System.Diagnostics;
using System.Globalization;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Demo;

/// <summary>The demo from the data to the verdict.</summary>
/// <param name="console">Where it is told.</param>
/// <param name="directory">Where the shards and the plain database are made.</param>
internal sealed class DemoRun(DemoConsole console, DemoDirectory directory)
{
    private readonly List<DemoCheck> _checks = [];
    private int _number;

    /// <summary>Runs it; true if every answer was the plain database's.</summary>
    public async Task<bool> RunAsync(WordNetFiles files, CancellationToken cancellationToken)
    {
        console.Line();
        console.Styled("Shale demo: WordNet 3.0, a dictionary of English by Princeton University, on 4 SQLite shards", "bold");
        var clock = Stopwatch.StartNew();
        var tables = new DemoTables(WordNet.Read(files));
        console.Line($"  data    {files.Directory}, read in {Seconds(clock)}");
        console.Line($"  shards  {directory.Shards} ({(directory.IsKept ? "kept" : "removed at the end; --keep DIR keeps them")})");

        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory.Shards, Shards = 4 }, cancellationToken);
        await LoadAsync(cluster.Gate, tables, cancellationToken);
        using var plain = LoadPlain(tables);
        ExplainTiers();
        foreach (var query in DemoStatements.Queries) await QueryAsync(cluster.Gate, plain, query, cancellationToken);
        await InsertAsync(cluster.Gate, plain, cancellationToken);
        await TransactionAsync(cluster.Gate, plain, cancellationToken);
        await QueryAsync(cluster.Gate, plain, DemoStatements.Explain, cancellationToken);
        await AggregatesAsync(cluster.Gate, plain, cancellationToken);
        return Verdict(clock);
    }

    private async Task LoadAsync(VTGate gate, DemoTables tables, CancellationToken cancellationToken)
    {
        console.Title("Loading through the gate");
        console.Line($"  Rows are inserted with parameters, {RowBatches.TransactionRows:#,0} rows a transaction; every commit waits for the disk.");
        foreach (var table in tables.All) await gate.ExecuteAsync(new GateRequest(table.Definition, []), cancellationToken);
        var clock = Stopwatch.StartNew();
        var times = new List<(DemoTable Table, TimeSpan Time)>();
        await console.WithBarAsync(tables.RowCount, async advance =>
        {
            foreach (var table in tables.All)
            {
                var start = clock.Elapsed;
                await new GateLoader(gate, rows => advance(table.Name, rows)).LoadAsync(table, tables.WordIds, cancellationToken);
                times.Add((table, clock.Elapsed - start));
            }
        });
        foreach (var (table, time) in times) console.Line($"  {table.Name,-16}{table.RowCount,9:#,0} rows {Rate(table.RowCount, time),11}/s   {table.Placement}");
        console.Facts($"{tables.RowCount:#,0} rows in {Seconds(clock)}: {Rate(tables.RowCount, clock.Elapsed)} rows/s");
    }

    private PlainDatabase LoadPlain(DemoTables tables)
    {
        console.Title("Loading one plain SQLite database with the same rows, without Shale, to compare with");
        var clock = Stopwatch.StartNew();
        var plain = PlainDatabase.Create(directory.PlainFile, 4 * new SqliteEngineOptions().CacheKib);
        tables.WordIds.Clear();
        foreach (var table in tables.All)
        {
            plain.Execute(table.PlainDefinition);
            plain.Load(table, tables.WordIds);
        }

        console.Facts($"{tables.RowCount:#,0} rows in {Seconds(clock)}: {Rate(tables.RowCount, clock.Elapsed)} rows/s");
        return plain;
    }

    private void ExplainTiers()
    {
        console.Title("Statements, from one shard to all");
        console.Line("  T0  one shard has everything, and runs the statement as it is");
        console.Line("  T1  every shard runs a part, and the gate merges what they give");
        console.Line("  T2  the needed rows and columns are brought together, and the statement runs over them");
    }

    private async Task QueryAsync(VTGate gate, PlainDatabase plain, DemoStatement statement, CancellationToken cancellationToken)
    {
        Head(statement.Title, statement.Sql);
        var request = new GateRequest(statement.Sql, []);
        var clock = Stopwatch.StartNew();
        var result = await gate.ExecuteAsync(request, cancellationToken);
        var first = clock.Elapsed;
        clock.Restart();
        _ = await gate.ExecuteAsync(request, cancellationToken);
        Facts(result, $"{Milliseconds(first)}, and {Milliseconds(clock.Elapsed)} when it comes again");
        console.Rows(result.Rows);
        if (statement.Remark is not null) console.Styled("  " + statement.Remark, "dim");
        if (statement.IsCompared) Compare(statement.Title, result, plain.Query(statement.Sql));
    }

    private async Task InsertAsync(VTGate gate, PlainDatabase plain, CancellationToken cancellationToken)
    {
        var statement = DemoStatements.Insert;
        Head(statement.Title, statement.Sql);
        var clock = Stopwatch.StartNew();
        var result = await gate.ExecuteAsync(new GateRequest(statement.Sql, []), cancellationToken);
        Facts(result, Milliseconds(clock.Elapsed));
        console.Rows(result.Rows);
        console.Styled("  " + statement.Remark, "dim");
        _ = plain.Query(statement.Sql);
    }

    private async Task TransactionAsync(VTGate gate, PlainDatabase plain, CancellationToken cancellationToken)
    {
        const string Title = "A transaction over all shards";
        Head(Title, "BEGIN");
        plain.Execute("BEGIN");
        var clock = Stopwatch.StartNew();
        var transaction = await gate.BeginAsync(null, cancellationToken: cancellationToken);
        foreach (var sql in DemoStatements.Transaction)
        {
            console.Sql(sql);
            clock.Restart();
            var result = await gate.ExecuteAsync(new GateRequest(sql, []) { TxId = transaction.TxId }, cancellationToken);
            Facts(result, (result.Rows.Fields.Count > 0 ? "" : $"{result.Affected} rows changed, ") + Milliseconds(clock.Elapsed));
            console.Rows(result.Rows);
            Compare($"{Title}: {sql.Split(' ')[0]}", result, plain.Query(sql));
        }

        console.Sql("COMMIT");
        clock.Restart();
        await gate.CommitAsync(transaction.TxId, cancellationToken);
        plain.Execute("COMMIT");
        console.Facts($"{string.Join(' ', transaction.Shards)} · {Milliseconds(clock.Elapsed)}");
    }

    private async Task AggregatesAsync(VTGate gate, PlainDatabase plain, CancellationToken cancellationToken)
    {
        foreach (var statement in DemoStatements.Aggregates)
        {
            var result = await gate.ExecuteAsync(new GateRequest(statement.Sql, []), cancellationToken);
            Compare("All of " + statement.Title, result, plain.Query(statement.Sql));
        }
    }

    private void Compare(string name, GateResult shale, IReadOnlyList<SqlValue[]> plain) =>
        _checks.Add(new DemoCheck(name, shale.Tier, plain.Count, RowComparison.Difference(shale.Rows, plain)));

    private bool Verdict(Stopwatch clock)
    {
        console.Title("The same questions to one plain SQLite database that holds all rows");
        var width = _checks.Max(check => check.Name.Length);
        foreach (var check in _checks)
        {
            var text = $"  {check.Name.PadRight(width)}  {check.Tier}  {check.Rows,3} {(check.Rows == 1 ? "row " : "rows")}  ";
            console.Styled(text + (check.Difference is null ? "same" : "DIFFERENT: " + check.Difference), check.Difference is null ? "default" : "bold red");
        }

        var different = _checks.Count(check => check.Difference is not null);
        console.Line();
        console.Styled(different == 0
            ? $"All {_checks.Count} answers of the 4 shards are those of one database. {Seconds(clock)} in all."
            : $"{different} of {_checks.Count} answers differ from those of one database: this is a bug in Shale.", different == 0 ? "bold green" : "bold red");
        if (directory.IsKept) console.Line($"Kept. Open it with:  shale serve --data {directory.Shards}");
        return different == 0;
    }

    private void Head(string title, string sql)
    {
        console.Title($"{++_number}. {title}");
        console.Sql(sql);
    }

    private void Facts(GateResult result, string time)
    {
        var shards = result.Shards.Count switch
        {
            0 => "answered by the gate",
            1 => $"shard {result.Shards[0]}",
            _ => $"shards {string.Join(' ', result.Shards)}",
        };
        console.Facts($"{result.Tier} · {shards} · {time}");
    }

    private static string Seconds(Stopwatch clock) => string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:0.0} s");

    private static string Milliseconds(TimeSpan time) =>
        time.TotalMilliseconds.ToString(time.TotalMilliseconds < 10 ? "0.000" : "0", CultureInfo.InvariantCulture) + " ms";

    private static string Rate(int rows, TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{rows / Math.Max(time.TotalSeconds, 0.000_001):#,0}");
}
