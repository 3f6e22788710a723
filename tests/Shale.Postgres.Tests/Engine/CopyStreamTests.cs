using System.Globalization;
using System.Text;
using Shale.Contracts;
using Shale.Postgres.Tests.Door;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Engine;

/// <summary>How rows of a COPY flow to the shards while the client sends more.</summary>
public sealed class CopyStreamTests : IClassFixture<ShardCopyTests.Fixture>
{
    private readonly DoorCluster _cluster;

    public CopyStreamTests(ShardCopyTests.Fixture fixture) => _cluster = fixture.Cluster!;

    [PostgresFact]
    public async Task Shard_ThatWaits_HoldsTheOthersAndTheClientBackOnlyWhenItsQueueIsFull()
    {
        var (slow, fast) = await IdsAsync();
        var holder = await _cluster.Cluster.Gate.BeginAsync("main");
        await _cluster.Cluster.Gate.ExecuteAsync(new GateRequest($"INSERT INTO t (id) VALUES ({slow[0]})", []) { TxId = holder.TxId });

        // The first row waits for the holder; the other shard gets one batch after the other, then the one that waits gets more than may wait.
        var (others, full) = (12, 12 + 3);
        var isReleased = false;
        var tooMany = false;
        var isFull = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var copying = CopyAsync(new Rows((batch, _) =>
        {
            if (batch > full && !isReleased) tooMany = true;
            if (batch == full) isFull.SetResult();
            return ValueTask.FromResult<IReadOnlyList<string>?>(batch >= 40 ? null : [(batch is 0 || batch > others ? slow : fast)[batch].ToString(CultureInfo.InvariantCulture)]);
        }), default);
        await await Task.WhenAny(isFull.Task, copying);
        Assert.False(copying.IsCompleted);
        isReleased = true;
        await _cluster.Cluster.Gate.RollbackAsync(holder.TxId);
        Assert.Equal(40, await copying);
        Assert.False(tooMany);
        Assert.Equal("40", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*) FROM t"));
    }

    [PostgresFact]
    public async Task Rows_ThatFailOnTwoShards_AreToldByTheFirstLine()
    {
        var (one, other) = await IdsAsync();
        await _cluster.RunAsync($"INSERT INTO t (id) VALUES ({one[3]}), ({other[5]})");
        foreach (var (first, second) in new[] { (one[3], other[5]), (other[5], one[3]) })
        {
            var failure = await Assert.ThrowsAsync<VitessException>(() => CopyAsync(new Rows((batch, _) => ValueTask.FromResult<IReadOnlyList<string>?>(batch == 0 ? [$"{one[0]}", $"{other[0]}", $"{first}", $"{second}"] : batch == 1 ? ["none"] : null)), default));
            Assert.Equal("23505", failure.SqlState);
            Assert.Equal("COPY t, line 3", failure.Context);
        }

        Assert.Equal("2", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*) FROM t"));
    }

    [PostgresFact]
    public async Task Client_ThatSendsNothing_CanBeCancelled()
    {
        var (one, other) = await IdsAsync();
        using var source = new CancellationTokenSource();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => CopyAsync(new Rows(async (batch, token) =>
        {
            if (batch < 5) return [$"{one[batch]}", $"{other[batch]}"];
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return null;
        }), source.Token));
        Assert.True(failure is OperationCanceledException or VitessException { SqlState: "57014" }, failure.ToString());
        Assert.Equal("0", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*) FROM t"));
    }

    [PostgresFact]
    public async Task Client_ThatFails_LeavesNothing()
    {
        var (one, other) = await IdsAsync();
        await Assert.ThrowsAsync<IOException>(() => CopyAsync(new Rows((batch, _) => batch < 5 ? ValueTask.FromResult<IReadOnlyList<string>?>([$"{one[batch]}", $"{other[batch]}"]) : throw new IOException("gone")), default));
        Assert.Equal("0", await Tool.PsqlAsync(_cluster.Port, "SELECT count(*) FROM t"));
    }

    // Ids of rows of either shard; the table is empty.
    private async Task<(int[] First, int[] Second)> IdsAsync()
    {
        await _cluster.RunAsync("TRUNCATE t", "INSERT INTO t (id) SELECT g FROM generate_series(1, 200) g");
        var ids = new List<int[]>();
        foreach (var tablet in _cluster.Cluster.Tablets)
        {
            var rows = (await tablet.QueryAsync("SELECT id FROM t ORDER BY id")).Rows;
            ids.Add([.. Enumerable.Range(0, rows.RowCount).Select(i => (int)rows[i][0].AsInteger())]);
        }

        await _cluster.RunAsync("TRUNCATE t");
        return (ids[0], ids[1]);
    }

    private async Task<long> CopyAsync(CopySource rows, CancellationToken cancellationToken)
    {
        var gate = _cluster.Cluster.Gate;
        var transaction = await gate.BeginAsync("main", cancellationToken: CancellationToken.None);
        try
        {
            var result = await gate.ExecuteAsync(new GateRequest("INSERT INTO t (id) VALUES ($1)", [SqlValue.Null]) { TxId = transaction.TxId, Copied = rows }, cancellationToken);
            await gate.CommitAsync(transaction.TxId, CancellationToken.None);
            return result.Affected;
        }
        catch
        {
            await gate.RollbackAsync(transaction.TxId, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Batches of ids as a function gives them; null for the end.</summary>
    private sealed class Rows : CopySource
    {
        private readonly Func<int, CancellationToken, ValueTask<IReadOnlyList<string>?>> _next;
        private int _batches;
        private long _line = 1;

        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public Rows(Func<int, CancellationToken, ValueTask<IReadOnlyList<string>?>> next) => (_next, Columns, Options) = (next, ["id"], "FORMAT text");

        public override async ValueTask<CopiedRows?> NextAsync(CancellationToken cancellationToken)
        {
            if (await _next(_batches++, cancellationToken) is not { } ids) return null;
            var at = 0;
            var ends = ids.Select(id => at += id.Length + 1).ToArray();
            var rows = new CopiedRows(Encoding.UTF8.GetBytes(string.Concat(ids.Select(id => id + "\n"))), ends, ids.Select(id => SqlValue.Text(id)).ToArray(), _line);
            _line += ids.Count;
            return rows;
        }
    }
}
