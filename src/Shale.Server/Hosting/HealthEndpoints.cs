using Microsoft.AspNetCore.Http;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>What supervisors ask. Neither needs a token, so neither tells more than a word and names of shards.</summary>
internal static class HealthEndpoints
{
    /// <summary>The process answers.</summary>
    public static Task HealthzAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync("ok\n", context.RequestAborted);
    }

    /// <summary>Every shard answers; 503 with the names of those that do not.</summary>
    public static async Task ReadyzAsync(HttpContext context, IVTGate gate)
    {
        context.Response.ContentType = "text/plain";
        var text = "ready\n";
        try
        {
            var shards = await gate.HealthAsync(null, context.RequestAborted);
            var ill = shards.Where(shard => !shard.Healthy).Select(NameOf).ToList();
            if (ill.Count > 0) text = "not ready: " + string.Join(' ', ill) + "\n";
            if (ill.Count > 0) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (VitessException failure)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            text = $"not ready: {failure.Code}\n";
        }
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    // A branch's shards have the key ranges of its keyspace's.
    private static string NameOf(ShardHealth shard) => shard.Keyspace?.IndexOf('/', StringComparison.Ordinal) is { } slash and >= 0 ? shard.Id + shard.Keyspace[slash..] : shard.Id;
}
