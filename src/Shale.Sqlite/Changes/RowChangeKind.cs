namespace Shale.Sqlite;

/// <summary>What happened to a row, or to the schema.</summary>
public enum RowChangeKind
{
    /// <summary>A row was added: there are new values only.</summary>
    Insert,

    /// <summary>A row was removed: there are old values only.</summary>
    Delete,

    /// <summary>A row has other values, or was assigned the ones that it had.</summary>
    Update,

    /// <summary>A statement has changed the schema.</summary>
    Definition,
}
