using System.Text.Json;
using Shale.Cli.Bench;

namespace Shale.Cli.Tests;

public class BenchTests
{
    [Fact]
    public void Figures_AsJson_HaveTheAgreedNames()
    {
        IReadOnlyList<BenchFigure> figures = [BenchFigure.Of("load", [0.5, 0.9, 0.8], 0.7, BenchFigure.AtLeast)];

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(figures, BenchJsonContext.Default.IReadOnlyListBenchFigure));

        var figure = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(["name", "issue", "measured", "goal", "direction", "holds", "runs"], figure.EnumerateObject().Select(member => member.Name));
        Assert.Equal(0.8, figure.GetProperty("measured").GetDouble());
        Assert.Equal("main", figure.GetProperty("issue").GetString());
        Assert.True(figure.GetProperty("holds").GetBoolean());
        Assert.Equal(3, figure.GetProperty("runs").GetInt32());
    }

    [Theory]
    [InlineData(BenchFigure.AtLeast, 0.69, false)]
    [InlineData(BenchFigure.AtLeast, 0.7, true)]
    [InlineData(BenchFigure.MoreThan, 0.7, false)]
    [InlineData(BenchFigure.MoreThan, 0.71, true)]
    [InlineData(BenchFigure.AtMost, 0.7, true)]
    [InlineData(BenchFigure.AtMost, 0.71, false)]
    public void Holds_AtTheBar_Counts(string direction, double measured, bool holds) =>
        Assert.Equal(holds, BenchFigure.Of("x", [measured], 0.7, direction).Holds);

    [Fact]
    public void ToCompare_HasNoBarAndHolds()
    {
        IReadOnlyList<BenchFigure> figures = [BenchFigure.ToCompare("peer", [0.5], "pg")];

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(figures, BenchJsonContext.Default.IReadOnlyListBenchFigure));

        var figure = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(JsonValueKind.Null, figure.GetProperty("goal").ValueKind);
        Assert.True(figure.GetProperty("holds").GetBoolean());
    }

    [Fact]
    public void Allocations_OfKnownWork_AreCounted()
    {
        var kept = new object[1_000];

        // Other tests of this process allocate meanwhile, but none of these.
        var counted = AllocationCounter.ObjectsPerCall(
            400_000,
            calls =>
            {
                for (var i = 0; i < 2 * calls; i++) kept[i % kept.Length] = new Probe();
            },
            type => type.EndsWith(nameof(Probe), StringComparison.Ordinal));

        Assert.InRange(counted, 1.5, 2.5);
    }

    private sealed class Probe
    {
        public long A { get; set; }

        public decimal B { get; set; }

        public decimal C { get; set; }

        public decimal D { get; set; }

        public decimal E { get; set; }
    }
}
