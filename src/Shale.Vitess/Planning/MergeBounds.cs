using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>LIMIT and OFFSET of a merge, known when values are bound.</summary>
internal sealed class MergeBounds
{
    private readonly Expr _limit;
    private readonly Expr _offset;

    private MergeBounds(Expr limit, Expr offset, SqlDialect engine)
    {
        (_limit, _offset) = (limit, offset);
        Query = Fragment.Print(new SelectStatement(null, new SelectCore([new SelectItem(limit, null), new SelectItem(offset, null)])), engine);
    }

    /// <summary>No bounds.</summary>
    public static (long Offset, long Limit) None => (0, -1);

    /// <summary>Asks the engine for both, where they are more than numbers and parameters.</summary>
    public Fragment Query { get; }

    /// <summary>Those of a statement; null for none.</summary>
    public static MergeBounds? Of(SelectStatement statement, SqlDialect engine)
    {
        if (statement.Limit is null && statement.Offset is null) return null;
        return new MergeBounds(statement.Limit ?? new Literal(LiteralKind.Integer, "-1"), statement.Offset ?? new Literal(LiteralKind.Integer, "0"), engine);
    }

    /// <summary>Whether both are numbers or parameters.</summary>
    public bool TryRead(ReadOnlySpan<SqlValue> values, out (SqlValue Limit, SqlValue Offset) bounds)
    {
        bounds = default;
        return TryRead(_limit, values, out bounds.Limit) && TryRead(_offset, values, out bounds.Offset);
    }

    /// <summary>What rows the bounds leave; null for values that only the engine itself can judge.</summary>
    public static (long Offset, long Limit)? Of(in SqlValue limit, in SqlValue offset) =>
        limit.Kind == SqlValueKind.Integer && offset.Kind == SqlValueKind.Integer ? (Math.Max(0, offset.AsInteger()), limit.AsInteger()) : null;

    private static bool TryRead(Expr expression, ReadOnlySpan<SqlValue> values, out SqlValue value)
    {
        value = default;
        switch (expression)
        {
            case Literal { Kind: LiteralKind.Integer } literal when long.TryParse(literal.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                value = SqlValue.Integer(number);
                return true;
            case Parameter parameter when parameter.Index <= values.Length:
                value = values[parameter.Index - 1];
                return true;
            default:
                return false;
        }
    }
}
