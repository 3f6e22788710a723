namespace Shale.Cli.Demo;

/// <summary>One comparison with the plain database.</summary>
/// <param name="Name">What was compared.</param>
/// <param name="Tier">How Shale ran it.</param>
/// <param name="Rows">How many rows were compared.</param>
/// <param name="Difference">The first difference; null if there is none.</param>
internal sealed record DemoCheck(string Name, string Tier, int Rows, string? Difference);
