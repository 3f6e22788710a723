using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Options of CREATE SEQUENCE and of identity columns.</summary>
public static class SequenceOptions
{
    /// <summary>A sequence with its options applied. MINVALUE and MAXVALUE are kept only where they are the default; others and CYCLE are QUERY_ERROR (0A000).</summary>
    public static VSequence Apply(VSequence sequence, NodeList<OptionItem> options)
    {
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
                case "minvalue" when option.Value is null or "1":
                case "maxvalue" when option.Value is null or "9223372036854775807":
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
