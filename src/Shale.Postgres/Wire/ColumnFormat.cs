using Shale.Sql;

namespace Shale.Postgres.Wire;

/// <summary>How the values of a result's column go to the client.</summary>
/// <param name="Type">The type; text where nobody knows one.</param>
/// <param name="IsBinary">Binary, or text.</param>
internal readonly record struct ColumnFormat(SqlType Type, bool IsBinary)
{
    /// <summary>Whether intervals are written as ISO 8601 has them: what a session with IntervalStyle iso_8601 sees.</summary>
    public bool IsIso { get; private init; }

    /// <summary>A value as it is written, where <see cref="IsIso"/>.</summary>
    public SqlValue InIso(in SqlValue value)
    {
        if (value.Kind != SqlValueKind.Text) return value;
        return SqlValue.Text(Type.IsArray ? PgArrays.Format(PgArrays.Parse(value.AsText()).Select(item => item is null ? null : PgInterval.Parse(item).ToIso())) : PgInterval.Parse(value.AsText()).ToIso());
    }

    /// <summary>The same columns with intervals in text as ISO 8601 has them; the array itself where there are none.</summary>
    public static ColumnFormat[] InIso(ColumnFormat[] columns) =>
        Array.Exists(columns, IsInterval) ? Array.ConvertAll(columns, column => IsInterval(column) ? column with { IsIso = true } : column) : columns;

    private static bool IsInterval(ColumnFormat column) => column is { IsBinary: false, Type.Kind: SqlTypeKind.Interval };

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
