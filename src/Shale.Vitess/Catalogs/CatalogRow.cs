using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A row of a relation of the catalog: the columns that say something. The others have what stands for nothing in their type.</summary>
internal sealed class CatalogRow : Dictionary<string, SqlValue>
{
    /// <summary>A column's text.</summary>
    public void Add(string column, string? text) => Add(column, SqlValue.Text(text));

    /// <summary>A column's number.</summary>
    public void Add(string column, long number) => Add(column, SqlValue.Integer(number));

    /// <summary>A column's number, or NULL.</summary>
    public void Add(string column, long? number) => Add(column, number is { } known ? SqlValue.Integer(known) : SqlValue.Null);

    /// <summary>A column's letter.</summary>
    public void Add(string column, char letter) => Add(column, SqlValue.Text(letter.ToString()));

    /// <summary>A column's truth.</summary>
    public void Add(string column, bool truth) => Add(column, SqlValue.Boolean(truth));

    /// <summary>A column's numbers, as an array.</summary>
    public void Add(string column, IEnumerable<long> numbers) => Add(column, SqlValue.Text($"{{{string.Join(',', numbers)}}}"));

    /// <summary>A column's numbers, as an array.</summary>
    public void Add(string column, IEnumerable<int> numbers) => Add(column, SqlValue.Text($"{{{string.Join(',', numbers)}}}"));

    /// <summary>What a column has that nothing was said of: NULL, or where that cannot be nothing in the form of its type.</summary>
    public static SqlValue Nothing(ColumnSchema column)
    {
        if (!column.NotNull) return SqlValue.Null;
        if (column.Type.IsArray) return SqlValue.Text("{}");
        return column.Type.Kind switch
        {
            SqlTypeKind.Bool => SqlValue.Boolean(false),
            SqlTypeKind.Float4 or SqlTypeKind.Float8 => SqlValue.Real(0),
            SqlTypeKind.Text or SqlTypeKind.Varchar => SqlValue.Text(""),
            _ => SqlValue.Integer(0),
        };
    }
}
