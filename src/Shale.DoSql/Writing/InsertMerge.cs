namespace Shale.DoSql;

/// <summary>Runs writes that share a transaction and insert a row each by the same text as one statement: that takes half the time. Each comes to what it would have come to alone. For whoever has the turn.</summary>
internal sealed class InsertMerge
{
    // After a failure. Where one row breaks a rule others do, too, and what fails is run twice.
    private const int AloneAfterFailure = 1000;

    // Of a value. The values of all rows are in memory once more.
    private const int LongestValue = 16 * 1024;

    private readonly List<long> _rowIds = [];
    private int _alone;

    /// <summary>Runs requests from one on, in the open transaction, and returns how many: 0 where that one is to run alone. Errors: what ended the transaction.</summary>
    public int Run(BranchConnection connection, List<WriteRequest> batch, int first)
    {
        if (_alone > 0)
        {
            _alone--;
            return 0;
        }

        var available = CountAlike(batch, first);
        if (available < OneRowInsert.FewestRows) return 0;
        var insert = ((StatementRequest)batch[first]).Text.Insert!;
        if (!connection.Sqlite.InsertsOneByOne(insert.Table) || insert.TextFor(available, out var rows) is not { } sql) return 0;
        try
        {
            Insert(connection, sql, insert.ParameterCount, batch, first, rows);
        }
        catch (VitessException) when (connection.Sqlite.InTransaction)
        {
            // It has left nothing behind. Which of the rows it was shows when each is inserted alone.
            _alone = AloneAfterFailure;
            return 0;
        }

        for (var i = 0; i < rows; i++) batch[first + i].Keep(new RunResult(1, _rowIds[i] == 0 ? null : _rowIds[i], default));
        return rows;
    }

    private static int CountAlike(List<WriteRequest> batch, int first)
    {
        if (batch[first] is not StatementRequest { Text: { Insert: not null } text }) return 0;
        var count = 0;
        for (; count < OneRowInsert.MostRows && first + count < batch.Count; count++)
        {
            if (batch[first + count] is not StatementRequest next || next.Text != text || next.IsCancelled || Array.Exists(next.Values, IsLong)) break;
        }

        return count;
    }

    private static bool IsLong(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Text => value.AsText().Length > LongestValue,
        SqlValueKind.Blob => value.AsBlob().Length > LongestValue,
        _ => false,
    };

    private void Insert(BranchConnection connection, string sql, int parameters, List<WriteRequest> batch, int first, int rows)
    {
        var statement = connection.Sqlite.Rent(sql);
        try
        {
            for (var row = 0; row < rows; row++)
            {
                var values = ((StatementRequest)batch[first + row]).Values;
                for (var i = 0; i < parameters; i++) statement.Bind((row * parameters) + i + 1, values[i]);
            }

            _rowIds.Clear();
            connection.Sqlite.Insert(statement, _rowIds);
        }
        finally
        {
            connection.Sqlite.Return(statement);
        }

        if (_rowIds.Count != rows) throw new InvalidOperationException($"an INSERT of {rows} rows has inserted {_rowIds.Count}");
    }
}
