using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The definition that CREATE TABLE AS stands for.</summary>
internal static class CreateTableAs
{
    /// <summary>A table with the query's columns, and the names that the statement gives them.</summary>
    public static CreateTableStatement Define(CreateTableStatement create, IReadOnlyList<Field> fields, SqlDialect dialect)
    {
        if (create.Columns.Count > fields.Count)
        {
            throw new VitessException(ErrorCodes.SyntaxError, $"CREATE TABLE AS names {create.Columns.Count} columns, its query gives {fields.Count}");
        }

        var columns = fields.Select((field, i) => new ColumnDefinition(
            i < create.Columns.Count ? create.Columns[i].Name : new Identifier(field.Name, true), TypeOf(field, dialect), []));
        return create with { Columns = columns.ToNodeList(), AsQuery = null, WithNoData = false };
    }

    // SQLite gives a column the affinity of what it came from, and expressions none.
    private static TypeName? TypeOf(Field field, SqlDialect dialect)
    {
        if (dialect == SqlDialect.Postgres) return new TypeName(field.Type == "unknown" ? "text" : field.Type, []);
        return SqliteAffinity.Of(field.NativeType ?? "") switch
        {
            _ when field.NativeType is null => null,
            Affinity.Text => new TypeName("TEXT", []),
            Affinity.Numeric => new TypeName("NUM", []),
            Affinity.Integer => new TypeName("INT", []),
            Affinity.Real => new TypeName("REAL", []),
            _ => null,
        };
    }
}
