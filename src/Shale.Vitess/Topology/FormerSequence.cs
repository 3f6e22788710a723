namespace Shale.Vitess;

/// <summary>How far a sequence had come that was dropped, restarted or turned round: if a VSchema of the past comes back, it goes on from there (SEMANTICS S2.6).</summary>
/// <param name="Highest">The first value that nobody has reserved while it rose; null if it never did.</param>
/// <param name="Lowest">The same while it fell.</param>
/// <param name="Version">The version of the VSchema that did it: only those before know the sequence as it was.</param>
internal sealed record FormerSequence(Int128? Highest, Int128? Lowest, long Version)
{
    /// <summary>The one that has come further of two.</summary>
    public static FormerSequence Of(FormerSequence? known, VSequence sequence, Int128 next, long version)
    {
        known ??= new FormerSequence(null, null, version);
        return sequence.Increment > 0
            ? known with { Highest = known.Highest > next ? known.Highest : next, Version = version }
            : known with { Lowest = known.Lowest < next ? known.Lowest : next, Version = version };
    }

    /// <summary>The furthest of two.</summary>
    public FormerSequence Beside(FormerSequence other) => new(
        Highest is null || other.Highest > Highest ? other.Highest : Highest, Lowest is null || other.Lowest < Lowest ? other.Lowest : Lowest, Math.Max(Version, other.Version));

    /// <summary>Where a sequence goes on.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="next">Where it would; null for its start.</param>
    public Int128? Next(VSequence sequence, Int128? next) => sequence.Increment > 0
        ? Highest > next || next is null ? Highest ?? next : next
        : Lowest < next || next is null ? Lowest ?? next : next;
}
