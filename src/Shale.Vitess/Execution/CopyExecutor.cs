using System.Buffers;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Sends rows that COPY has written to the shards of their keys, as they are, to all shards at once. Thread-safe.</summary>
internal sealed class CopyExecutor(TabletMap tablets)
{
    /// <summary>Runs it. Errors: those of the rows, whose hint names the line; CONSTRAINT_VIOLATION (23502) for NULL in the key.</summary>
    public async ValueTask<WriteResult> RunAsync(CopyPlan plan, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        var all = tablets.Of(plan.Place.Keyspace);
        var rows = plan.Rows;
        var shardOf = ArrayPool<int>.Shared.Rent(rows.Ends.Length);
        var parts = new Part?[all.Length];
        try
        {
            if (plan.Place.IsReference) Array.Fill(parts, Part.Whole(rows));
            else Split(plan, shardOf, parts);
            int[] shards = [.. Enumerable.Range(0, all.Length).Where(shard => parts[shard] is not null)];
            var ids = new string[shards.Length];
            for (var i = 0; i < ids.Length; i++) ids[i] = await transaction.WriteOnAsync(all[shards[i]], cancellationToken);
            await Scatter.RunAsync(shards.Length, CopyAsync, cancelOthers: false, cancellationToken);
            return new WriteResult(WriteResult.None.Rows, rows.Ends.Length, null, [.. shards.Select(shard => all[shard].Shard)]);

            async ValueTask<ShardResult> CopyAsync(int i, CancellationToken token)
            {
                try
                {
                    return await transaction.CopyAsync(all[shards[i]], ids[i], plan.Sql, parts[shards[i]]!.Rows, token);
                }
                catch (VitessException failure) when (failure.Row is { } line)
                {
                    throw AtLine(failure, plan, RowOf(line, shards[i], plan, shardOf));
                }
            }
        }
        finally
        {
            foreach (var part in parts.Distinct()) part?.Return();
            ArrayPool<int>.Shared.Return(shardOf);
        }
    }

    private static void Split(CopyPlan plan, int[] shardOf, Part?[] parts)
    {
        var rows = plan.Rows;
        var ends = rows.Ends.Span;
        if (plan.KeyTypes.Length == 0)
        {
            Array.Clear(shardOf, 0, ends.Length);
            parts[0] = Part.Whole(rows);
            return;
        }

        Span<int> bytes = parts.Length <= 256 ? stackalloc int[parts.Length] : new int[parts.Length];
        bytes.Clear();
        for (int i = 0, start = 0; i < ends.Length; start = ends[i], i++)
        {
            shardOf[i] = ShardOf(plan, i);
            bytes[shardOf[i]] += ends[i] - start;
        }

        for (var shard = 0; shard < parts.Length; shard++)
        {
            if (bytes[shard] > 0) parts[shard] = new Part(rows, bytes[shard]);
        }

        var data = rows.Bytes.Span;
        for (int i = 0, start = 0; i < ends.Length; start = ends[i], i++) parts[shardOf[i]]!.Add(data[start..ends[i]]);
    }

    private static int ShardOf(CopyPlan plan, int row)
    {
        var types = plan.KeyTypes;
        var cells = plan.Rows.Keys.Span.Slice(row * types.Length, types.Length);
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
            throw AtLine(failure, plan, row);
        }
    }

    /// <summary>Which row of the client's the shard means by a line of those that it got.</summary>
    private static int RowOf(long line, int shard, CopyPlan plan, int[] shardOf)
    {
        var data = plan.Rows.Bytes.Span;
        var ends = plan.Rows.Ends.Span;
        long lines = 0;
        for (int i = 0, start = 0; i < ends.Length; start = ends[i], i++)
        {
            if (!plan.Place.IsReference && shardOf[i] != shard) continue;
            lines += plan.Rows.HasLinesInRows ? data[start..ends[i]].Count((byte)'\n') : 1;
            if (lines > line) return i;
        }

        return ends.Length - 1;
    }

    private static VitessException AtLine(VitessException failure, CopyPlan plan, int row) =>
        new(new ErrorCode(failure.Code, failure.SqlState ?? "XX000", failure.IsTransient, "", ""), failure.Message, failure.Shard, hint: $"COPY, line {plan.Rows.FirstLine + row}. {failure.Hint}".TrimEnd(), inner: failure);

    /// <summary>What one shard gets.</summary>
    private sealed class Part
    {
        private readonly CopiedRows _rows;
        private readonly byte[]? _buffer;
        private int _length;
        private long _count;

        public Part(CopiedRows rows, int bytes)
        {
            _rows = rows;
            _buffer = ArrayPool<byte>.Shared.Rent(rows.Head.Length + bytes + rows.Tail.Length);
            Append(rows.Head.Span);
        }

        private Part(CopiedRows rows) => (_rows, _count) = (rows, rows.Ends.Length);

        /// <summary>All rows.</summary>
        public static Part Whole(CopiedRows rows)
        {
            if (rows.Head.Length + rows.Tail.Length == 0) return new Part(rows);
            var part = new Part(rows, rows.Bytes.Length) { _count = rows.Ends.Length };
            part.Append(rows.Bytes.Span);
            return part;
        }

        public ShardRows Rows
        {
            get
            {
                if (_buffer is null) return new ShardRows(_rows.Bytes, _count);
                _rows.Tail.CopyTo(_buffer.AsMemory(_length));
                return new ShardRows(_buffer.AsMemory(0, _length + _rows.Tail.Length), _count);
            }
        }

        public void Add(ReadOnlySpan<byte> row)
        {
            Append(row);
            _count++;
        }

        public void Return()
        {
            if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        }

        private void Append(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_buffer.AsSpan(_length));
            _length += bytes.Length;
        }
    }
}
