namespace Shale.Vitess;

/// <summary>
/// A branch of a keyspace is a keyspace, whose name is that of its root, a slash, and the branch's own. All branches of one root share one space of names, from whichever of them they were made; the
/// branch <c>main</c> is the root itself. No other keyspace has a slash in its name.
/// </summary>
internal static class BranchNames
{
    /// <summary>The branch that the root itself is.</summary>
    public const string Main = "main";

    private const char Slash = '/';
    private const int MostLetters = 63;

    /// <summary>Whether a keyspace is a branch of another.</summary>
    public static bool IsBranch(string keyspace) => keyspace.Contains(Slash, StringComparison.Ordinal);

    /// <summary>The keyspace that is no branch, whose shards hold this one.</summary>
    public static string RootOf(string keyspace) => keyspace.IndexOf(Slash, StringComparison.Ordinal) is var at and >= 0 ? keyspace[..at] : keyspace;

    /// <summary>The branch's own name.</summary>
    public static string NameOf(string keyspace) => keyspace.IndexOf(Slash, StringComparison.Ordinal) is var at and >= 0 ? keyspace[(at + 1)..] : Main;

    /// <summary>Whether two keyspaces are branches of one root, or that itself: their shards are the same logs.</summary>
    public static bool AreOfOneRoot(string keyspace, string other) => VSchemaNames.Comparer.Equals(RootOf(keyspace), RootOf(other));

    /// <summary>The keyspace that a branch beside a keyspace is.</summary>
    public static string Of(string keyspace, string branch) => branch == Main ? RootOf(keyspace) : RootOf(keyspace) + Slash + branch;

    /// <summary>QUERY_ERROR (42602) for what cannot be the name of a branch.</summary>
    public static void Require(string branch)
    {
        if (branch.Length is >= 1 and <= MostLetters && char.IsAsciiLetterOrDigit(branch[0]) && !branch.Contains("..", StringComparison.Ordinal) && branch.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) return;
        throw new VitessException(ErrorCodes.QueryError, $"\"{branch}\" cannot be the name of a branch", sqlState: "42602", hint: "Use 1 to 63 letters, digits and - _ . with a letter or digit first, and no '..'.");
    }

    /// <summary>TT_BRANCH_NOT_FOUND.</summary>
    public static VitessException Missing(string keyspace, string branch) =>
        new(ErrorCodes.BranchNotFound, $"keyspace \"{RootOf(keyspace)}\" has no branch \"{branch}\"", hint: "SELECT * FROM dosql_branches lists those there are; CALL dosql_branch('name') makes one.");
}
