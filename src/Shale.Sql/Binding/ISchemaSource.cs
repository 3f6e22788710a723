namespace Shale.Sql;

/// <summary>Where a binder finds tables. Views have been expanded before.</summary>
public interface ISchemaSource
{
    /// <summary>What current_database() is; a gate says its keyspace.</summary>
    string Database => "main";

    /// <summary>The table of that name, or null.</summary>
    TableSchema? Find(ObjectName name);
}
