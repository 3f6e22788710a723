using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>A keyspace <c>main</c> with one table <c>t</c>, sharded by <c>id</c>, that has lookup vindexes; a start makes the tables on the shards.</summary>
internal static class LookupSchema
{
    /// <summary>The table: <c>n</c> has a unique lookup, <c>a, b</c> together another, <c>tag</c> one that is not unique.</summary>
    /// <remarks>In dialect sqlite <c>id</c> is the rowid, by which SQLite comes to the rows.</remarks>
    public static string TableOf(SqlDialect dialect) => dialect == SqlDialect.Sqlite ? Table.Replace("BIGINT", "INTEGER", StringComparison.Ordinal) : Table;

    private const string Table = "CREATE TABLE t (id BIGINT PRIMARY KEY, n INT UNIQUE, a INT, b TEXT, tag TEXT, v INT CHECK (v < 1000), UNIQUE (a, b))";

    private static readonly VLookup[] Lookups = [new("t_n_key", ["n"], "t_n", true), new("t_a_b_key", ["a", "b"], "t_a_b", true), new("t_tag", ["tag"], "t_tag", false)];

    /// <summary>The VSchema.</summary>
    /// <param name="shards">How many shards.</param>
    /// <param name="dialect">The dialect of its tables.</param>
    /// <param name="only">The names of the lookups that it has; none for all.</param>
    public static VSchema Of(int shards, SqlDialect dialect = SqlDialect.Postgres, params string[] only)
    {
        VLookup[] lookups = [.. Lookups.Where(lookup => only.Length == 0 || only.Contains(lookup.Name))];
        var keyspace = VKeyspace.Create("main", KeyRange.Split(shards), sharded: true);
        keyspace = keyspace with { Vindexes = keyspace.Vindexes.Add("hash", VindexDefinition.Plain("hash")) };
        keyspace = With(keyspace, Named(TableOf(dialect), dialect, "id") with { Lookups = [.. lookups] });
        foreach (var lookup in lookups)
        {
            var columns = string.Join(", ", lookup.Columns);
            var typed = string.Join(", ", lookup.Columns.Select(column => $"{column} {(column is "b" or "tag" ? "TEXT" : "INT")} NOT NULL"));
            var bytes = dialect == SqlDialect.Sqlite ? "BLOB" : "BYTEA";
            keyspace = With(keyspace, Named($"CREATE TABLE {lookup.Table} ({typed}, keyspace_id {bytes} NOT NULL, PRIMARY KEY ({columns}{(lookup.Unique ? "" : ", keyspace_id")}))", dialect, [.. lookup.Columns]));
        }

        return VSchema.Empty.WithKeyspace(keyspace);
    }

    private static VTable Named(string create, SqlDialect dialect, params string[] key)
    {
        var schema = TableSchemas.From((CreateTableStatement)SqlParser.Parse(create, dialect), dialect);
        return new VTable(schema.Name, VTableKind.Sharded, [.. key], "hash", null, schema, create, dialect, []);
    }

    private static VKeyspace With(VKeyspace keyspace, VTable table) => keyspace with { Tables = keyspace.Tables.Add(table.Name, table) };
}
