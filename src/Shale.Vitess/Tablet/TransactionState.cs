namespace Shale.Vitess;

/// <summary>Where a transaction stands.</summary>
public enum TransactionState
{
    /// <summary>Open.</summary>
    Active,

    /// <summary>Committed.</summary>
    Committed,

    /// <summary>Rolled back by its owner or because its commit failed.</summary>
    RolledBack,

    /// <summary>Rolled back by the tablet because of its age.</summary>
    Expired,

    /// <summary>Rolled back by the engine in the midst of a statement; it waits for its owner's rollback.</summary>
    Lost,
}
