namespace Shale.Engines;

/// <summary>
/// PostgreSQL's functions on SQLite: what the translator of dialect postgres calls by names that begin with <c>shale_</c>. Errors carry
/// PostgreSQL's SQLSTATE.
/// </summary>
public static class PostgresFunctions
{
    /// <summary>All scalar functions.</summary>
    public static IReadOnlyList<SqliteFunction> All { get; } = Build();

    /// <summary>All aggregates.</summary>
    public static IReadOnlyList<SqliteAggregate> Aggregates { get; } = [.. PostgresAggregates.All, .. PostgresStatistics.All, .. PostgresCollectors.All, .. PostgresRows.Aggregates];

    private static List<SqliteFunction> Build()
    {
        var set = new FunctionSet();
        PostgresCastFunctions.AddTo(set);
        PostgresArithmetic.AddTo(set);
        PostgresMath.AddTo(set);
        PostgresNumerics.AddTo(set);
        PostgresTextFunctions.AddTo(set);
        PostgresTextFunctions2.AddTo(set);
        PostgresPatterns.AddTo(set);
        PostgresDates.AddTo(set);
        PostgresFormatting.AddTo(set);
        PostgresJson.AddTo(set);
        PostgresJsonChanges.AddTo(set);
        PostgresSeries.AddTo(set);
        PostgresRows.AddTo(set);
        PostgresArrays.AddTo(set);
        PostgresNetworks.AddTo(set);
        PostgresCatalogFunctions.AddTo(set);
        return set.All;
    }
}
