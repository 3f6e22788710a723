namespace Shale.Cli.Demo;

/// <summary>How rows are cut into statements and transactions: the same for Shale and for the plain database it is compared with.</summary>
internal static class RowBatches
{
    /// <summary>Rows of one INSERT.</summary>
    public const int StatementRows = 500;

    /// <summary>Rows of one transaction.</summary>
    public const int TransactionRows = 5_000;

    /// <summary>The rows, a transaction at a time.</summary>
    public static IEnumerable<SqlValue[][]> Of(DemoTable table) => table.Rows().Chunk(TransactionRows);
}
