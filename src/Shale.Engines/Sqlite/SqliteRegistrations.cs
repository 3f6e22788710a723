using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>The functions and collations of <see cref="SqliteFunctions"/> in the form connections take; made once per process.</summary>
internal static class SqliteRegistrations
{
    private static readonly ScalarDefinition[] Scalars = Convert(
        SqliteFunctions.All, static function => new ScalarDefinition(function.Name, function.Args, Flags(function.Deterministic), function.Body));

    private static readonly AggregateDefinition[] Aggregates = Convert(
        SqliteFunctions.Aggregates,
        static aggregate => new AggregateDefinition(aggregate.Name, aggregate.Args, Flags(aggregate.Deterministic), aggregate.Start));

    private static readonly CollationDefinition[] Collations = Convert(
        SqliteFunctions.Collations, static collation => new CollationDefinition(collation.Name, collation.Compare));

    /// <summary>Gives a new connection everything.</summary>
    public static void Register(SqliteConnection connection)
    {
        foreach (var scalar in Scalars) connection.Register(scalar);
        foreach (var aggregate in Aggregates) connection.Register(aggregate);
        foreach (var collation in Collations) connection.Register(collation);
        connection.RegisterSeries();
    }

    private static SqliteFunctionFlags Flags(bool deterministic) =>
        SqliteFunctionFlags.Innocuous | (deterministic ? SqliteFunctionFlags.Deterministic : SqliteFunctionFlags.None);

    private static TTo[] Convert<TFrom, TTo>(IReadOnlyList<TFrom> from, Func<TFrom, TTo> convert)
    {
        var to = new TTo[from.Count];
        for (var i = 0; i < to.Length; i++) to[i] = convert(from[i]);
        return to;
    }
}
