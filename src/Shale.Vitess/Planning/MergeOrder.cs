using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The order in which rows of several shards, each in this order already, follow one another. There is none where the gate does not know the engine's order: then the merge runs
/// in a scratch database.
/// </summary>
/// <param name="Keys">What is compared, the most significant first.</param>
/// <param name="Width">How many columns are the result's; those behind are only compared.</param>
/// <param name="Distinct">Whether of rows that are equal only the first is kept. Then all columns of the result are keys, so that equal rows meet.</param>
/// <param name="Bounds">LIMIT and OFFSET; null for neither.</param>
internal sealed record MergeOrder(MergeKey[] Keys, int Width, bool Distinct, MergeBounds? Bounds)
{
    /// <summary>Makes it; null where the order is not known, or equal rows might not meet.</summary>
    /// <param name="statement">The statement, for its ORDER BY, LIMIT and OFFSET.</param>
    /// <param name="keys">For each item of its ORDER BY the merge's column, and the collation it is compared with.</param>
    /// <param name="collations">The collations of the result's columns.</param>
    /// <param name="distinct">Whether equal rows are one.</param>
    /// <param name="engine">The shards' engine.</param>
    public static MergeOrder? TryMake(SelectStatement statement, IReadOnlyList<(int Column, string? Collation)> keys, IReadOnlyList<string?> collations, bool distinct, SqlDialect engine)
    {
        if (engine != SqlDialect.Sqlite || statement.OrderBy.Any(item => item.UsingOperator is not null)) return null;
        if (distinct && !Enumerable.Range(0, collations.Count).All(column => keys.Any(key => key.Column == column && EngineOrder.Of(key.Collation) == EngineOrder.Of(collations[column])))) return null;
        var made = new MergeKey[keys.Count];
        for (var i = 0; i < made.Length; i++)
        {
            var item = statement.OrderBy[i];
            if (EngineOrder.Of(keys[i].Collation) is not { } text) return null;
            made[i] = new MergeKey(keys[i].Column, item.Descending, item.NullsFirst ?? !item.Descending, text);
        }

        return new MergeOrder(made, collations.Count, distinct, MergeBounds.Of(statement, engine));
    }

    /// <summary>Negative, zero or positive.</summary>
    public int Compare(ReadOnlySpan<SqlValue> left, ReadOnlySpan<SqlValue> right)
    {
        foreach (ref readonly var key in Keys.AsSpan())
        {
            var order = key.Compare(left[key.Column], right[key.Column]);
            if (order != 0) return order;
        }

        return 0;
    }
}

/// <summary>One key of a <see cref="MergeOrder"/>.</summary>
internal readonly record struct MergeKey(int Column, bool Descending, bool NullsFirst, TextOrder Text)
{
    /// <summary>Negative, zero or positive.</summary>
    public int Compare(in SqlValue left, in SqlValue right)
    {
        if (left.IsNull || right.IsNull) return left.IsNull && right.IsNull ? 0 : left.IsNull == NullsFirst ? -1 : 1;
        var order = EngineOrder.Compare(left, right, Text);
        return Descending ? -order : order;
    }
}
