namespace Shale.DoSql;

/// <summary>What a statement's words say of where it runs.</summary>
internal enum StatementKind
{
    /// <summary>It only reads.</summary>
    Read,

    /// <summary>It may write.</summary>
    Write,

    /// <summary>SAVEPOINT, RELEASE, ROLLBACK TO.</summary>
    Savepoint,

    /// <summary>BEGIN, COMMIT, ROLLBACK, END: the API does that.</summary>
    Transaction,

    /// <summary>SET TRANSACTION.</summary>
    SetTransaction,

    /// <summary>CALL.</summary>
    Call,

    /// <summary>RESTORE.</summary>
    Restore,
}
