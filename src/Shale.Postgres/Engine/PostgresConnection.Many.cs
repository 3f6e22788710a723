using Npgsql;
using Shale.Contracts;

namespace Shale.Postgres;

/// <summary>One statement for many rows of parameters, all or nothing.</summary>
internal partial class PostgresConnection
{
    // Enough to hide the way to the server, few enough for its buffers.
    private const int RowsPerBatch = 500;

    /// <inheritdoc/>
    protected override ValueTask<ShardResult> ExecuteRowsAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken) =>
        InOneAsync(() => RunRowsAsync(sql, rows, cancellationToken), cancellationToken);

    private async ValueTask<ShardResult> RunRowsAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken)
    {
        Refresh();
        if (PostgresParameters.OfAll(rows) is { } wires)
        {
            var statement = Statements.TryGet(sql, wires, out var known) ? known : await PrepareAsync(sql, wires, cancellationToken);
            if (statement.Shape.AsText is null) return await RunBatchesAsync(statement, rows, cancellationToken);
        }

        return await ExecuteOneByOneAsync(sql, rows, cancellationToken);
    }

    private async ValueTask<ShardResult> RunBatchesAsync(PostgresStatement statement, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken)
    {
        var returned = new RowSet(statement.Shape.Fields);
        long affected = 0;
        for (var first = 0; first < rows.Count; first += RowsPerBatch)
        {
            await using var batch = new NpgsqlBatch(Npgsql) { Timeout = 0 };
            for (var i = first; i < Math.Min(rows.Count, first + RowsPerBatch); i++)
            {
                var command = new NpgsqlBatchCommand(statement.Command.CommandText);
                PostgresParameters.Add(command.Parameters, statement.Wires, rows[i]);
                batch.BatchCommands.Add(command);
            }

            // The server has it prepared: this only finds it.
            await batch.PrepareAsync(cancellationToken);
            _running = new RunningBatch(batch);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            do
            {
                while (await reader.ReadAsync(cancellationToken)) statement.Shape.Read(reader, returned.AddRow());
            }
            while (await reader.NextResultAsync(cancellationToken));
            affected += Math.Max(0, reader.RecordsAffected);
            Ended();
        }

        return new ShardResult(returned, affected);
    }
}
