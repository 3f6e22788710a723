namespace Shale.Sql;

/// <summary>What may not stand together in the definition of a column that numbers or computes itself.</summary>
internal static class IdentityRules
{
    /// <summary>Errors: 42601 for two sources of one value, 22023 for an identity column that is no integer.</summary>
    public static void Check(ColumnDefinition definition, ColumnSchema column, string table)
    {
        var identities = definition.Constraints.Count(constraint => constraint is IdentityColumn);
        if (identities > 1) throw Both($"multiple identity specifications for column \"{column.Name}\" of table \"{table}\"", definition);
        if (identities == 0) return;
        if (column.Default is not null) throw Both($"both default and identity specified for column \"{column.Name}\" of table \"{table}\"", definition);
        if (column.Generated) throw Both($"both identity and generation expression specified for column \"{column.Name}\" of table \"{table}\"", definition);
        if (definition.Constraints.Any(constraint => constraint is NotNullConstraint { Not: false }))
            throw Both($"conflicting NULL/NOT NULL declarations for column \"{column.Name}\" of table \"{table}\"", definition);
        if (column.Type.IsArray || column.Type.Kind is not (SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8))
            throw SqlErrors.Query("identity column type must be smallint, integer, or bigint", "22023", definition);
    }

    private static VitessException Both(string message, SqlNode at) => SqlErrors.Query(message, "42601", at);
}
