using System.Globalization;
using System.Text;
using Shale.Vitess;

namespace Shale.Cli.Demo;

/// <summary>Loads tables through the gate: INSERTs of many rows with parameters, some thousand rows to a transaction.</summary>
/// <param name="gate">The gate.</param>
/// <param name="loaded">Told how many rows have been committed, a transaction at a time.</param>
internal sealed class GateLoader(IVTGate gate, Action<int> loaded)
{
    /// <summary>Loads all rows of a table.</summary>
    /// <param name="table">The table; it exists and is empty.</param>
    /// <param name="numbers">Gets the number of each row of a table that numbers its rows.</param>
    /// <param name="cancellationToken">Leaves what is committed.</param>
    public async Task LoadAsync(DemoTable table, Dictionary<string, long> numbers, CancellationToken cancellationToken)
    {
        var full = InsertText(table, RowBatches.StatementRows);
        foreach (var rows in RowBatches.Of(table))
        {
            var transaction = await gate.BeginAsync(null, cancellationToken: cancellationToken);
            for (var start = 0; start < rows.Length; start += RowBatches.StatementRows)
            {
                var count = Math.Min(RowBatches.StatementRows, rows.Length - start);
                var text = count == RowBatches.StatementRows ? full : InsertText(table, count);
                var request = new GateRequest(text, Values(rows.AsSpan(start, count), table.Columns.Length)) { TxId = transaction.TxId };
                var result = await gate.ExecuteAsync(request, cancellationToken);
                if (table.Returning is not null) Keep(result.Rows, numbers);
            }

            await gate.CommitAsync(transaction.TxId, cancellationToken);
            loaded(rows.Length);
        }
    }

    private static SqlValue[] Values(ReadOnlySpan<SqlValue[]> rows, int width)
    {
        var values = new SqlValue[rows.Length * width];
        for (var i = 0; i < rows.Length; i++) rows[i].CopyTo(values, i * width);
        return values;
    }

    private static void Keep(RowSet returned, Dictionary<string, long> numbers)
    {
        for (var i = 0; i < returned.RowCount; i++) numbers[returned[i][1].AsText()] = returned[i][0].AsInteger();
    }

    private static string InsertText(DemoTable table, int rows)
    {
        var text = new StringBuilder($"INSERT INTO {table.Name} ({string.Join(", ", table.Columns)}) VALUES ");
        var parameter = 0;
        for (var row = 0; row < rows; row++)
        {
            text.Append(row == 0 ? "(" : ", (");
            for (var column = 0; column < table.Columns.Length; column++)
            {
                if (column > 0) text.Append(", ");
                text.Append(CultureInfo.InvariantCulture, $"${++parameter}");
            }

            text.Append(')');
        }

        if (table.Returning is { } number) text.Append(CultureInfo.InvariantCulture, $" RETURNING {number}, {table.Columns[0]}");
        return text.ToString();
    }
}
