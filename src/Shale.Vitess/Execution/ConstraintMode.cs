namespace Shale.Vitess;

/// <summary>When a transaction's deferrable constraints are checked, as SET CONSTRAINTS has said. Immutable.</summary>
/// <param name="Statements">What shards are told that have PostgreSQL's SET CONSTRAINTS, in order.</param>
/// <param name="IsDeferred">On SQLite: whether all foreign keys are checked at the end of the transaction, whatever they say of themselves.</param>
/// <param name="IsImmediate">On SQLite, which knows no such thing: whether those that are deferred by themselves are checked after each statement.</param>
internal sealed record ConstraintMode(IReadOnlyList<string> Statements, bool IsDeferred, bool IsImmediate)
{
    /// <summary>Each constraint as it says of itself.</summary>
    public static ConstraintMode Own { get; } = new([], false, false);
}
