using Shale.Contracts;

namespace Shale.Engine.Specification;

/// <summary>What the specifications of one shard, -80, have in common.</summary>
public abstract class ShardSpecification
{
    protected const string Shard = "-80";

    /// <summary>Expects a failure that says which shard has failed, and what to do.</summary>
    protected static async Task<VitessException> FailsAsync(ErrorCode code, string state, Func<Task> action)
    {
        var failure = await EngineSpecification.FailsAsync(code.Code, state, action);
        Assert.Equal(Shard, failure.Shard);
        return failure;
    }
}
