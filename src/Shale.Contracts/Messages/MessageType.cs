namespace Shale.Contracts;

/// <summary>What a message is; the numbers are those of seed 001.</summary>
public enum MessageType
{
    /// <summary>Not a message.</summary>
    None = 0,

    /// <summary>One statement whose rows are wanted.</summary>
    Query = 0x01,

    /// <summary>One statement whose count is wanted.</summary>
    Execute = 0x02,

    /// <summary>Statements in order.</summary>
    Batch = 0x03,

    /// <summary>Opens a transaction.</summary>
    Begin = 0x10,

    /// <summary>Commits a transaction.</summary>
    Commit = 0x11,

    /// <summary>Rolls a transaction back.</summary>
    Rollback = 0x12,

    /// <summary>Asks for the status of a keyspace.</summary>
    Status = 0x20,

    /// <summary>Asks for the health of shards.</summary>
    Health = 0x21,

    /// <summary>Asks for tables and columns.</summary>
    Schema = 0x22,

    /// <summary>Asks for the VSchema.</summary>
    VSchema = 0x23,

    /// <summary>Gate to tablet: one statement that only reads.</summary>
    ShardQuery = 0x30,

    /// <summary>Gate to tablet: one statement that may write.</summary>
    ShardExecute = 0x31,

    /// <summary>Gate to tablet: statements, all or nothing.</summary>
    ShardBatch = 0x32,

    /// <summary>A result.</summary>
    Result = 0x80,

    /// <summary>A failure.</summary>
    Error = 0x81,

    /// <summary>Done, with nothing to tell.</summary>
    Ack = 0x82,
}
