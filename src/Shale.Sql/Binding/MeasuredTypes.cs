namespace Shale.Sql;

/// <summary>Which expressions keep the length, or precision and scale, of what they are made of: PostgreSQL's <c>exprTypmod</c>.</summary>
internal static class MeasuredTypes
{
    /// <summary>Whether every value of an expression has the measures that its type says.</summary>
    public static bool Has(Expr expression, Binding binding) => expression switch
    {
        ColumnRef column => binding.ColumnOf(column) is { Index: >= 0, Relation.Columns: { } columns } found && columns[found.Index].IsMeasured,
        Cast or TypedLiteral => true,
        Collate collate => Has(collate.Operand, binding),
        Subquery subquery => binding.OutputsOf(subquery.Query) is [{ IsMeasured: true }],
        Case { Else: { } last } choice => AreAlike([.. choice.Whens.Select(when => when.Result), last], binding),
        FunctionCall { Name.Name.Name: "coalesce" or "greatest" or "least" } call => AreAlike(call.Args, binding),
        FunctionCall { Name.Name.Name: "nullif" } call => Has(call.Args[0], binding),
        _ => false,
    };

    private static bool AreAlike(IReadOnlyList<Expr> choices, Binding binding) =>
        choices.All(choice => Has(choice, binding) && binding.TypeOf(choice) == binding.TypeOf(choices[0]));
}
