namespace Shale.Sql;

/// <summary>Where a binder finds tables. Views have been expanded before.</summary>
public interface ISchemaSource
{
    /// <summary>What current_database() is; a gate says its keyspace.</summary>
    string Database => "main";

    /// <summary>The table of that name, or null.</summary>
    TableSchema? Find(ObjectName name);

    /// <summary>The names that stand where a name was looked for in vain: the one that was meant may be among them.</summary>
    IEnumerable<string> NamesBeside(ObjectName name) => [];
}
