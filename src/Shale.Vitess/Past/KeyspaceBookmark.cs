using System.Globalization;

namespace Shale.Vitess;

/// <summary>The text that names a moment of a keyspace: its time as 16 hex digits, a dot, and the keyspace; so bookmarks sort by time (SEMANTICS S5.2).</summary>
internal static class KeyspaceBookmark
{
    private const int TimeLength = 16;

    /// <summary>The bookmark of a time.</summary>
    public static string Of(HlcTimestamp time, string keyspace) => string.Create(CultureInfo.InvariantCulture, $"{time.Value:x16}.{keyspace}");

    /// <summary>Whether a text has the form of a bookmark.</summary>
    public static bool Is(string text) => text.Length > TimeLength + 1 && text[TimeLength] == '.' && text.AsSpan(0, TimeLength).IndexOfAnyExceptInRange('0', 'f') < 0;

    /// <summary>The time of a bookmark, and its keyspace: the given one, or another branch of its root. TT_INVALID_SYNTAX for a text that is none, or one of another keyspace.</summary>
    public static (HlcTimestamp Time, string Keyspace) Read(string text, string keyspace)
    {
        if (text.Length <= TimeLength + 1 || text[TimeLength] != '.' || !long.TryParse(text.AsSpan(0, TimeLength), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var time) || time < 0)
        {
            throw new VitessException(ErrorCodes.InvalidPoint, $"\"{text}\" is no bookmark of a keyspace", hint: "Give the text that a statement gave out, as it is.");
        }

        var of = text[(TimeLength + 1)..];
        if (!BranchNames.AreOfOneRoot(of, keyspace))
        {
            throw new VitessException(ErrorCodes.InvalidPoint, $"\"{text}\" is a bookmark of another keyspace than \"{keyspace}\"", hint: "Name its keyspace as the target, or in front of the table.");
        }

        return (new HlcTimestamp(time), of);
    }
}
