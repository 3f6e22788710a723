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
    /// Maps the JSON door: one message of the RPC protocol by POST to this path (SEMANTICS S6), and GET healthz, readyz and metrics below it.
    /// The gate comes from AddVTGate.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where; <c>/</c> in `shale serve`.</param>
    public static IEndpointConventionBuilder MapVTGate(this IEndpointRouteBuilder endpoints, string path = "/")
    {
        var services = endpoints.ServiceProvider;
        var gate = services.GetRequiredService<IVTGate>();
        var options = services.GetRequiredService<IOptions<VTGateDoorOptions>>().Value;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Shale.Server.Door");
        var guard = new DoorGuard(options.Token);
        var metrics = services.GetRequiredService<MetricStore>();
        var door = new JsonDoor(gate, guard, options, logger);
        var below = path.TrimEnd('/');
        endpoints.MapGet(below + "/healthz", (RequestDelegate)HealthEndpoints.HealthzAsync);
        endpoints.MapGet(below + "/readyz", (RequestDelegate)(context => HealthEndpoints.ReadyzAsync(context, gate)));
        endpoints.MapGet(below + "/metrics", (RequestDelegate)(context => MetricsEndpoint.GetAsync(context, guard, metrics)));
        return endpoints.MapPost(path, (RequestDelegate)door.HandleAsync);
    }
}
