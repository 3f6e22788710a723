namespace Shale.Simulation;

/// <summary>The seed of random tests: SHALE_SEED, or the same one each time.</summary>
internal static class Seeds
{
    public static int Default { get; } = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var seed) ? seed : 20261121;
}
