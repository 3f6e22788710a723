using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A definition changes the keyspace that is the target, and no other: what it names by another keyspace is not that keyspace's table of the same name.</summary>
internal static class OwnNames
{
    /// <summary>Refuses what names another keyspace (0A000), or none (3F000).</summary>
    public static void Require(Statement statement, Catalog catalog)
    {
        foreach (var name in NamesOf(statement).Concat(SqlTree.All<ForeignKeyReference>(statement).Select(reference => reference.Table)))
        {
            if (name.Schema is not { Name: var schema } || ReferenceEquals(catalog.KeyspaceOf(name), catalog.Keyspace)) continue;
            if (catalog.KeyspaceOf(name) is null)
            {
                if (statement is DropStatement { IfExists: true } or AlterTableStatement { IfExists: true } or RenameStatement { IfExists: true }) continue;
                throw new VitessException(ErrorCodes.NotFound, $"schema \"{schema}\" does not exist", sqlState: "3F000", hint: "Tables of the target's keyspace are in schema public, and each other keyspace is a schema of its name.",
                    position: name.Span.Length > 0 ? name.Span.Start + 1 : null);
            }

            throw new VitessException(ErrorCodes.QueryError, $"\"{schema}.{name.Name.Name}\" is in another keyspace than \"{catalog.Keyspace.Name}\", which a definition changes here", sqlState: "0A000",
                hint: $"Name \"{schema}\" as the target: USE {schema}, or a connection to it.");
        }
    }

    private static IEnumerable<ObjectName> NamesOf(Statement statement) => statement switch
    {
        CreateTableStatement create => [create.Name],
        AlterTableStatement alter => [alter.Table],
        DropStatement drop => drop.Names,
        CreateIndexStatement index => [index.Table],
        CreateViewStatement view => [view.Name],
        CreateTriggerStatement trigger => [trigger.Name, trigger.Table],
        SequenceStatement sequence => [sequence.Name],
        RenameStatement rename => [rename.Name],
        TruncateStatement truncate => truncate.Tables,
        AlterVSchemaStatement { Table: { } table } => [table],
        _ => [],
    };
}
