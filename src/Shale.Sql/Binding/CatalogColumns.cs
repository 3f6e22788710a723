namespace Shale.Sql;

/// <summary>Columns of the catalog that are sent as another type than the one statements see.</summary>
public static class CatalogColumns
{
    /// <summary>What a vector's column is declared as where the catalog's rows are held.</summary>
    public const string Int2Vector = "INT2VECTOR TEXT";

    /// <summary>The same of oids.</summary>
    public const string OidVector = "OIDVECTOR TEXT";

    /// <summary>What a column of type name is declared as there.</summary>
    public const string NameText = "NAME TEXT";

    /// <summary>What a column of type "char" is declared as there.</summary>
    public const string LetterText = "LETTER TEXT";

    /// <summary>The columns of a result as clients are told them: what is a vector or a letter of the catalog, unchanged, is one again. The list itself where there is none.</summary>
    public static IReadOnlyList<OutputColumn> Sent(IReadOnlyList<OutputColumn> outputs)
    {
        if (!outputs.Any(output => SentAs(output) is not null)) return outputs;
        return [.. outputs.Select(output => SentAs(output) is { } type ? output with { Type = type } : output)];
    }

    /// <summary>Whether an expression is an array of names: those of a column put together, also by way of queries in FROM.</summary>
    internal static bool IsNames(Expr expression, Binding binding) => expression switch
    {
        FunctionCall { Name.Name.Name: "array_agg", Args: [ColumnRef name] } => IsName(binding.ColumnOf(name)),
        ArraySubquery array => binding.OutputsOf(array.Query) is [{ Origin: { } origin }] && IsName(origin),
        ColumnRef name => binding.ColumnOf(name) is { Relation: { Table: null, Columns: { } columns }, Index: var index } && index >= 0 && index < columns.Count && columns[index].IsNames,
        _ => false,
    };

    private static SqlType? SentAs(OutputColumn output) => VectorOf(output) is { } vector ? new SqlType(vector) : output is { IsNames: true, Type.IsArray: true } ? new SqlType(SqlTypeKind.Name, true)
        : output.Type is { Kind: SqlTypeKind.Text, IsArray: false } && Stored(output.Origin)?.DeclaredType == LetterText ? new SqlType(SqlTypeKind.Letter) : null;

    private static bool IsName(ColumnBinding? column) => Stored(column)?.DeclaredType == NameText;

    /// <summary>Whether an expression is a vector of the catalog, unchanged, also by way of queries in FROM: an array that PostgreSQL counts from 0.</summary>
    internal static bool IsVector(Expr expression, Binding binding) => expression is ColumnRef name && VectorOf(binding.ColumnOf(name)) is not null;

    private static SqlTypeKind? VectorOf(OutputColumn output) => output.Type.IsArray ? VectorOf(output.Origin) : null;

    private static SqlTypeKind? VectorOf(ColumnBinding? column) => Stored(column) is { } stored ? KindOf(stored) : null;

    private static ColumnSchema? Stored(ColumnBinding? column)
    {
        while (column is { Relation.Table: null }) column = column.Relation.Columns is { } given && column.Index < given.Count ? given[column.Index].Origin : null;
        return column?.Column;
    }

    private static SqlTypeKind? KindOf(ColumnSchema column) => column.DeclaredType switch { Int2Vector => SqlTypeKind.Int2Vector, OidVector => SqlTypeKind.OidVector, _ => null };
}
