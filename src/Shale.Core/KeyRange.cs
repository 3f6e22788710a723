using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Shale;

/// <summary>
/// A shard's share of the ring, written as Vitess does: <c>-80</c>, <c>40-80</c>, <c>80-</c>, <c>-</c>. The start is inside, the end is
/// not; hex digits are padded with zeros on the right to eight bytes (spec 1.6).
/// </summary>
public readonly record struct KeyRange
{
    private KeyRange(ulong start, ulong? end)
    {
        Start = new KeyspaceId(start);
        End = end is { } value ? new KeyspaceId(value) : null;
    }

    /// <summary>Everything: <c>-</c>.</summary>
    public static KeyRange All => new(0, null);

    /// <summary>The first id inside.</summary>
    public KeyspaceId Start { get; }

    /// <summary>The first id behind it; null for the end of the ring.</summary>
    public KeyspaceId? End { get; }

    /// <summary>Whether the id lies inside.</summary>
    public bool Contains(KeyspaceId id) => id >= Start && (End is not { } end || id < end);

    /// <summary>Reads the notation.</summary>
    /// <returns>False for anything but two hex strings of at most sixteen digits around one dash, the start before the end.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out KeyRange range)
    {
        range = default;
        var dash = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (dash < 0 || text!.IndexOf('-', dash + 1) >= 0) return false;
        if (!TryParseBound(text.AsSpan(0, dash), out var start) || !TryParseBound(text.AsSpan(dash + 1), out var end)) return false;
        if (end is { } bound && (start ?? 0) >= bound) return false;
        range = new KeyRange(start ?? 0, end);
        return true;
    }

    /// <summary>How many equal parts the ring can be split into.</summary>
    public const int MostShards = 65_536;

    /// <summary>Reads the notation; throws INVALID_SHARD_RANGE for what <see cref="TryParse"/> refuses.</summary>
    public static KeyRange Parse(string text) => TryParse(text, out var range)
        ? range
        : throw new VitessException(ErrorCodes.InvalidShardRange, $"\"{text}\" is not a key range");

    /// <summary>Splits the ring into equal parts: 4 gives <c>-40</c>, <c>40-80</c>, <c>80-c0</c>, <c>c0-</c>.</summary>
    /// <param name="count">1 to <see cref="MostShards"/>.</param>
    public static IReadOnlyList<KeyRange> Split(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostShards);
        var ranges = new KeyRange[count];
        for (var i = 0; i < count; i++) ranges[i] = new KeyRange(Bound(i), i + 1 == count ? null : Bound(i + 1));
        return ranges;

        // Bounds are cut to the fewest whole bytes that tell the parts apart, so that names stay short.
        ulong Bound(int index)
        {
            var exact = (ulong)(((UInt128)index << 64) / (UInt128)count);
            var bytes = count <= 256 ? 1 : 2;
            if (count is > 1 and <= 256 && 256 % count != 0) bytes = 2;
            return exact >> (64 - (8 * bytes)) << (64 - (8 * bytes));
        }
    }

    /// <summary>The notation, with as few digits as say the same in whole bytes.</summary>
    public override string ToString() => $"{(Start.Value == 0 ? "" : Digits(Start))}-{(End is { } end ? Digits(end) : "")}";

    private static string Digits(KeyspaceId id)
    {
        var text = id.ToString();
        var length = 16;
        while (length > 2 && text[length - 1] == '0' && text[length - 2] == '0') length -= 2;
        return text[..length];
    }

    private static bool TryParseBound(ReadOnlySpan<char> text, out ulong? bound)
    {
        bound = null;
        if (text.IsEmpty) return true;
        if (text.Length > 16 || !ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
        bound = value << (4 * (16 - text.Length));
        return true;
    }
}
