using System.Text;
using Npgsql;

namespace Shale.Postgres;

/// <summary>Rows by COPY: as text, which every type can be read from.</summary>
internal partial class PostgresConnection
{
    /// <inheritdoc/>
    public virtual async ValueTask InsertRowsAsync(string table, RowSet rows, CancellationToken cancellationToken)
    {
        if (rows.RowCount == 0) return;
        try
        {
            RequireReady(cancellationToken);
            await using var writer = await Npgsql.BeginTextImportAsync($"COPY \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\" FROM STDIN", cancellationToken);
            var text = new StringBuilder();
            for (var i = 0; i < rows.RowCount; i++)
            {
                text.Clear();
                Write(text, rows[i]);
                await writer.WriteAsync(text, cancellationToken);
            }
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    private static void Write(StringBuilder text, ReadOnlySpan<SqlValue> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (i > 0) text.Append('\t');
            if (row[i].IsNull) text.Append("\\N");
            else Escape(text, PostgresParameters.Text(row[i]));
        }

        text.Append('\n');
    }

    private static void Escape(StringBuilder text, string value)
    {
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '\\' => text.Append("\\\\"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                _ => text.Append(letter),
            };
        }
    }
}
