using System.Buffers;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>
/// Time zones that AT TIME ZONE names: UTC, fixed offsets, and zones of the IANA database (Area/City) with the rules that this machine has of them.
/// Offsets before 1973 had seconds in places, which .NET does not hold: such times are refused.
/// </summary>
internal static class PostgresZones
{
    private const int FirstYear = 1973;

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-");

    /// <summary>What clocks in the zone show at a time of UTC. Errors: 22023, 0A000.</summary>
    public static DateTime FromUtc(DateTime utc, string zone) => Find(zone) is { } rules ? utc + OffsetAt(rules, utc) : utc + PgDateMath.Zone(zone);

    /// <summary>
    /// The time of UTC at which clocks in the zone show a time. Shown twice, it is the second; never shown, it is taken for what clocks would have shown had they not been put forward.
    /// Errors: 22023, 0A000.
    /// </summary>
    public static DateTime ToUtc(DateTime local, string zone)
    {
        if (Find(zone) is not { } rules) return local - PgDateMath.Zone(zone);
        var before = local - OffsetAt(rules, local.AddDays(-1));
        var after = local - OffsetAt(rules, local.AddDays(1));
        return after + OffsetAt(rules, after) == local ? after : before;
    }

    private static TimeSpan OffsetAt(TimeZoneInfo rules, DateTime utc)
    {
        if (utc.Year < FirstYear) throw SqlErrors.Unsupported($"a time before {FirstYear} in the time zone \"{rules.Id}\"");
        return rules.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
    }

    // Names without an area are abbreviations or zones, and PostgreSQL has its own list of which.
    private static TimeZoneInfo? Find(string zone)
    {
        var name = zone.Trim();
        if (!name.Contains('/', StringComparison.Ordinal) || name.StartsWith("etc/", StringComparison.OrdinalIgnoreCase) || name.AsSpan().ContainsAnyExcept(Letters)) return null;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var rules) || !rules.HasIanaId)
            throw SqlErrors.Data($"time zone \"{zone}\" not recognized", "22023", "Write it as the IANA database does, as in Europe/Oslo.");
        return rules;
    }
}
