using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>SHOW PROCESSLIST and KILL. Thread-safe.</summary>
internal sealed class ProcessStatements(ProcessList processes, GateTransactions transactions, TimeProvider clock)
{
    private static readonly string[] Columns = ["id", "session", "dialect", "keyspace", "state", "time_ms", "shards", "statement"];

    /// <summary>A row for each statement that runs, and for each transaction that waits for its next one; in the order they came.</summary>
    public RowSet List(ShowStatement show)
    {
        var rows = new List<(long Id, string?[] Row)>();
        foreach (var running in processes.Running())
        {
            if (RowOf(running) is { } row) rows.Add((running.Id, row));
        }

        var now = clock.GetUtcNow();
        foreach (var transaction in transactions.Open)
        {
            if (rows.Any(each => each.Id == transaction.ProcessId)) continue;
            rows.Add((transaction.ProcessId,
            [
                Text(transaction.ProcessId), null, Name(transaction.Dialect), transaction.Target.Keyspace, transaction.Failed ? "in a failed transaction" : "idle in transaction",
                Text((long)(now - transaction.UsedAt).TotalMilliseconds), null, null,
            ]));
        }

        return SchemaLists.Text(Columns, SchemaLists.Matching(rows.OrderBy(each => each.Id).Select(each => each.Row), show.Like));
    }

    /// <summary>Cancels a statement; without QUERY its transaction is rolled back too. NOT_FOUND (42704) if there is nothing of the id.</summary>
    public async ValueTask<GateResult> KillAsync(KillStatement kill)
    {
        var found = processes.Kill(kill.Id);
        if (!kill.QueryOnly && transactions.Open.FirstOrDefault(each => each.ProcessId == kill.Id) is { } transaction)
        {
            found = true;
            await transactions.KillAsync(transaction);
        }

        if (found) return new GateResult(new RowSet([])) { Tier = "gate" };
        throw new VitessException(ErrorCodes.NotFound, $"there is no {(kill.QueryOnly ? "statement" : "statement or transaction")} {kill.Id}", sqlState: "42704",
            hint: "SHOW PROCESSLIST shows what runs; it may have ended by itself.");
    }

    // It may end while it is looked at: what is gone is not shown.
    private string?[]? RowOf(RunningStatement running)
    {
        var (id, request, session, plan, values) = (running.Id, running.Request, running.Session, running.Plan, running.Values);
        if (request is null) return null;
        return
        [
            Text(id), request.Client, Name(session?.Dialect ?? request.Dialect ?? SqlDialect.Postgres), session?.Keyspace.Name, running.State,
            Text((long)clock.GetElapsedTime(running.StartedAt).TotalMilliseconds),
            plan is null || session is null ? null : string.Join(' ', PlanDescription.ShardsOf(plan, values, session)), request.Sql,
        ];
    }

    private static string Name(SqlDialect dialect) => dialect == SqlDialect.Sqlite ? "sqlite" : "postgres";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
