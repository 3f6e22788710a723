using System.Buffers;
using Shale.Contracts;
using Shale.Postgres.Relay;
using Shale.Postgres.Wire;

namespace Shale.Postgres;

/// <summary>Rows by COPY: in binary where a server has sent them so, else as text, which every type can be read from.</summary>
internal abstract partial class ServerConnection
{
    private static readonly CopyFormat TextFormat = new();

    /// <inheritdoc/>
    public async ValueTask InsertRowsAsync(string table, RowSet rows, CancellationToken cancellationToken)
    {
        if (rows.RowCount == 0) return;
        var data = new ArrayBufferWriter<byte>((int)Math.Clamp(rows.SizeBytes, 1024, Array.MaxLength));
        var isBinary = rows.Encoded is DataRows { AreCopied: true };
        if (isBinary)
        {
            data.Write(CopyTuples.Head);
            ((DataRows)rows.Encoded!).CopyInto(data);
            data.Write(CopyTuples.Tail);
        }
        else
        {
            var columns = new ColumnFormat[rows.Fields.Count];
            for (var i = 0; i < rows.RowCount; i++) Write(rows[i], columns, data);
        }

        await CopyAsync($"COPY \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\" FROM STDIN WITH (FORMAT {(isBinary ? "binary" : "text")})", new ShardRows(data.WrittenMemory, rows.RowCount), cancellationToken);
    }

    private static void Write(ReadOnlySpan<SqlValue> row, ColumnFormat[] columns, ArrayBufferWriter<byte> into)
    {
        foreach (ref readonly var cell in row)
        {
            if (cell.Kind == SqlValueKind.Text) PostgresParameters.RequireUnicode(cell.AsText());
        }

        var span = into.GetSpan(checked((int)CopyText.MostBytes(row, TextFormat)));
        into.Advance(CopyText.Write(row, columns, TextFormat, span));
    }
}
