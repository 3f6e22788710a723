using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Shale.Sqlite;

/// <summary>
/// The file name of a version: <c>NAME@BRANCH</c> for a branch's newest, <c>NAME@BRANCH:LSN</c> for one. The version is part of the name so that whatever SQLite keeps by file
/// name is never shared by two versions.
/// </summary>
/// <param name="Store">The name of a <see cref="PagedDatabase"/>.</param>
/// <param name="Branch">May hold anything but colons.</param>
/// <param name="At">The version, or null for the newest.</param>
internal readonly record struct PagedPath(string Store, string Branch, Lsn? At)
{
    /// <summary>Reads a name.</summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out PagedPath? parsed)
    {
        parsed = null;
        var at = path.IndexOf('@', StringComparison.Ordinal);
        if (at < 0) return false;
        var rest = path[(at + 1)..];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            parsed = new PagedPath(path[..at], rest, null);
            return true;
        }

        if (!long.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var lsn)) return false;
        parsed = new PagedPath(path[..at], rest[..colon], new Lsn(lsn));
        return true;
    }

    /// <summary>The file name. Errors: TT_BRANCH_NOT_FOUND for a branch that no file name can hold.</summary>
    public override string ToString()
    {
        if (Branch.AsSpan().ContainsAny(':', '\0')) throw new VitessException(ErrorCodes.BranchNotFound, $"there is no branch \"{Branch}\": the names of branches have no colons");
        return At is { } at ? $"{Store}@{Branch}:{at}" : $"{Store}@{Branch}";
    }
}
