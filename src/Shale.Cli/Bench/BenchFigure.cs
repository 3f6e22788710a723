using System.Text.Json.Serialization;

namespace Shale.Cli.Bench;

/// <summary>One measured figure and its bar.</summary>
/// <param name="Name">What was measured, and in what unit.</param>
/// <param name="Issue">The part of the product that it belongs to.</param>
/// <param name="Measured">The median of the runs.</param>
/// <param name="Goal">The bar.</param>
/// <param name="Direction">"at least" or "at most".</param>
/// <param name="Runs">How many runs the median is taken of.</param>
internal sealed record BenchFigure(string Name, string Issue, double Measured, double Goal, string Direction, [property: JsonPropertyOrder(1)] int Runs)
{
    /// <summary>The word for bars that must be reached.</summary>
    public const string AtLeast = "at least";

    /// <summary>The word for bars that must not be passed.</summary>
    public const string AtMost = "at most";

    /// <summary>Whether the bar holds.</summary>
    public bool Holds => Direction == AtLeast ? Measured >= Goal : Measured <= Goal;

    /// <summary>A figure from the values of its runs.</summary>
    public static BenchFigure Of(string name, IReadOnlyCollection<double> runs, double goal, string direction, string issue = "main") =>
        new(name, issue, Math.Round(Median(runs), 3), goal, direction, runs.Count);

    /// <summary>The middle value; of an even number the mean of the two in the middle.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>How figures are written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<BenchFigure>))]
internal sealed partial class BenchJsonContext : JsonSerializerContext;
