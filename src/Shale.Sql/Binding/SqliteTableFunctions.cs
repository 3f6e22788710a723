namespace Shale.Sql;

/// <summary>Columns of SQLite's own table-valued functions and catalog tables.</summary>
internal static class SqliteTableFunctions
{
    private static readonly OutputColumn[] Json =
    [
        Column("key"), Column("value"), Column("type", SqlTypeKind.Text), Column("atom"), Column("id", SqlTypeKind.Int8),
        Column("parent", SqlTypeKind.Int8), Column("fullkey", SqlTypeKind.Text), Column("path", SqlTypeKind.Text),
    ];

    private static readonly OutputColumn[] Schema =
    [
        Column("type", SqlTypeKind.Text), Column("name", SqlTypeKind.Text), Column("tbl_name", SqlTypeKind.Text),
        Column("rootpage", SqlTypeKind.Int8), Column("sql", SqlTypeKind.Text),
    ];

    /// <summary>The columns in order, or null where nobody knows them.</summary>
    public static IReadOnlyList<OutputColumn>? Columns(string name) => name.ToLowerInvariant() switch
    {
        "json_each" or "json_tree" => Json,
        "sqlite_master" or "sqlite_schema" or "sqlite_temp_master" or "sqlite_temp_schema" => Schema,
        "generate_series" => [Column("value", SqlTypeKind.Int8)],
        _ => null,
    };

    private static OutputColumn Column(string name, SqlTypeKind kind = SqlTypeKind.Unknown) => new(name, new SqlType(kind));
}
