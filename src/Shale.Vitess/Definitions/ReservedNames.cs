using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Names that Shale keeps for tables of its own on the shards, which no statement can name.</summary>
internal static class ReservedNames
{
    /// <summary>How they begin.</summary>
    public const string Prefix = "__shale_";

    /// <summary>Refuses (42939) a statement that would give such a name.</summary>
    public static void Refuse(Statement statement)
    {
        var given = statement switch
        {
            CreateTableStatement create => create.Name.Name.Name,
            CreateViewStatement view => view.Name.Name.Name,
            CreateIndexStatement index => index.Name?.Name,
            AlterTableStatement alter => alter.Actions.OfType<RenameTable>().FirstOrDefault()?.NewName.Name ?? alter.Actions.OfType<RenameConstraint>().FirstOrDefault()?.NewName.Name,
            RenameStatement rename => rename.NewName.Name,
            AlterVSchemaStatement alter => alter.Options.FirstOrDefault(option => option.Name == "table")?.Value,
            _ => null,
        };
        if (given?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) != true) return;
        throw new VitessException(ErrorCodes.QueryError, $"the name \"{given}\" is reserved: Shale's own tables begin with {Prefix}", sqlState: "42939",
            hint: "Choose another name.");
    }
}
