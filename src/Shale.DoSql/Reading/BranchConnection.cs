using System.Globalization;
using Shale.PageLog;
using Shale.Sql;
using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>A connection to a branch or to a version, and the versions of the past that are attached to it. Used by one thread at a time.</summary>
internal sealed class BranchConnection(DoSqlEngine engine, string branch, SqliteConnection sqlite, int generation) : IDisposable
{
    // SQLite attaches no more.
    private const int MostAttached = 10;

    private readonly LinkedList<(PastPoint Point, string Schema)> _attached = new();
    private readonly PastRelations _periods = new(engine.Store, engine.Database, sqlite, branch, engine.Options.PeriodBytes);
    private int _schemas;

    /// <summary>The connection.</summary>
    public SqliteConnection Sqlite { get; } = sqlite;

    /// <summary>Which of its pool's generations it is of.</summary>
    public int Generation { get; } = generation;

    /// <summary>Runs a statement to its end. Errors: what SQLite finds; those of the points in it.</summary>
    public RunResult Execute(StatementText text, SqlValue[] values)
    {
        if (!text.HasPoint && !text.AsksTheLog) return StatementRun.Execute(Sqlite, text.Sql, values);
        var reads = BeginReadFor(text);
        try
        {
            return StatementRun.Execute(Sqlite, Resolve(text, values), values);
        }
        finally
        {
            if (reads) Sqlite.ExecuteTrusted("ROLLBACK");
        }
    }

    /// <summary>As above; the token stops it, and then <see cref="OperationCanceledException"/>. The LSN is the version that the connection has read.</summary>
    public RunResult Execute(StatementText text, SqlValue[] values, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var stop = Sqlite.StopWhen(cancellationToken);
            return Execute(text, values) with { Lsn = Sqlite.PagedVersion ?? default };
        }
        catch (VitessException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>The text that SQLite runs; versions of the past are attached for it.</summary>
    public string Resolve(StatementText text, SqlValue[] values) => text.Past is { } past ? Attach(past, values) : text.Sql;

    /// <summary>Lets SQLite look at a statement. Errors: what it finds.</summary>
    public void Check(StatementText text)
    {
        if (text.Kind is StatementKind.Read or StatementKind.Write && text.Past is null) Sqlite.Return(StatementRun.Rent(Sqlite, text.Sql));
    }

    /// <summary>Begins a transaction if the statement needs one to see one version: true if it did, then the caller ends it.</summary>
    public bool BeginReadFor(StatementText text)
    {
        if (!(text.HasPoint || text.AsksTheLog) || Sqlite.InTransaction || Sqlite.Commits is not null) return false;
        BeginRead();
        return true;
    }

    /// <summary>Begins a transaction that reads the newest durable version.</summary>
    public void BeginRead()
    {
        Sqlite.ExecuteTrusted("BEGIN");
        try
        {
            // BEGIN alone takes no version; the first read does.
            _ = Sqlite.QueryTrusted("SELECT 1 FROM sqlite_schema LIMIT 1");
        }
        catch
        {
            if (Sqlite.InTransaction) Sqlite.ExecuteTrusted("ROLLBACK");
            throw;
        }
    }

    /// <summary>A point of a text. Errors: TT_INVALID_SYNTAX for what is none; what SQLite finds in an expression.</summary>
    public TimePoint PointOf(PastText past, SystemTimePoint point, SqlValue[] values) => TimePoints.Resolve(point, expression => Evaluate(past, expression, values));

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        _periods.Dispose();
        Sqlite.Dispose();
    }

    private string Attach(PastText past, SqlValue[] values)
    {
        // A writer's newest version may not be durable yet; the past is.
        if (Sqlite.Commits is { } commits) engine.Store.WaitDurable(commits.Last);
        var points = new Dictionary<TableRef, PastPoint>(ReferenceEqualityComparer.Instance);
        foreach (var table in past.Tables)
        {
            if (!table.Time!.IsPeriod) points.Add(table, engine.Points.Find(branch, PointOf(past, table.Time.Start!, values), Sqlite.PagedVersion));
        }

        var needed = points.Values.Distinct().ToList();
        if (needed.Count > MostAttached)
        {
            throw new VitessException(ErrorCodes.QueryError, string.Create(CultureInfo.InvariantCulture, $"a statement can read {MostAttached} points in time, not {needed.Count}"),
                sqlState: "54000", hint: "Copy what is needed of some points into a table first, or ask with several statements.");
        }

        _periods.Trim();
        return past.With([.. past.Tables.Select(table => points.TryGetValue(table, out var point) ? SchemaOf(point, needed) : RelationOf(table))]);

        string RelationOf(TableRef table)
        {
            var time = table.Time!;
            if (time.Kind == SystemTimeKind.All) return _periods.Attach(table.Name.Name.Name, PastPeriod.All);
            var (start, end) = (PointOf(past, time.Start!, values), PointOf(past, time.End!, values));
            return _periods.Attach(table.Name.Name.Name, time.Kind switch
            {
                SystemTimeKind.Between => engine.Periods.Between(branch, start, end, Sqlite.PagedVersion),
                SystemTimeKind.FromTo => engine.Periods.FromTo(branch, start, end, Sqlite.PagedVersion),
                _ => engine.Periods.ContainedIn(branch, start, end, Sqlite.PagedVersion),
            });
        }
    }

    private string SchemaOf(PastPoint point, List<PastPoint> needed)
    {
        for (var node = _attached.First; node is not null; node = node.Next)
        {
            if (node.Value.Point != point) continue;
            _attached.Remove(node);
            _attached.AddFirst(node);
            return node.Value.Schema;
        }

        if (_attached.Count == MostAttached) Detach(needed);
        var schema = "_dosql_past" + (++_schemas).ToString(CultureInfo.InvariantCulture);
        var file = engine.Database.FileName(point.Branch, point.Lsn).Replace("'", "''", StringComparison.Ordinal);
        Sqlite.ExecuteTrusted($"ATTACH '{file}' AS {schema}");
        _attached.AddFirst((point, schema));
        return schema;
    }

    private void Detach(List<PastPoint> needed)
    {
        for (var node = _attached.Last; node is not null; node = node.Previous)
        {
            if (needed.Contains(node.Value.Point)) continue;
            try
            {
                Sqlite.ExecuteTrusted("DETACH " + node.Value.Schema);
            }
            catch (VitessException) when (Sqlite.InTransaction)
            {
                // The transaction has read it.
                continue;
            }

            _attached.Remove(node);
            return;
        }

        throw new VitessException(ErrorCodes.QueryError, string.Create(CultureInfo.InvariantCulture, $"the transaction has read {MostAttached} points in time already"), sqlState: "54000",
            hint: "Read further ones in a transaction of their own, or as AsOf sessions.");
    }

    private SqlValue Evaluate(PastText past, Expr expression, SqlValue[] values)
    {
        var rows = StatementRun.Execute(Sqlite, past.Query(expression), values).Rows!;
        return rows[0][0];
    }
}
