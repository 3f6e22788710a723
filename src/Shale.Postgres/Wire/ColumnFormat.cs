using Shale.Sql;

namespace Shale.Postgres.Wire;

/// <summary>How the values of a result's column go to the client.</summary>
/// <param name="Type">The type; text where nobody knows one.</param>
/// <param name="IsBinary">Binary, or text.</param>
internal readonly record struct ColumnFormat(SqlType Type, bool IsBinary)
{
    /// <summary>The formats of columns.</summary>
    /// <param name="fields">The columns.</param>
    /// <param name="formats">As Bind asks for: one for each, one for all, or none for text. QUERY_ERROR (08P01) for another number.</param>
    public static ColumnFormat[] Of(IReadOnlyList<Field> fields, ReadOnlySpan<bool> formats)
    {
        if (formats.Length > 1 && formats.Length != fields.Count) throw WireErrors.Malformed($"bind message has {formats.Length} result formats but query has {fields.Count} columns");
        var columns = fields.Count == 0 ? [] : new ColumnFormat[fields.Count];
        for (var i = 0; i < columns.Length; i++) columns[i] = new ColumnFormat(SqlTypes.Named(fields[i].Type), formats.Length > 0 && formats[formats.Length == 1 ? 0 : i]);
        return columns;
    }
}
