namespace Shale.Sql;

/// <summary>Columns of the catalog that are sent as another type than the one statements see.</summary>
public static class CatalogColumns
{
    /// <summary>What a vector's column is declared as where the catalog's rows are held.</summary>
    public const string Int2Vector = "INT2VECTOR TEXT";

    /// <summary>The same of oids.</summary>
    public const string OidVector = "OIDVECTOR TEXT";

    /// <summary>The columns of a result as clients are told them: what is a vector of the catalog, unchanged, is one again. The list itself where there is none.</summary>
    public static IReadOnlyList<OutputColumn> Sent(IReadOnlyList<OutputColumn> outputs)
    {
        if (!outputs.Any(output => VectorOf(output) is not null)) return outputs;
        return [.. outputs.Select(output => VectorOf(output) is { } kind ? output with { Type = new SqlType(kind) } : output)];
    }

    /// <summary>Whether an expression is a vector of the catalog, unchanged: an array that PostgreSQL counts from 0.</summary>
    internal static bool IsVector(Expr expression, Binding binding) => expression is ColumnRef name && binding.ColumnOf(name) is { Relation.Table: not null, Column: { } column } && KindOf(column) is not null;

    private static SqlTypeKind? VectorOf(OutputColumn output) => output.Type.IsArray && output.Origin is { Relation.Table: not null, Column: { } column } ? KindOf(column) : null;

    private static SqlTypeKind? KindOf(ColumnSchema column) => column.DeclaredType switch { Int2Vector => SqlTypeKind.Int2Vector, OidVector => SqlTypeKind.OidVector, _ => null };
}
