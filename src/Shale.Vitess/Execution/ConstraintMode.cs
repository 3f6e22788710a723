using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>When a transaction's deferrable constraints are checked, as SET CONSTRAINTS has said. Immutable.</summary>
/// <param name="Statements">What shards are told that have PostgreSQL's SET CONSTRAINTS, in order.</param>
/// <param name="IsDeferred">On SQLite: whether the engine checks all foreign keys at the end of the transaction, whatever they say of themselves.</param>
internal sealed record ConstraintMode(IReadOnlyList<string> Statements, bool IsDeferred)
{
    /// <summary>Each constraint as it says of itself.</summary>
    public static ConstraintMode Own { get; } = new([], false);

    /// <summary>On SQLite: the foreign keys that wait for the end of the transaction, by table and name; null where each does as it says of itself.</summary>
    public ImmutableHashSet<(string Table, string Name)>? Waiting { get; init; }

    /// <summary>On SQLite: those that the engine lets wait although they are to be checked after each statement.</summary>
    public ImmutableArray<CheckedKey> Checked { get; init; } = [];

    /// <summary>Asks whether rows violate a foreign key that is checked: a row where one does.</summary>
    public string Violation => string.Join(" UNION ALL ", Checked.Select(key => key.Violation)) + " LIMIT 1";
}

/// <summary>A foreign key that is checked after each statement.</summary>
/// <param name="Table">The table whose rows refer.</param>
/// <param name="Columns">The columns that refer, in their order.</param>
/// <param name="Parent">The table that they refer to.</param>
internal sealed record CheckedKey(string Table, IReadOnlyList<string> Columns, string Parent)
{
    // SQLite numbers the keys of a table, and tells of violations by these numbers.
    internal string Violation =>
        $"SELECT 1 FROM pragma_foreign_key_check({Text(Table)}) AS v WHERE v.fkid IN (SELECT k.id FROM pragma_foreign_key_list({Text(Table)}) AS k WHERE k.\"table\" = {Text(Parent)} COLLATE NOCASE"
        + $" GROUP BY k.id HAVING count(*) = {Columns.Count} AND {string.Join(" AND ", Columns.Select((column, i) => $"max(CASE k.seq WHEN {i} THEN k.\"from\" END) = {Text(column)} COLLATE NOCASE"))})";

    private static string Text(string value) => SqlPrinter.Print(new Literal(LiteralKind.String, value), SqlDialect.Sqlite);
}
