namespace Shale.Sql;

/// <summary>How many digits behind the point PostgreSQL would print for a numeric, where the statement itself says so.</summary>
internal static class NumericScale
{
    /// <summary>The scale; null if it depends on the values.</summary>
    public static int? Of(Expr expression, Binding binding)
    {
        var type = binding.TypeOf(expression);
        if (TypeRules.IsInteger(type.Kind)) return 0;
        if (type.Kind != SqlTypeKind.Numeric) return null;
        if (type.Modifier is not null) return type.Scale ?? 0;
        return expression switch
        {
            Literal { Kind: LiteralKind.Integer } => 0,
            Literal { Kind: LiteralKind.Number } literal when !literal.Text.AsSpan().ContainsAny('e', 'E') => literal.Text.Length - literal.Text.IndexOf('.', StringComparison.Ordinal) - 1,
            Literal { Kind: LiteralKind.String } literal when literal.Text.Contains('.', StringComparison.Ordinal) && !literal.Text.AsSpan().ContainsAny('e', 'E') =>
                literal.Text.TrimEnd().Length - literal.Text.IndexOf('.', StringComparison.Ordinal) - 1,
            Unary unary => Of(unary.Operand, binding),
            Binary { Op: "+" or "-" } binary => Max(Of(binary.Left, binding), Of(binary.Right, binding)),
            Binary { Op: "*" } binary => Of(binary.Left, binding) + Of(binary.Right, binding),
            FunctionCall call => Of(call, binding),
            Cast cast => Of(cast.Operand, binding),
            Extract extract => extract.FieldName is "second" or "epoch" ? 6 : extract.FieldName is "milliseconds" ? 3 : extract.FieldName is "julian" ? null : 0,
            _ => null,
        };
    }

    private static int? Of(FunctionCall call, Binding binding)
    {
        switch (call.Name.Name.Name)
        {
            case "round" or "trunc" when call.Args is [_, Literal { Kind: LiteralKind.Integer } digits]:
                return int.TryParse(digits.Text, out var scale) ? scale : null;
            case "round" or "trunc" or "ceil" or "ceiling" or "floor" or "sign" or "div" when call.Args.Count == 1 || call.Name.Name.Name == "div":
                return 0;
            case "sum" or "min" or "max" or "abs" when call.Args.Count == 1:
                return Of(call.Args[0], binding);
            case "coalesce" or "greatest" or "least":
                var first = Of(call.Args[0], binding);
                return call.Args.All(argument => Of(argument, binding) == first) ? first : null;
            default:
                return null;
        }
    }

    private static int? Max(int? left, int? right) => left is null || right is null ? null : Math.Max(left.Value, right.Value);
}
