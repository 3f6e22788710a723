using System.Text.Json.Serialization;

namespace Shale.Cli.Bench;

/// <summary>One measured figure and its bar.</summary>
/// <param name="Name">What was measured, and in what unit.</param>
/// <param name="Issue">The part of the product that it belongs to.</param>
/// <param name="Measured">The median of the runs.</param>
/// <param name="Goal">The bar; null for a figure that stands beside others to compare them by.</param>
/// <param name="Direction">"at least", "more than" or "at most"; "no bar" without one.</param>
/// <param name="Runs">How many runs the median is taken of.</param>
internal sealed record BenchFigure(string Name, string Issue, double Measured, double? Goal, string Direction, [property: JsonPropertyOrder(1)] int Runs)
{
    /// <summary>The word for bars that must be reached.</summary>
    public const string AtLeast = "at least";

    /// <summary>The word for bars that must be passed.</summary>
    public const string MoreThan = "more than";

    /// <summary>The word for bars that must not be passed.</summary>
    public const string AtMost = "at most";

    private const string NoBar = "no bar";

    /// <summary>Whether the bar holds; true without one.</summary>
    public bool Holds => Direction switch
    {
        AtLeast => Measured >= Goal,
        MoreThan => Measured > Goal,
        AtMost => Measured <= Goal,
        _ => true,
    };

    /// <summary>A figure from the values of its runs.</summary>
    public static BenchFigure Of(string name, IReadOnlyCollection<double> runs, double goal, string direction, string issue = "main") =>
        new(name, issue, Math.Round(Median(runs), 3), goal, direction, runs.Count);

    /// <summary>A figure without a bar.</summary>
    public static BenchFigure ToCompare(string name, IReadOnlyCollection<double> runs, string issue) => new(name, issue, Math.Round(Median(runs), 3), null, NoBar, runs.Count);

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
