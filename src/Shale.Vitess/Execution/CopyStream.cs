using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Shale.Vitess;

/// <summary>The rows of a COPY on their way to one shard: one part is sent, few wait. Behind a failure nothing is sent any more. Filled by one owner.</summary>
internal sealed class CopyStream
{
    private const int PartsAhead = 2;

    private readonly Channel<CopyPart> _parts = Channel.CreateBounded<CopyPart>(new BoundedChannelOptions(PartsAhead) { SingleReader = true, SingleWriter = true });
    private readonly CopyPlan _plan;
    private readonly CrossShardTransaction _transaction;
    private readonly ITablet _tablet;
    private readonly string _txId;
    private readonly CancellationTokenSource _failing;
    private readonly Task<Failed?> _work;

    /// <summary>Begins.</summary>
    /// <param name="plan">The COPY.</param>
    /// <param name="transaction">What it belongs to.</param>
    /// <param name="tablet">The shard.</param>
    /// <param name="txId">The transaction's id there.</param>
    /// <param name="failing">Is cancelled when it fails.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public CopyStream(CopyPlan plan, CrossShardTransaction transaction, ITablet tablet, string txId, CancellationTokenSource failing, CancellationToken cancellationToken)
    {
        (_plan, _transaction, _tablet, _txId, _failing) = (plan, transaction, tablet, txId, failing);
        _work = Task.Run(() => RunAsync(cancellationToken), CancellationToken.None);
    }

    /// <summary>A failure, and by which line of the client's data it came.</summary>
    internal sealed record Failed(Exception Failure, long Line)
    {
        /// <summary>Throws it.</summary>
        public void Throw() => ExceptionDispatchInfo.Throw(Failure);
    }

    /// <summary>Adds a part; waits while enough of them wait. It is not the caller's any more.</summary>
    public ValueTask AddAsync(CopyPart part) => _parts.Writer.WriteAsync(part, CancellationToken.None);

    /// <summary>Nothing more comes; returns once the shard does not work any more, with what it has failed with.</summary>
    public Task<Failed?> EndAsync()
    {
        _parts.Writer.TryComplete();
        return _work;
    }

    private async Task<Failed?> RunAsync(CancellationToken cancellationToken)
    {
        Failed? failed = null;
        await foreach (var part in _parts.Reader.ReadAllAsync(CancellationToken.None))
        {
            if (failed is null && await SendAsync(part, cancellationToken) is { } failure)
            {
                failed = failure;
                await _failing.CancelAsync();
            }

            part.Return();
        }

        return failed;
    }

    private async ValueTask<Failed?> SendAsync(CopyPart part, CancellationToken cancellationToken)
    {
        try
        {
            await _transaction.CopyAsync(_tablet, _txId, _plan.Sql, part.End(), cancellationToken);
            return null;
        }
        catch (VitessException failure) when (failure is { Row: { } row, Context: not null })
        {
            var line = part.LineOf(row);
            return new Failed(failure.Within(CopyContext.WithLine(failure.Context!, line)), line);
        }
        catch (Exception failure)
        {
            return new Failed(failure, part.LastLine);
        }
    }
}
