using System.Globalization;

namespace Shale.Vitess;

/// <summary>
/// What a keyspace is called in the VSchema of one statement where it is of the past: its name, @, and the number of the moment among those of the statement. No keyspace has an @ in its
/// name, and users never see it: <see cref="PastSession.Readable"/>.
/// </summary>
internal static class PastNames
{
    private const char Mark = '@';

    /// <summary>The name of a keyspace at a moment; its own for moment 0, which is the present.</summary>
    public static string Of(string keyspace, int moment) => moment == 0 ? keyspace : string.Create(CultureInfo.InvariantCulture, $"{keyspace}{Mark}{moment}");

    /// <summary>The moment of a name; 0 for the present.</summary>
    public static int MomentOf(string name)
    {
        var at = name.LastIndexOf(Mark);
        return at > 0 && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var moment) ? moment : 0;
    }

    /// <summary>Whether a name is of this kind.</summary>
    public static bool Is(string name) => MomentOf(name) > 0;
}
