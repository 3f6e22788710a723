using System.Runtime.ExceptionServices;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Sends rows that COPY has written to the shards of their keys, as they are: to each shard a stream of its own, while the client sends more; a slow shard holds the client back only when so much waits for it
/// as may. Thread-safe.
/// </summary>
internal sealed class CopyExecutor(TabletMap tablets)
{
    /// <summary>
    /// Runs it. Errors: those of the rows, whose context names the line; of several the first line; CONSTRAINT_VIOLATION (23502) for NULL in the key; those of the source. No shard works any more when it ends.
    /// </summary>
    public async ValueTask<WriteResult> RunAsync(CopyPlan plan, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var all = tablets.Of(plan.Place.Keyspace);
        var streams = new CopyStream?[all.Length];
        long rows = 0;
        Exception? stopped = null;
        try
        {
            while (true)
            {
                // To cut rows and find their shards computes for long.
                await SharedThread.LeaveAsync();
                if (await plan.Source.NextAsync(failed.Token) is not { } batch) break;
                failed.Token.ThrowIfCancellationRequested();
                rows += batch.Ends.Length;
                var parts = Split(plan, batch, all.Length);
                for (var shard = 0; shard < parts.Length; shard++)
                {
                    if (parts[shard] is not { } part) continue;
                    streams[shard] ??= new CopyStream(plan, transaction, all[shard], await transaction.WriteOnAsync(all[shard], cancellationToken), failed, cancellationToken);
                    await streams[shard]!.AddAsync(part);
                }
            }
        }
        catch (Exception exception)
        {
            stopped = exception;
        }

        CopyStream.Failed? first = null;
        foreach (var stream in streams)
        {
            if (stream is not null && await stream.EndAsync() is { } other && (first is null || other.Line < first.Line)) first = other;
        }

        // What failed at a shard came earlier.
        first?.Throw();
        if (stopped is not null) ExceptionDispatchInfo.Throw(stopped);
        return new WriteResult(WriteResult.None.Rows, rows, null, [.. Enumerable.Range(0, all.Length).Where(shard => streams[shard] is not null).Select(shard => all[shard].Shard)]);
    }

    private static CopyPart?[] Split(CopyPlan plan, CopiedRows rows, int shards)
    {
        var parts = new CopyPart?[shards];
        var ends = rows.Ends.Span;
        var data = rows.Bytes.Span;
        try
        {
            for (int i = 0, start = 0; i < ends.Length; start = ends[i], i++)
            {
                var row = data[start..ends[i]];
                if (plan.Place.IsReference)
                {
                    for (var shard = 0; shard < shards; shard++) PartOf(shard).Add(row, rows.LineOf(i));
                    continue;
                }

                PartOf(plan.KeyTypes.Length == 0 ? 0 : ShardOf(plan, rows, i)).Add(row, rows.LineOf(i));
            }

            return parts;
        }
        catch
        {
            foreach (var part in parts) part?.Return();
            throw;
        }

        CopyPart PartOf(int shard) => parts[shard] ??= new CopyPart(plan.Source, rows);
    }

    private static int ShardOf(CopyPlan plan, CopiedRows rows, int row)
    {
        var types = plan.KeyTypes;
        var cells = rows.Keys.Span.Slice(row * types.Length, types.Length);
        try
        {
            if (types.Length == 1)
            {
                var only = ParameterConversion.ForAssignment(cells[0], types[0], SqlDialect.Postgres);
                return plan.Place.ShardOfNew(new ReadOnlySpan<SqlValue>(in only));
            }

            var key = new SqlValue[types.Length];
            for (var i = 0; i < key.Length; i++) key[i] = ParameterConversion.ForAssignment(cells[i], types[i], SqlDialect.Postgres);
            return plan.Place.ShardOfNew(key);
        }
        catch (VitessException failure)
        {
            throw failure.Within(ContextOf(plan, rows, row));
        }
    }

    // PostgreSQL names a value that its column does not take, and of anything else the row.
    private static string ContextOf(CopyPlan plan, CopiedRows rows, int row)
    {
        var context = new CopyContext(plan.Place.Table.Name);
        var line = rows.LineOf(row);
        var cells = rows.Keys.Span.Slice(row * plan.KeyTypes.Length, plan.KeyTypes.Length);
        var isText = plan.Source.Head.IsEmpty;
        if (CopyContext.FirstUnfit(cells, plan.KeyTypes) is >= 0 and var key) return context.AtColumn(line, plan.Place.Schema.Columns[plan.Place.ShardColumns[key]].Name, isText ? cells[key].ToString() : null);
        return isText ? context.AtRow(line, rows.Bytes.Span[(row == 0 ? 0 : rows.Ends.Span[row - 1])..rows.Ends.Span[row]].TrimEnd((byte)'\n')) : context.At(line);
    }
}
