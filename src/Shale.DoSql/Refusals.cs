namespace Shale.DoSql;

/// <summary>What is refused, and what to do in its place.</summary>
internal static class Refusals
{
    /// <summary>A statement that has no meaning where there is no transaction, or that the API stands for.</summary>
    public static VitessException OutsideTransactions(StatementText text) => text.Kind == StatementKind.Savepoint
        ? new VitessException(ErrorCodes.TransactionError, "savepoints can only be used in a transaction", sqlState: "25P01", hint: "Use BeginAsync or TransactionAsync.")
        : new VitessException(ErrorCodes.TransactionError, "transactions are not begun and ended as statements", sqlState: "25001", hint: "Use BeginAsync, which takes BEGIN AS OF …, too, or TransactionAsync.");

    /// <summary>A statement that ends or begins a transaction, inside one.</summary>
    public static VitessException InsideTransactions() =>
        new(ErrorCodes.TransactionError, "the statement cannot run inside a transaction", sqlState: "25001", hint: "Use CommitAsync, RollbackAsync and savepoints; CALL and RESTORE run on the database.");

    /// <summary>StreamAsync of a statement that writes.</summary>
    public static VitessException StreamingAWrite() => new(ErrorCodes.ReadOnlyTransaction, "only queries can be streamed", hint: "Use RunAsync, or QueryAsync for RETURNING.");

    /// <summary>A write where only reading is allowed.</summary>
    public static VitessException ReadOnly() => new(ErrorCodes.ReadOnlyTransaction, "a statement that writes was sent where only reading is allowed");

    /// <summary>A write to the past.</summary>
    public static VitessException WritingThePast() =>
        new(ErrorCodes.ReadOnlyTransaction, "the past cannot be written", hint: "Write to the present, or to a branch that begins at that point: BranchAsync.");

    /// <summary>The database was closed.</summary>
    public static ObjectDisposedException Closed() => new(nameof(DoSqlDatabase));
}
