using Shale.Sql;

namespace Shale.Vitess;

/// <summary>T1 without aggregates: rows follow one another, or are ordered, made distinct and cut in the merge.</summary>
internal sealed class RowMerge(StatementScope scope, SqlDialect engine)
{
    private readonly List<SelectItem> _hidden = [];
    private readonly List<string?> _collations = [];

    /// <summary>Makes the two halves; null if T1 is not proved.</summary>
    public MergePlanner.Parts? TryPlan(SelectStatement statement, SelectCore core)
    {
        if (!core.Distinct && statement.OrderBy.Count == 0 && statement.Limit is null && statement.Offset is null) return new MergePlanner.Parts(null, null);
        if (!MergeLimit.IsPlain(statement)) return null;

        var outputs = new List<Expr?>();
        foreach (var item in core.Items) AddOutputs(item, outputs);
        if (!TryCollations(outputs, core.Distinct)) return null;

        var keys = new List<OrderItem>();
        var order = new List<(int Column, string? Collation)>();
        foreach (var item in statement.OrderBy)
        {
            if (KeyColumn(item.Value, core, outputs) is not { } key || (core.Distinct && key.Column >= outputs.Count)) return null;
            order.Add(key);
            Expr value = new ColumnRef(null, null, Merge.Column(key.Column));
            keys.Add(item with { Value = key.Collation is { } collation ? new Collate(value, new ObjectName(null, new Identifier(collation, true))) : value });
        }

        var perShard = MergeLimit.PerShard(statement) with { Body = core with { Items = [.. core.Items, .. _hidden] } };
        var final = statement with
        {
            Body = new SelectCore(Enumerable.Range(0, outputs.Count).Select(i => new SelectItem(new ColumnRef(null, null, Merge.Column(i)), null)).ToNodeList())
            {
                Distinct = core.Distinct,
                From = [new TableRef(new ObjectName(null, new Identifier(Merge.Table)), null, [])],
            },
            OrderBy = keys.ToNodeList(),
            Locking = [],
        };
        return new MergePlanner.Parts(Fragment.Print(scope.WithoutKeyspaces(perShard), engine), new Merge(Fragment.Print(final, engine), [.. _collations])
        {
            Order = MergeOrder.TryMake(statement, order, _collations[..outputs.Count], core.Distinct, engine),
        });
    }

    private void AddOutputs(SelectItem item, List<Expr?> outputs)
    {
        if (item.Value is not Star star)
        {
            outputs.Add(item.Value);
            return;
        }

        foreach (var (relation, index) in scope.Binding.Expand(star))
        {
            outputs.Add(null);
            _starCollations[outputs.Count - 1] = relation.Table?.Columns[index].Collation;
        }
    }

    private readonly Dictionary<int, string?> _starCollations = [];

    private bool TryCollations(List<Expr?> outputs, bool distinct)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            string? collation = null;
            if (outputs[i] is not { } expression) collation = _starCollations[i];
            else if (!Collations.TryOf(expression, scope.Binding, out collation) && distinct) return false;
            _collations.Add(collation);
        }

        return true;
    }

    /// <summary>The merge column that an ORDER BY key is, an output by number or alias, else a hidden one, and how it is compared.</summary>
    private (int Column, string? Collation)? KeyColumn(Expr key, SelectCore core, List<Expr?> outputs)
    {
        // COLLATE around a number or an alias is about that output.
        var (named, collation) = key is Collate collate ? (collate.Operand, collate.Collation.Name.Name) : (key, null);
        if (named is Literal { Kind: LiteralKind.Integer } ordinal)
        {
            return int.TryParse(ordinal.Text, out var place) && place >= 1 && place <= outputs.Count ? Output(place - 1) : null;
        }

        if (named is ColumnRef name && scope.Binding.OutputAliasOf(name) is { } aliased) return Output(outputs.FindIndex(output => ReferenceEquals(output, aliased.Value)));
        if (!Collations.TryOf(key, scope.Binding, out var own)) return null;
        _hidden.Add(new SelectItem(key, null));
        _collations.Add(own);
        return (outputs.Count + _hidden.Count - 1, own);

        (int, string?)? Output(int place) => place < 0 || (collation is null && !IsPlainOutput(outputs[place])) ? null : (place, collation ?? _collations[place]);
    }

    private bool IsPlainOutput(Expr? output) => output is null || Collations.TryOf(output, scope.Binding, out _);
}
