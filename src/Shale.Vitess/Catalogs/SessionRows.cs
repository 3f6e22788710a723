using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What PostgreSQL's catalog has of sessions and what they do: of those of doors that stay connected, and statements that come without one.</summary>
/// <param name="model">The numbers of databases.</param>
/// <param name="processes">What runs, and the doors; null for nothing.</param>
internal sealed class SessionRows(CatalogModel model, ProcessList? processes)
{
    private const string Backend = "client backend";

    /// <summary><c>pg_stat_activity</c>. What came without a session has no number, for a number names a session to be ended.</summary>
    public IEnumerable<CatalogRow> Activity()
    {
        if (processes is null) yield break;
        foreach (var session in processes.Doors.SelectMany(door => door.Sessions())) yield return RowOf(session);

        // One may end while it is looked at: what is gone is not shown.
        foreach (var statement in processes.Running())
        {
            var (request, session) = (statement.Request, statement.Session);
            if (request is null or { Session: not null }) continue;
            var database = session?.Keyspace.Name ?? model.Catalog.Keyspace.Name;
            yield return new CatalogRow
            {
                { "datid", OidOf(database) }, { "datname", database }, { "usesysid", CatalogRows.Role }, { "usename", CatalogRows.RoleName }, { "application_name", "" }, { "client_hostname", request.Client },
                { "state", "active" }, { "query", request.Sql }, { "backend_type", Backend },
            };
        }
    }

    /// <summary><c>pg_locks</c>: advisory locks. Those of rows and tables are the shards' own.</summary>
    public IEnumerable<CatalogRow> Locks()
    {
        foreach (var each in processes?.Doors.SelectMany(door => door.Locks()) ?? [])
        {
            var (high, low) = each.Second is { } second ? (each.First, second) : (each.First >> 32, each.First);
            yield return new CatalogRow
            {
                { "locktype", "advisory" }, { "database", OidOf(each.Database) }, { "classid", high & uint.MaxValue }, { "objid", low & uint.MaxValue }, { "objsubid", each.Second is null ? 1 : 2 },
                { "virtualtransaction", $"{each.Process}/0" }, { "pid", each.Process }, { "mode", each.IsExclusive ? "ExclusiveLock" : "ShareLock" }, { "granted", each.WaitsSince is null }, { "fastpath", false },
                { "waitstart", Moment(each.WaitsSince) },
            };
        }
    }

    private CatalogRow RowOf(DoorSession session) => new()
    {
        { "datid", OidOf(session.Database) }, { "datname", session.Database }, { "pid", session.Process }, { "usesysid", CatalogRows.Role }, { "usename", CatalogRows.RoleName },
        { "application_name", session.Application }, { "client_addr", session.Client?.Address.ToString() }, { "client_port", session.Client?.Port ?? -1 }, { "backend_start", Moment(session.Began) },
        { "xact_start", Moment(session.TransactionBegan) }, { "query_start", Moment(session.StatementBegan) }, { "state_change", Moment(session.Changed) }, { "wait_event_type", WaitOf(session).Type },
        { "wait_event", WaitOf(session).Event }, { "state", session.State }, { "query", session.Statement }, { "backend_type", Backend },
    };

    private static (string? Type, string? Event) WaitOf(DoorSession session) => session.State == "active" ? (null, null) : ("Client", "ClientRead");

    private long OidOf(string database) => model.Databases.TryGetValue(database, out var oid) ? oid : 0;

    private static SqlValue Moment(DateTimeOffset? time) => time is { } known ? SqlValue.Text(known.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.FFFFFF'+00'", CultureInfo.InvariantCulture)) : SqlValue.Null;
}
