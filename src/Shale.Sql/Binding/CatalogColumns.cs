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

    /// <summary>Whether an expression is a vector of the catalog, unchanged, also by way of queries in FROM: an array that PostgreSQL counts from 0.</summary>
    internal static bool IsVector(Expr expression, Binding binding) => expression is ColumnRef name && VectorOf(binding.ColumnOf(name)) is not null;

    private static SqlTypeKind? VectorOf(OutputColumn output) => output.Type.IsArray ? VectorOf(output.Origin) : null;

    private static SqlTypeKind? VectorOf(ColumnBinding? column)
    {
        while (column is { Relation.Table: null }) column = column.Relation.Columns is { } given && column.Index < given.Count ? given[column.Index].Origin : null;
        return column?.Column is { } stored ? KindOf(stored) : null;
    }

    private static SqlTypeKind? KindOf(ColumnSchema column) => column.DeclaredType switch { Int2Vector => SqlTypeKind.Int2Vector, OidVector => SqlTypeKind.OidVector, _ => null };
}
