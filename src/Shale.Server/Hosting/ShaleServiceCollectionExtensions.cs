using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Shale.Contracts;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Puts a gate and its tablets into an ASP.NET application.</summary>
public static class ShaleServiceCollectionExtensions
{
    /// <summary>Adds the gate, and what <see cref="ShaleEndpointExtensions.MapVTGate"/> needs. The container disposes the gate.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="gate">Makes the gate, once; tablets added by AddVTTablet are there as <see cref="ITablet"/>.</param>
    /// <param name="configure">Options of the JSON door.</param>
    public static IServiceCollection AddVTGate(
        this IServiceCollection services, Func<IServiceProvider, IVTGate> gate, Action<VTGateDoorOptions>? configure = null)
    {
        services.TryAddSingleton(gate);
        return services.AddDoor(configure);
    }

    /// <summary>
    /// Adds a gate over the tablets that <see cref="AddVTTablet(IServiceCollection, VTTabletOptions)"/> adds, one for each shard of the VSchema. The
    /// VSchema lives as long as the application, or in the <see cref="ITopology"/> that the application adds.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="vschema">What an application without a topology starts with.</param>
    /// <param name="defaultKeyspace">The keyspace of statements that name none; null for the only one.</param>
    /// <param name="configure">Options of the JSON door.</param>
    public static IServiceCollection AddVTGate(
        this IServiceCollection services, VSchema vschema, string? defaultKeyspace = null, Action<VTGateDoorOptions>? configure = null)
    {
        services.TryAddSingleton<ITopology>(_ => new MemoryTopology(vschema));
        return services.AddVTGate(
            provider => new VTGate(new VTGateOptions
            {
                Topology = provider.GetRequiredService<ITopology>(),
                Tablets = [.. provider.GetServices<ITablet>()],
                Scratch = new Dictionary<StorageEngineType, IScratchSource> { [StorageEngineType.Sqlite] = SqliteEngine.InMemory() },
                DefaultKeyspace = defaultKeyspace,
                Vindexes = [.. provider.GetServices<IVindexFactory>()],
            }),
            configure);
    }

    /// <summary>Adds a gate that is open already, and what <see cref="ShaleEndpointExtensions.MapVTGate"/> needs. Whoever opened it disposes it.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="gate">The gate.</param>
    /// <param name="configure">Options of the JSON door.</param>
    public static IServiceCollection AddVTGate(this IServiceCollection services, IVTGate gate, Action<VTGateDoorOptions>? configure = null)
    {
        services.TryAddSingleton(gate);
        return services.AddDoor(configure);
    }

    /// <summary>Adds a kind of vindex for the gate that AddVTGate makes over a VSchema.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="vindex">Makes vindexes of that kind.</param>
    public static IServiceCollection AddVindex(this IServiceCollection services, IVindexFactory vindex) => services.AddSingleton(vindex);

    /// <summary>Adds one tablet; the container disposes it.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">Its keyspace, shard and engine.</param>
    public static IServiceCollection AddVTTablet(this IServiceCollection services, VTTabletOptions options) =>
        services.AddVTTablet(_ => new VTTablet(options));

    /// <summary>Adds one tablet of another kind; the container disposes it.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="tablet">Makes the tablet, once.</param>
    public static IServiceCollection AddVTTablet(this IServiceCollection services, Func<IServiceProvider, ITablet> tablet) =>
        services.AddSingleton(tablet);

    private static IServiceCollection AddDoor(this IServiceCollection services, Action<VTGateDoorOptions>? configure)
    {
        services.AddOptions<VTGateDoorOptions>();
        services.TryAddSingleton<MetricStore>();
        services.TryAddSingleton<ThreadReserve>();
        if (configure is not null) services.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LoopbackGuard>());
        return services;
    }
}
