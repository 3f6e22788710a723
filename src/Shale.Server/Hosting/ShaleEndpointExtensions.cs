using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Maps the ways in to the gate.</summary>
public static class ShaleEndpointExtensions
{
    /// <summary>
    /// Maps the JSON door: one message of the RPC protocol by POST to this path (SEMANTICS S6), and GET healthz, readyz and metrics below it; GET of the path itself says so,
    /// unless the application has something there. The gate comes from AddVTGate.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where; <c>/</c> in `shale serve`.</param>
    /// <param name="isAlone">Whether the application serves nothing else: then the door also answers what nothing is mapped to, with 404 or 405 and an ERROR body.</param>
    public static IEndpointConventionBuilder MapVTGate(this IEndpointRouteBuilder endpoints, string path = "/", bool isAlone = false)
    {
        var services = endpoints.ServiceProvider;
        var gate = services.GetRequiredService<IVTGate>();
        var options = services.GetRequiredService<IOptions<VTGateDoorOptions>>().Value;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Shale.Server.Door");
        var guard = new DoorGuard(options.Token);
        var metrics = services.GetRequiredService<MetricStore>();
        _ = services.GetRequiredService<ThreadReserve>();
        var door = new JsonDoor(gate, guard, options, logger);
        var below = path.TrimEnd('/');
        endpoints.MapGet(below + "/healthz", (RequestDelegate)HealthEndpoints.HealthzAsync);
        endpoints.MapGet(below + "/readyz", (RequestDelegate)(context => HealthEndpoints.ReadyzAsync(context, gate)));
        endpoints.MapGet(below + "/metrics", (RequestDelegate)(context => MetricsEndpoint.GetAsync(context, guard, metrics)));
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)(context => GuideEndpoint.GetAsync(context, below, guard.WantsToken))).WithOrder(int.MaxValue);
        if (isAlone) endpoints.MapFallback("{**path}", (RequestDelegate)(context => door.RefuseElsewhereAsync(context, [below + "/", below + "/healthz", below + "/readyz", below + "/metrics"])));
        return endpoints.MapPost(path, (RequestDelegate)door.HandleAsync);
    }
}
