using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The conjuncts that may drop rows where they are fetched (SEMANTICS S3.3): immutable, free of subqueries, over one base table of the same
/// block, in WHERE, an inner ON, or the ON of a LEFT or RIGHT join for its null-extended side, with no null-extending join between.
/// </summary>
internal sealed class PushedFilters
{
    private readonly StatementScope _scope;
    private readonly SqlDialect _engine;
    private readonly SemiJoins _semiJoins;
    private readonly Dictionary<Relation, List<Expr>> _conditions = [];
    private readonly Dictionary<Relation, List<KeySource>> _sources = [];

    private PushedFilters(StatementScope scope, SqlDialect engine)
    {
        _scope = scope;
        _engine = engine;
        _semiJoins = new SemiJoins(scope, engine);
    }

    /// <summary>Reads all blocks of a statement.</summary>
    public static PushedFilters Of(StatementScope scope, SqlDialect engine)
    {
        var filters = new PushedFilters(scope, engine);
        foreach (var block in scope.Binding.Blocks)
        {
            if (block.Node is not SelectCore core) continue;
            var where = Conjuncts.Of(core.Where);
            foreach (var table in core.From) filters.Descend(table, where, block);
        }

        return filters;
    }

    /// <summary>What may be asked of a table's rows at this use, in terms of its columns alone; null for nothing.</summary>
    public Expr? ConditionFor(Relation relation) => _conditions.TryGetValue(relation, out var found) ? Conjuncts.And(found) : null;

    /// <summary>What tells values that a table's rows must have at this use.</summary>
    public IReadOnlyList<KeySource> SourcesFor(Relation relation) => _sources.TryGetValue(relation, out var found) ? found : [];

    private void Descend(TableExpr table, List<Expr> above, QueryBlock block)
    {
        switch (table)
        {
            case TableRef leaf when _scope.RelationOf(leaf) is { } relation:
                foreach (var conjunct in above)
                {
                    if (IsPushable(conjunct, relation, block)) Add(relation, conjunct);
                    else if (_semiJoins.SourceIn(conjunct, relation, block) is { } source) Add(relation, source);
                }

                break;
            case Join { Kind: JoinKind.Inner or JoinKind.Cross } join:
                List<Expr> both = [.. above, .. Conjuncts.Of(join.On)];
                Descend(join.Left, both, block);
                Descend(join.Right, both, block);
                break;
            case Join { Kind: JoinKind.Left } join:
                Descend(join.Left, above, block);
                Descend(join.Right, Conjuncts.Of(join.On), block);
                break;
            case Join { Kind: JoinKind.Right } join:
                Descend(join.Left, Conjuncts.Of(join.On), block);
                Descend(join.Right, above, block);
                break;
        }
    }

    private void Add(Relation relation, KeySource source)
    {
        if (!_sources.TryGetValue(relation, out var list)) _sources[relation] = list = [];
        list.Add(source);
    }

    private void Add(Relation relation, Expr conjunct)
    {
        if (!_conditions.TryGetValue(relation, out var list)) _conditions[relation] = list = [];
        list.Add(SqlTree.Rewrite(conjunct, node => node is ColumnRef column
            ? new ColumnRef(null, null, new Identifier(_scope.Binding.ColumnOf(column)!.Column!.Name, true))
            : null));
    }

    private bool IsPushable(Expr conjunct, Relation relation, QueryBlock block)
    {
        var names = false;
        var barred = SqlTree.Any(conjunct, node =>
        {
            switch (node)
            {
                case ColumnRef column:
                    names = true;
                    return _scope.Binding.ColumnOf(column) is not { } bound || !ReferenceEquals(bound.Relation, relation) || !ReferenceEquals(bound.Block, block);
                case SelectStatement or InTable:
                    return true;
                case FunctionCall call:
                    return FunctionCatalog.VolatilityOf(call, _engine) != Volatility.Immutable;
                default:
                    return false;
            }
        });
        return names && !barred;
    }
}
