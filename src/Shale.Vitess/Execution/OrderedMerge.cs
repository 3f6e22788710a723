using System.Runtime.CompilerServices;

namespace Shale.Vitess;

/// <summary>
/// Puts rows of several shards, each in the same order, into one order: of each shard it holds a chunk, and takes the least row again and again. Of rows that are equal those of
/// the first shard come first. Hot path: bench gate, ORDER BY.
/// </summary>
internal sealed class OrderedMerge(MergeOrder order, IReadOnlyList<Func<ValueTask<RowSet?>>> shards)
{
    private const int ChunkBytes = 256 * 1024;

    private readonly RowSet[] _chunks = new RowSet[shards.Count];
    private readonly int[] _rows = new int[shards.Count];

    // The shards that have rows left, as a heap: the one whose row is next stands first.
    private readonly int[] _heap = new int[shards.Count];
    private readonly SqlValue[] _last = new SqlValue[order.Distinct ? order.Width : 0];
    private bool _hasLast;
    private int _count;
    private Field[] _fields = [];

    // Columns of expressions whose first value has not come yet: it gives the type, as it does in one database.
    private readonly List<int> _untyped = [];

    /// <summary>Rows that are here already, as what a shard gives.</summary>
    public static Func<ValueTask<RowSet?>> Source(RowSet rows)
    {
        RowSet? left = rows;
        return () =>
        {
            var next = left;
            left = null;
            return new ValueTask<RowSet?>(next);
        };
    }

    /// <summary>The rows, in chunks, at least one.</summary>
    /// <param name="offset">How many are left out at the beginning.</param>
    /// <param name="limit">How many follow at most; negative for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<RowSet> RunAsync(long offset, long limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await StartAsync();
        var chunk = new RowSet(_fields);
        long bytes = 0;
        while (_count > 0 && limit != 0)
        {
            if (bytes >= ChunkBytes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return chunk.WithFields(_fields);
                (chunk, bytes) = (new RowSet(_fields, chunk.RowCount), 0);
            }

            var shard = _heap[0];
            if (!IsRepeated(shard) && --offset < 0)
            {
                bytes += Take(_chunks[shard][_rows[shard]], chunk);
                limit--;
            }

            if (++_rows[shard] < _chunks[shard].RowCount || await RefillAsync(shard)) SiftDown(0);
            else RemoveFirst();
        }

        yield return chunk.WithFields(_fields);
    }

    private async ValueTask StartAsync()
    {
        var first = new RowSet?[shards.Count];
        for (var i = 0; i < first.Length; i++) first[i] = await shards[i]();
        for (var i = 0; i < first.Length; i++)
        {
            _chunks[i] = first[i] ?? throw new InvalidOperationException("a shard gave no chunk");
            if (_chunks[i].RowCount > 0 || await RefillAsync(i)) _heap[_count++] = i;
        }

        for (var i = (_count / 2) - 1; i >= 0; i--) SiftDown(i);
        Describe(first!);
    }

    private void Describe(RowSet[] first)
    {
        _fields = RowFields.Of(first, order.Width);
        for (var i = 0; i < _fields.Length; i++)
        {
            if (_fields[i].NativeType is not null) continue;
            _fields[i] = _fields[i] with { Type = RowFields.TypeOf(SqlValueKind.Null) };
            _untyped.Add(i);
        }
    }

    private void TypeBy(ReadOnlySpan<SqlValue> row)
    {
        for (var i = _untyped.Count - 1; i >= 0; i--)
        {
            var column = _untyped[i];
            if (row[column].IsNull) continue;
            _untyped.RemoveAt(i);
            _fields = [.. _fields];
            _fields[column] = _fields[column] with { Type = RowFields.TypeOf(row[column].Kind) };
        }
    }

    private async ValueTask<bool> RefillAsync(int shard)
    {
        _rows[shard] = 0;
        while (await shards[shard]() is { } next)
        {
            _chunks[shard] = next;
            if (next.RowCount > 0) return true;
        }

        return false;
    }

    private long Take(ReadOnlySpan<SqlValue> row, RowSet into)
    {
        long bytes = 0;
        var visible = row[..order.Width];
        foreach (ref readonly var cell in visible) bytes += cell.SizeBytes;
        into.Add(visible);
        if (_untyped.Count > 0) TypeBy(visible);
        return bytes;
    }

    // Equal as the columns' collations have it, which are the keys'.
    private bool IsRepeated(int shard)
    {
        if (!order.Distinct) return false;
        var row = _chunks[shard][_rows[shard]][..order.Width];
        if (_hasLast && order.Compare(_last, row) == 0) return true;
        row.CopyTo(_last);
        _hasLast = true;
        return false;
    }

    private void RemoveFirst()
    {
        _chunks[_heap[0]] = null!;
        _heap[0] = _heap[--_count];
        SiftDown(0);
    }

    private void SiftDown(int at)
    {
        while (true)
        {
            var least = at;
            for (var child = (2 * at) + 1; child <= (2 * at) + 2; child++)
            {
                if (child < _count && IsBefore(_heap[child], _heap[least])) least = child;
            }

            if (least == at) return;
            (_heap[at], _heap[least]) = (_heap[least], _heap[at]);
            at = least;
        }
    }

    private bool IsBefore(int left, int right)
    {
        var compared = order.Compare(_chunks[left][_rows[left]], _chunks[right][_rows[right]]);
        return compared < 0 || (compared == 0 && left < right);
    }
}
