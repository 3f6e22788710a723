namespace Shale.Vitess;

/// <summary>The columns of rows that come from several shards.</summary>
internal static class RowFields
{
    /// <summary>Expressions are typed by the values a shard happened to see: a shard without rows knows least.</summary>
    /// <param name="parts">Rows of each shard, or the first of them.</param>
    /// <param name="width">How many columns.</param>
    public static Field[] Of(IReadOnlyList<RowSet> parts, int width)
    {
        var fields = new Field[width];
        for (var i = 0; i < width; i++)
        {
            fields[i] = parts[0].Fields[i];
            for (var part = 1; part < parts.Count && fields[i].Type == "unknown"; part++) fields[i] = parts[part].Fields[i];
        }

        return fields;
    }

    /// <summary>The type of an expression whose first value is of this kind.</summary>
    public static string TypeOf(SqlValueKind kind) => kind switch
    {
        SqlValueKind.Integer => "int8",
        SqlValueKind.Real => "float8",
        SqlValueKind.Text => "text",
        SqlValueKind.Blob => "bytea",
        _ => "unknown",
    };
}
