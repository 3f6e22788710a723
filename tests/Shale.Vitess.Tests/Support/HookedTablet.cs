using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>Where a test lets something happen in the midst of a statement: before a shard does what is asked of it, or after.</summary>
internal sealed class Hooks
{
    /// <summary>Called with the shard and what is asked: SQL, "begin" or "commit".</summary>
    public Func<string, string, Task>? Before { get; set; }

    public Func<string, string, Task>? After { get; set; }

    public ITablet Around(ITablet tablet) => new HookedTablet(tablet, this);

    private sealed class HookedTablet(ITablet inner, Hooks hooks) : ForwardingTablet(inner)
    {
        public override async ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken)
        {
            await CallAsync(hooks.Before, request.Sql);
            var result = await base.QueryAsync(request, cancellationToken);
            await CallAsync(hooks.After, request.Sql);
            return result;
        }

        public override async ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken)
        {
            await CallAsync(hooks.Before, "begin");
            return await base.BeginAsync(request, cancellationToken);
        }

        public override async ValueTask CommitAsync(string txId, CancellationToken cancellationToken)
        {
            await CallAsync(hooks.Before, "commit");
            await base.CommitAsync(txId, cancellationToken);
        }

        private Task CallAsync(Func<string, string, Task>? hook, string what) => hook is null ? Task.CompletedTask : hook(Shard, what);
    }
}
