namespace Shale.Simulation;

/// <summary>The power has gone: nothing that runs may go on.</summary>
public sealed class PowerFailure() : Exception("the power has failed");
