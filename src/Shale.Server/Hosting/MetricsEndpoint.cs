using Microsoft.AspNetCore.Http;

namespace Shale.Server;

/// <summary>What Prometheus asks. It tells names of keyspaces, so whoever asks must be one who may use the door.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Answers.</summary>
    public static Task GetAsync(HttpContext context, DoorGuard guard, MetricStore metrics)
    {
        if (guard.Check(context) is not null)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Task.CompletedTask;
        }

        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(metrics.ToPrometheus(), context.RequestAborted);
    }
}
