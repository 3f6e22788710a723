using Shale.Sql;

namespace Shale.Vitess;

/// <summary>LIMIT and OFFSET over shards: each shard gives the rows that both can reach, the merge cuts.</summary>
internal static class MergeLimit
{
    /// <summary>The statement that a shard runs: no OFFSET, and LIMIT raised by it.</summary>
    public static SelectStatement PerShard(SelectStatement statement) => statement with
    {
        Limit = statement.Limit is null ? null : Reach(statement.Limit, statement.Offset),
        Offset = null,
    };

    /// <summary>Whether the values are plain enough to stand in two statements.</summary>
    public static bool IsPlain(SelectStatement statement) => IsPlain(statement.Limit) && IsPlain(statement.Offset);

    private static bool IsPlain(Expr? value) => value is null || !SqlTree.Any(value, node => node is ColumnRef or SelectStatement
        || (node is FunctionCall call && FunctionCatalog.VolatilityOf(call, SqlDialect.Sqlite) != Volatility.Immutable));

    // A negative limit is no limit in SQLite, and a negative offset is none. A sum too large to count to stops at the largest integer.
    private static Expr Reach(Expr limit, Expr? offset)
    {
        if (offset is null) return limit;
        var zero = new Literal(LiteralKind.Integer, "0");
        var skipped = new Case(null, [new WhenClause(new Binary("<", offset, zero), zero)], offset);
        var most = new Literal(LiteralKind.Integer, "9223372036854775807");
        return new Case(null, [new WhenClause(new Binary("<", limit, zero), limit), new WhenClause(new Binary(">", limit, new Binary("-", most, skipped)), most)],
            new Binary("+", limit, skipped));
    }
}
