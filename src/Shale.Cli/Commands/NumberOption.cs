using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Shale.Cli.Commands;

/// <summary>Options that take a number: what is none, or is out of range, is told in one sentence, in which the library would name a type of .NET.</summary>
internal static class NumberOption
{
    /// <summary>One with a range, both ends included.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="wants">What it wants, in words.</param>
    /// <param name="least">The least number.</param>
    /// <param name="most">The greatest.</param>
    public static Option<T?> Of<T>(string name, string wants, T least, T most)
        where T : struct, INumber<T> => new(name) { CustomParser = result => Read(result, name, wants, least, most) };

    /// <summary>How many shards a keyspace gets that a command may make; which numbers there are the gate says.</summary>
    public static Option<int?> Shards()
    {
        var shards = Of("--shards", "a whole number", int.MinValue, int.MaxValue);
        (shards.Description, shards.HelpName) = ("How many shards a new keyspace gets: 4 without it. Afterwards the stored number counts.", "N");
        return shards;
    }

    private static T? Read<T>(ArgumentResult result, string name, string wants, T least, T most)
        where T : struct, INumber<T>
    {
        var text = result.Tokens.Single().Value;
        if (T.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        result.AddError($"{name} wants {wants}, not \"{text}\"");
        return null;
    }
}
