using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Options of CREATE SEQUENCE and of identity columns.</summary>
public static class SequenceOptions
{
    /// <summary>A new sequence. One that falls starts at -1 unless told otherwise: that is PostgreSQL's MAXVALUE of it. Errors: as <see cref="Apply"/>.</summary>
    public static VSequence Made(string name, NodeList<OptionItem> options)
    {
        var made = Apply(new VSequence(name), options);
        return made.Increment < 0 && options.All(option => option.Name != "start") ? made with { Start = -1 } : made;
    }

    /// <summary>A sequence with its options applied. MINVALUE and MAXVALUE are kept only where they are the default; others and CYCLE are QUERY_ERROR (0A000).</summary>
    public static VSequence Apply(VSequence sequence, NodeList<OptionItem> options)
    {
        var falls = (options.LastOrDefault(option => option.Name == "increment") is { } given ? Number(given) : sequence.Increment) < 0;
        foreach (var option in options)
        {
            switch (option.Name)
            {
                case "start":
                    sequence = sequence with { Start = Number(option) };
                    break;
                case "increment":
                    sequence = sequence with { Increment = Number(option) };
                    if (sequence.Increment == 0) throw new VitessException(ErrorCodes.QueryError, "INCREMENT must not be zero", sqlState: "22023");
                    break;
                case "cache":
                    sequence = sequence with { Cache = Number(option) };
                    if (sequence.Cache < 1) throw new VitessException(ErrorCodes.QueryError, $"CACHE ({sequence.Cache}) must be greater than zero", sqlState: "22023");
                    break;
                case "minvalue" when option.Value is null || Number(option) == (falls ? long.MinValue : 1):
                case "maxvalue" when option.Value is null || Number(option) == (falls ? -1 : long.MaxValue):
                case "cycle" when option.Value is null or "false":
                case "owned by" or "as":
                    break;
                default:
                    throw new VitessException(ErrorCodes.QueryError, $"the option {option.Name.ToUpperInvariant()} {option.Value} of a sequence is not built", sqlState: "0A000",
                        hint: "START, INCREMENT and CACHE are.");
            }
        }

        return sequence;
    }

    internal static long Number(OptionItem option) => long.TryParse(option.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new VitessException(ErrorCodes.SyntaxError, $"{option.Name.ToUpperInvariant()} {option.Value} is not a whole number");
}
