using Shale.Sql;

namespace Shale.Engines;

/// <summary>
/// What SQLite gets from us: every connection of <c>SqliteEngine</c>, writer, reader or scratch, registers all of it when it opens. A family of
/// functions is one class with lists of its own that are added here.
/// </summary>
public static class SqliteFunctions
{
    /// <summary>All scalar functions.</summary>
    public static IReadOnlyList<SqliteFunction> All { get; } = [.. PostgresFunctions.All];

    /// <summary>All aggregates.</summary>
    public static IReadOnlyList<SqliteAggregate> Aggregates { get; } = [.. PostgresFunctions.Aggregates];

    /// <summary>All collations.</summary>
    public static IReadOnlyList<SqliteCollation> Collations { get; } = [new(NumericOrder.Collation, NumericOrder.Compare), new(IntervalOrder.Collation, IntervalOrder.Compare)];
}
