using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Runs the statements of a batch on a connection, in order.</summary>
internal static class ShardBatch
{
    /// <summary>Inside a transaction: if one fails, what they did is undone, and the transaction goes on.</summary>
    public static async ValueTask<IReadOnlyList<ShardResult>> RunInSavepointAsync(
        IEngineConnection connection, IReadOnlyList<ShardStatement> statements, CancellationToken cancellationToken)
    {
        // Many rows are all or nothing by themselves.
        if (statements is [{ Rows.Count: > 1 }]) return await RunAllAsync(connection, statements, cancellationToken);
        await connection.ExecuteAsync("SAVEPOINT shale_batch", [], cancellationToken);
        try
        {
            var results = await RunAllAsync(connection, statements, cancellationToken);
            await connection.ExecuteAsync("RELEASE SAVEPOINT shale_batch", [], cancellationToken);
            return results;
        }
        catch
        {
            if (connection.InTransaction)
            {
                await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT shale_batch", [], CancellationToken.None);
                await connection.ExecuteAsync("RELEASE SAVEPOINT shale_batch", [], CancellationToken.None);
            }

            throw;
        }
    }

    /// <summary>As they stand, one result for each.</summary>
    public static async ValueTask<IReadOnlyList<ShardResult>> RunAllAsync(
        IEngineConnection connection, IReadOnlyList<ShardStatement> statements, CancellationToken cancellationToken)
    {
        var results = new ShardResult[statements.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = await connection.ExecuteManyAsync(statements[i].Sql, statements[i].Rows, cancellationToken);
        }

        return results;
    }
}
