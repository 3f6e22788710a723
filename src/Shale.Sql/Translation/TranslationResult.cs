namespace Shale.Sql;

/// <summary>A statement for SQLite, and what else must be bound to run it.</summary>
/// <param name="Statement">The statement; all its parameters are <c>?n</c>.</param>
/// <param name="NowParameter">
/// The 1-based place of the parameter that holds the time of the statement or transaction, behind the user's own; null if it is not used.
/// In dialect postgres its value is a canonical timestamptz text (<see cref="StableTime.Postgres"/>), in dialect sqlite
/// <see cref="StableTime.Sqlite"/>.
/// </param>
public sealed record TranslationResult(Statement Statement, int? NowParameter)
{
    /// <summary>
    /// Parameters that must not be NULL: they are written to an integer primary key, which SQLite would number by itself. Check them by
    /// <see cref="RequiredParameter.Check"/> before the statement runs.
    /// </summary>
    public IReadOnlyList<RequiredParameter> Required { get; init; } = [];

    /// <summary>The name that the reserved parameter carries in the tree.</summary>
    public const string NowName = "shale_now";

    /// <summary>Whether the reserved parameter must be bound.</summary>
    public bool UsesNow => NowParameter is not null;
}

/// <summary>A parameter that must not be NULL.</summary>
/// <param name="Index">1-based.</param>
/// <param name="Column">The column it is written to.</param>
/// <param name="Table">The table.</param>
public sealed record RequiredParameter(int Index, string Column, string Table)
{
    /// <summary>CONSTRAINT_VIOLATION (23502) if the parameter is NULL among these values.</summary>
    public void Check(IReadOnlyList<SqlValue> values)
    {
        if (values[Index - 1].IsNull) throw SqlErrors.NotNull(Column, Table);
    }
}

/// <summary>The value of the reserved time parameter.</summary>
public static class StableTime
{
    /// <summary>For dialect postgres: <c>2024-01-31 12:34:56.789+00</c>, microseconds.</summary>
    public static SqlValue Postgres(DateTimeOffset now) => SqlValue.Text(PgDates.TimestampTz(new DateTime(now.UtcTicks / 10 * 10)));

    /// <summary>For dialect sqlite: <c>2024-01-31 12:34:56.789</c>, milliseconds, UTC; SQLite's functions read it as they read 'now'.</summary>
    public static SqlValue Sqlite(DateTimeOffset now) =>
        SqlValue.Text(now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture));
}
