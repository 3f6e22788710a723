using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Judges whether a FROM run on each shard alone gives, all shards together, what it gives over all rows: every sharded table is joined to the
/// others on equal sharding keys, and a table that every shard has never stands on a preserved side (SEMANTICS S3.4).
/// </summary>
internal sealed class Distribution(StatementScope scope, KeyClasses classes, Locality locality)
{
    /// <summary>The sharded tables whose rows are never null-extended, if the union over shards of this FROM is the whole; else null.</summary>
    public IReadOnlyList<Relation>? AnchorsOf(NodeList<TableExpr> from)
    {
        // A query that is local stands alone: which columns of it are keys is not known.
        if (from is [DerivedTable { Lateral: false } query] && scope.UsesShards(query)) return locality.IsLocal(query.Query) ? [] : null;
        Side? all = null;
        foreach (var table in from)
        {
            if (Of(table) is not { } side) return null;
            all = all is null ? side : Together(all, side, classes);
            if (all is null) return null;
        }

        return all is { Anchors.Count: > 0 } ? all.Anchors : null;
    }

    private Side? Of(TableExpr table) => table switch
    {
        TableRef leaf => OfTable(leaf),
        Join join => OfJoin(join),
        DerivedTable or FunctionTable when !scope.UsesShards(table) && IsImmutable(table) => new Side([]),
        _ => null,
    };

    private Side? OfTable(TableRef table)
    {
        if (scope.RelationOf(table) is not { } relation || scope.PlaceOf(relation) is not { } place) return null;
        if (place.IsReference) return new Side([]);
        return place.IsSharded ? new Side([relation]) : null;
    }

    private Side? OfJoin(Join join)
    {
        if (join.Natural || join.Using.Count > 0 || Of(join.Left) is not { } left || Of(join.Right) is not { } right) return null;
        switch (join.Kind)
        {
            case JoinKind.Inner or JoinKind.Cross:
                return Together(left, right, classes);
            case JoinKind.Left:
                return Outer(left, right, join.On);
            case JoinKind.Right:
                return Outer(right, left, join.On);
            default:
                return left.Anchors.Count > 0 && right.Anchors.Count > 0 ? Outer(left, right, join.On) : null;
        }
    }

    private Side? Outer(Side preserved, Side extended, Expr? on)
    {
        if (extended.Anchors.Count == 0) return preserved;
        if (preserved.Anchors.Count == 0) return null;

        // Equalities learnt from ON hold between matched rows only: they prove this join, and the null-extended side anchors nothing above it.
        return Together(preserved, extended, classes.With(Conjuncts.Of(on))) is null ? null : preserved;
    }

    private Side? Together(Side left, Side right, KeyClasses known)
    {
        if (left.Anchors.Count == 0) return right;
        if (right.Anchors.Count == 0) return left;
        return scope.HaveEqualKeys(left.Anchors[0], right.Anchors[0], known) ? new Side([.. left.Anchors, .. right.Anchors]) : null;
    }

    private static bool IsImmutable(SqlNode node) => !SqlTree.Any(node, child =>
        child is FunctionCall call && FunctionCatalog.VolatilityOf(call, SqlDialect.Sqlite) != Volatility.Immutable);

    /// <summary>The sharded tables of one side whose rows are never null-extended; empty for a side that every shard has whole.</summary>
    private sealed record Side(List<Relation> Anchors);
}
