using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Answers SHOW: the lists of Vitess, and variables of the session.</summary>
internal static class ShowStatements
{
    /// <summary>The rows; NOT_FOUND (42704) for what there is not.</summary>
    public static async ValueTask<RowSet> RunAsync(ShowStatement show, GateSession session, CancellationToken cancellationToken) => show.What switch
    {
        "keyspaces" or "databases" => List(show, ["keyspace"], session.Catalog.VSchema.WithoutBranches().Keyspaces.Keys.Select(name => new string?[] { name })),
        "tables" => List(show, ["table", "type"], SchemaLists.Tables(Named(show, session)).Select(table => new string?[] { table.Name, table.Type })),
        "views" => List(show, ["view", "definition"], Named(show, session).Views.Values.Select(view => new string?[] { view.Name, view.CreateSql })),
        "sequences" => List(show, ["sequence", "start", "increment"], Named(show, session).Sequences.Values.Select(sequence => new string?[]
        {
            sequence.Name, Number(sequence.Start), Number(sequence.Increment),
        })),
        "indexes" => List(show, ["index", "table", "unique", "columns"], Indexes(show, session)),
        "create table" => SchemaLists.Text(["table", "definition"], [Definition(session.Catalog.Require(show.On!).Table)]),
        "vitess_shards" => List(show, ["shard"], session.Catalog.VSchema.WithoutBranches().Keyspaces.Values.SelectMany(keyspace =>
            keyspace.Shards.Select(shard => new string?[] { $"{keyspace.Name}/{shard}" }))),
        "vitess_tablets" => await TabletsAsync(show, session, cancellationToken),
        "vschema tables" => List(show, ["table", "placement", "sharding columns", "vindex"], Named(show, session).Tables.Values.Select(table => new[]
        {
            table.Name, SchemaLists.PlaceOf(table), string.Join(", ", table.ShardColumns), table.Vindex,
        })),
        "vschema vindexes" => List(show, ["name", "type", "params", "tables", "columns", "state"], Vindexes(show, session)),
        "vschema keyspaces" => List(show, ["keyspace", "sharded", "shards"], session.Catalog.VSchema.WithoutBranches().Keyspaces.Values.Select(keyspace => new string?[]
        {
            keyspace.Name, keyspace.Sharded ? "true" : "false", string.Join(" ", keyspace.Shards),
        })),
        _ => Variable(show, session),
    };

    private static RowSet List(ShowStatement show, string[] columns, IEnumerable<string?[]> rows) =>
        SchemaLists.Text(columns, SchemaLists.Matching(rows, show.Like));

    private static VKeyspace Named(ShowStatement show, GateSession session) =>
        show.On is null ? session.Keyspace : session.Catalog.VSchema.Get(show.On.Name.Name);

    /// <summary>Functions, and lookup vindexes with the table of their entries and how far they are. Columns belong to tables: of a function they are listed for one table only.</summary>
    private static IEnumerable<string?[]> Vindexes(ShowStatement show, GateSession session)
    {
        var keyspace = session.Keyspace;
        if (show.On is not null)
        {
            var table = session.Catalog.Require(show.On).Table;
            string?[][] primary = table.Vindex is null ? [] : [Row(keyspace.Vindexes[table.Vindex], table.Name, string.Join(", ", table.ShardColumns))];
            return primary.Concat(LookupsOf(table));
        }

        return keyspace.Vindexes.Values.Select(vindex => Row(vindex, string.Join(", ", keyspace.Tables.Values
            .Where(table => VSchemaNames.Comparer.Equals(table.Vindex ?? "", vindex.Name)).Select(table => table.Name)), null)).Concat(keyspace.Tables.Values.SelectMany(LookupsOf));

        string?[] Row(VindexDefinition vindex, string tables, string? columns) =>
            [vindex.Name, vindex.Type, string.Join(", ", vindex.Params.Select(each => $"{each.Key}={each.Value}")), tables, columns, null];

        IEnumerable<string?[]> LookupsOf(VTable table) => table.Lookups.Select(lookup => new string?[]
        {
            lookup.Name, lookup.Type, $"table={lookup.Table}", table.Name, string.Join(", ", lookup.Columns), LookupStatements.StateOf(lookup, keyspace.Name, session.Fills),
        });
    }

    private static IEnumerable<string?[]> Indexes(ShowStatement show, GateSession session)
    {
        var tables = show.On is null ? session.Keyspace.Tables.Values : [session.Catalog.Require(show.On).Table];
        return tables.SelectMany(table => table.Indexes.Select(index => new string?[]
        {
            index.Name, table.Name, index.Unique ? "true" : "false", string.Join(", ", index.Columns),
        }));
    }

    private static string?[] Definition(VTable table) => [table.Name, table.CreateSql];

    private static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async ValueTask<RowSet> TabletsAsync(ShowStatement show, GateSession session, CancellationToken cancellationToken)
    {
        var rows = new List<string?[]>();
        foreach (var tablet in session.Tablets.Tablets)
        {
            var health = await tablet.HealthAsync(cancellationToken);
            rows.Add(
            [
                $"{tablet.Keyspace}/{tablet.Shard}", "PRIMARY", health.Healthy ? "SERVING" : "NOT_SERVING",
                tablet.Engine == StorageEngineType.Sqlite ? "sqlite" : "postgres", Number(health.QueryCount),
                health.Retention is { Oldest: > 0 } kept ? DateTimeOffset.FromUnixTimeMilliseconds(kept.Oldest).ToString("yyyy-MM-dd HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture) : null,
                health.Retention?.Shortened, health.Retention?.Failure,
            ]);
        }

        return List(show, ["shard", "type", "state", "engine", "queries", "oldest", "shortened", "failure"], rows);
    }

    private static RowSet Variable(ShowStatement show, GateSession session)
    {
        var value = show.What switch
        {
            "server_version" => "15.0 (Shale)",
            "server_encoding" or "client_encoding" => "UTF8",
            "standard_conforming_strings" => "on",
            "datestyle" => "ISO, MDY",
            "timezone" or "time zone" => "UTC",
            "search_path" => "public",
            "transaction isolation level" or "transaction_isolation" or "default_transaction_isolation" =>
                session.Dialect == SqlDialect.Sqlite ? "serializable" : "read committed",
            "dialect" => session.Dialect == SqlDialect.Sqlite ? "sqlite" : "postgres",
            "target" => session.Keyspace.Name,
            _ => throw new VitessException(ErrorCodes.NotFound, $"unrecognized configuration parameter \"{show.What}\"", sqlState: "42704",
                hint: "SHOW PROCESSLIST, KEYSPACES, TABLES, VIEWS, INDEXES, SEQUENCES, CREATE TABLE t, VSCHEMA TABLES, VSCHEMA VINDEXES, VITESS_SHARDS and VITESS_TABLETS list what there is."),
        };
        return SchemaLists.Text([show.What.Replace(' ', '_')], [[value]]);
    }
}
