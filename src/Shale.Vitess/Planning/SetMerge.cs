using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// T1 of set operations. UNION ALL of what each shard answers alone is that too; so is every set operation whose operands all have their sharding key at one place of the result, for
/// equal rows are on one shard then. Other UNIONs are made distinct once more by the merge.
/// </summary>
internal sealed class SetMerge(StatementScope scope, SqlDialect engine, Locality locality)
{
    /// <summary>Makes the two halves; null if T1 is not proved.</summary>
    public MergePlanner.Parts? TryPlan(SelectStatement statement, SetOperation operation)
    {
        var arms = new List<SelectCore>();
        if (!TryFlatten(operation, arms) || !arms.TrueForAll(arm => locality.IsLocal(statement, arm))) return null;
        var isLocal = IsAll(operation) || locality.ShareKeys(statement, arms);
        if (!isLocal && !IsUnion(operation)) return null;
        if (isLocal && statement.OrderBy.Count == 0 && statement.Limit is null && statement.Offset is null) return new MergePlanner.Parts(null, null);
        if (!MergeLimit.IsPlain(statement) || Outputs(arms) is not { } outputs || (!isLocal && !outputs.TrueForAll(output => output.IsKnown))) return null;

        var keys = new List<(int Column, string? Collation)>();
        foreach (var item in statement.OrderBy)
        {
            if (KeyColumn(item.Value, outputs) is not { } key) return null;
            keys.Add(key);
        }

        var merge = Merge.OfRows(statement, keys, [.. outputs.Select(output => output.Collation)], outputs.Count, !isLocal, engine);
        return new MergePlanner.Parts(Fragment.Print(scope.WithoutKeyspaces(MergeLimit.PerShard(statement)), engine), merge);
    }

    private static bool TryFlatten(QueryBody body, List<SelectCore> arms)
    {
        switch (body)
        {
            case SetOperation operation:
                return TryFlatten(operation.Left, arms) && TryFlatten(operation.Right, arms);
            case SelectCore core:
                arms.Add(core);
                return true;
            default:
                return false;
        }
    }

    private static bool IsAll(QueryBody body) => body is not SetOperation operation || (operation is { Operator: SetOperator.Union, All: true } && IsAll(operation.Left) && IsAll(operation.Right));

    // The last one makes all rows distinct, so that those before need not.
    private static bool IsUnion(SetOperation operation) => operation is { Operator: SetOperator.Union, All: false } && AreUnions(operation.Left) && AreUnions(operation.Right);

    private static bool AreUnions(QueryBody body) => body is not SetOperation operation || (operation.Operator == SetOperator.Union && AreUnions(operation.Left) && AreUnions(operation.Right));

    /// <summary>The result's columns; how one compares is known where all operands agree. Null if they have not as many.</summary>
    private List<MergeOutput>? Outputs(List<SelectCore> arms)
    {
        var all = arms.ConvertAll(arm => MergeOutput.Of(arm, scope.Binding));
        if (all.Exists(outputs => outputs.Count != all[0].Count)) return null;
        return [.. all[0].Select((output, i) => new MergeOutput(null, null, all.TrueForAll(outputs => outputs[i].IsKnown && outputs[i].Collation == output.Collation), output.Collation))];
    }

    private (int Column, string? Collation)? KeyColumn(Expr key, List<MergeOutput> outputs)
    {
        var (named, collation) = key is Collate collate ? (collate.Operand, collate.Collation.Name.Name) : (key, null);
        var place = named switch
        {
            Literal { Kind: LiteralKind.Integer } ordinal when int.TryParse(ordinal.Text, out var number) => number - 1,
            ColumnRef name => scope.Binding.OutputIndexOf(name) ?? -1,
            _ => -1,
        };
        return place < 0 || place >= outputs.Count || (collation is null && !outputs[place].IsKnown) ? null : (place, collation ?? outputs[place].Collation);
    }
}
