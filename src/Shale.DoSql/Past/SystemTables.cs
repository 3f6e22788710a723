using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>The tables that say what the log holds: <c>dosql_branches</c>, <c>dosql_snapshots</c>, and <c>dosql_log</c>, whose argument is a branch.</summary>
internal static class SystemTables
{
    /// <summary>Gives them to a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="store">The log.</param>
    /// <param name="branch">Its branch: whose log <c>dosql_log</c> is if none is named.</param>
    public static void Register(SqliteConnection connection, PageStore store, string branch)
    {
        connection.Register(new RowsDefinition("dosql_branches", ["name TEXT", "head INTEGER", "version INTEGER", "parent TEXT", "since INTEGER"], [], "name", _ => Branches(store)));
        connection.Register(new RowsDefinition("dosql_snapshots", ["name TEXT", "branch TEXT", "lsn INTEGER", "version INTEGER"], [], "name", _ => Snapshots(store)));
        connection.Register(new RowsDefinition(
            "dosql_log", ["lsn INTEGER", "version INTEGER", "branch TEXT", "timestamp TEXT", "rows_changed INTEGER", "message TEXT"], ["of_branch"], "of_branch, lsn",
            request =>
            {
                var arguments = request.Arguments;

                // As far as the connection sees: rows and log are of one version. Other branches have commits of their own.
                var other = arguments[0].Kind == SqlValueKind.Text && arguments[0].AsText() != branch;
                return Commits(store, other ? arguments[0].AsText() : branch, other || !connection.InTransaction ? null : connection.PagedVersion);
            }));
    }

    private static IEnumerable<SqlValue[]> Branches(PageStore store) => store.Branches.Select(branch => new[]
    {
        SqlValue.Text(branch.Name), SqlValue.Integer(branch.Head.Value), SqlValue.Integer(branch.Version), SqlValue.Text(branch.Parent), SqlValue.Integer(branch.Since.Value),
    });

    private static IEnumerable<SqlValue[]> Snapshots(PageStore store) => store.Snapshots.Select(snapshot => new[]
    {
        SqlValue.Text(snapshot.Name), SqlValue.Text(snapshot.Branch), SqlValue.Integer(snapshot.Lsn.Value), SqlValue.Integer(snapshot.Version),
    });

    private static IEnumerable<SqlValue[]> Commits(PageStore store, string branch, Lsn? until) => store.CommitsOf(branch, until).Select(commit => new[]
    {
        SqlValue.Integer(commit.Lsn.Value), SqlValue.Integer(commit.Version), SqlValue.Text(commit.Branch),
        SqlValue.Text(TimestampText.WriteSqlite(commit.Time.ToMoment())), SqlValue.Integer(commit.Rows), SqlValue.Text(store.MessageOf(commit.Lsn)),
    });
}
