using System.Globalization;
using Xunit.Abstractions;

namespace Shale.Sql.Tests;

/// <summary>Seeds and rounds of random tests: SHALE_SEED replays a run, SHALE_ROUNDS asks for more of them.</summary>
internal static class Seeds
{
    /// <summary>The seed of this run, printed with the command that replays it.</summary>
    public static int Print(ITestOutputHelper output, int? fixedSeed = null)
    {
        var seed = Read("SHALE_SEED") ?? fixedSeed ?? 1;
        output.WriteLine($"seed {seed}; again: SHALE_SEED={seed} dotnet test tests/Shale.Sql.Tests");
        return seed;
    }

    public static int Rounds(int usual) => Read("SHALE_ROUNDS") ?? usual;

    private static int? Read(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
