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

        var outputs = MergeOutput.Of(core, scope.Binding);
        if (core.Distinct && !outputs.TrueForAll(output => output.IsKnown)) return null;
        _collations.AddRange(outputs.Select(output => output.Collation));
        var keys = new List<(int Column, string? Collation)>();
        foreach (var item in statement.OrderBy)
        {
            if (KeyColumn(item.Value, outputs) is not { } key || (core.Distinct && key.Column >= outputs.Count)) return null;
            keys.Add(key);
        }

        var perShard = MergeLimit.PerShard(statement) with { Body = core with { Items = [.. core.Items, .. _hidden] } };
        var merge = Merge.OfRows(statement, keys, _collations, outputs.Count, core.Distinct, engine);
        return new MergePlanner.Parts(Fragment.Print(scope.WithoutKeyspaces(perShard), engine), merge);
    }

    /// <summary>The merge column that an ORDER BY key is, an output by number, alias or equality, else a hidden one, and how it is compared.</summary>
    private (int Column, string? Collation)? KeyColumn(Expr key, List<MergeOutput> outputs)
    {
        // COLLATE around a number or an alias is about that output.
        var (named, collation) = key is Collate collate ? (collate.Operand, collate.Collation.Name.Name) : (key, null);
        if (named is Literal { Kind: LiteralKind.Integer } ordinal)
        {
            return int.TryParse(ordinal.Text, out var place) && place >= 1 && place <= outputs.Count ? Output(place - 1) : null;
        }

        if (named is ColumnRef name && scope.Binding.OutputAliasOf(name) is { } aliased) return Output(outputs.FindIndex(output => ReferenceEquals(output.Value, aliased.Value)));
        if (named is ColumnRef column && scope.Binding.ColumnOf(column) is { } bound
            && outputs.FindIndex(output => output.Source is { } source && ReferenceEquals(source.Relation, bound.Relation) && source.Index == bound.Index) is >= 0 and var same) return Output(same);
        if (!Collations.TryOf(key, scope.Binding, out var own)) return null;

        // By itself it might go by a name that ORDER BY says too.
        _hidden.Add(new SelectItem(key, new Identifier($"shale_k{_hidden.Count + 1}", true)));
        _collations.Add(own);
        return (outputs.Count + _hidden.Count - 1, own);

        (int, string?)? Output(int place) => place < 0 || (collation is null && !outputs[place].IsKnown) ? null : (place, collation ?? outputs[place].Collation);
    }
}
