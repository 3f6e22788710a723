using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Finds the table that a period is of, and makes of it one that has the columns of a period and promises nothing about its rows.</summary>
/// <param name="times">The VSchemas of the past.</param>
/// <param name="current">The VSchema as it is now.</param>
internal sealed class PeriodTable(SchemaTimes times, VSchema current)
{
    /// <summary>
    /// The table. TT_INVALID_SYNTAX for what is no table, NOT_FOUND (42P01), and TT_NOT_SUPPORTED where its rows have lived by another key in what is kept: then they have moved between shards
    /// without having changed, and no shard knows when they began.
    /// </summary>
    /// <param name="head">The keyspace, as the statement reads it.</param>
    /// <param name="name">The name.</param>
    public VTable Find(KeyspaceCut head, Identifier name)
    {
        var keyspace = head.Keyspace;
        int? position = name.Span.Length > 0 ? name.Span.Start + 1 : null;
        if (keyspace.FindTable(name.Name) is not { Schema: not null } table)
        {
            throw keyspace.HasRelation(name.Name)
                ? new VitessException(ErrorCodes.InvalidPoint, $"\"{name.Name}\" is no table with rows of its own, so that it has no history", hint: "Write FOR SYSTEM_TIME behind the stored tables that it reads.", position: position)
                : new VitessException(ErrorCodes.NotFound, $"relation \"{name.Name}\" does not exist", sqlState: "42P01", hint: NearestName.Hint(name.Name, keyspace.Tables.Keys), position: position);
        }

        if (table.Schema.PrimaryKey.Count == 0)
        {
            throw new VitessException(ErrorCodes.TimeTravelNotSupported, $"the table \"{table.Name}\" has no primary key: nothing says which version is of which row",
                hint: "Read single points, FOR SYSTEM_TIME AS OF, or give the table a primary key: its history begins then.", position: position);
        }

        if (keyspace.Shards.Length > 1) RequireOnePlace(keyspace, table, head.Time);
        return table;
    }

    /// <summary>The keyspace with nothing but the table in a period.</summary>
    public static VKeyspace Alone(VKeyspace keyspace, VTable table, SqlDialect dialect)
    {
        var time = dialect == SqlDialect.Postgres ? new SqlType(SqlTypeKind.TimestampTz) : new SqlType(SqlTypeKind.Text);
        var declared = dialect == SqlDialect.Postgres ? "TIMESTAMPTZ" : "TEXT";
        ColumnSchema[] added = [new("_dosql_version", new SqlType(SqlTypeKind.Int8), "BIGINT"), new("_dosql_valid_from", time, declared), new("_dosql_valid_to", time, declared)];
        var schema = new TableSchema(ShardPeriod.Relation, [.. table.Schema!.Columns.Select(Plain), .. added]) { Dialect = table.Schema.Dialect, WithoutRowId = true, HiddenColumns = added.Length };
        var alone = table with { Name = ShardPeriod.Relation, Schema = schema, AutoIncrement = null, Indexes = [], Lookups = [], Triggers = [] };
        var none = VKeyspace.Create(keyspace.Name, [.. keyspace.Shards], keyspace.Sharded);
        return keyspace with { Tables = none.Tables.Add(alone.Name, alone), Views = none.Views, Sequences = none.Sequences };
    }

    // A version may be older than what the column says of its values now.
    private static ColumnSchema Plain(ColumnSchema column) => column with { NotNull = false, Default = null, Generated = false, AutoNumber = false, IsIdentity = false, IsIdentityAlways = false };

    private void RequireOnePlace(VKeyspace keyspace, VTable table, HlcTimestamp time)
    {
        if (!times.KnowsOrigin(current, keyspace))
        {
            throw new VitessException(ErrorCodes.TimeTravelNotSupported, $"\"{keyspace.Name}\" was made of a branch that has been dropped: nobody knows on which shards the rows of table \"{table.Name}\" were there",
                hint: "Read single points, FOR SYSTEM_TIME AS OF.");
        }

        var later = keyspace;
        foreach (var earlier in times.UpTo(current, keyspace, time))
        {
            var isSame = earlier.FindTable(table.Name) is { } then
                ? then.Kind == table.Kind && then.Vindex == table.Vindex && then.ShardColumns.SequenceEqual(table.ShardColumns, VSchemaNames.Comparer) && Equals(earlier.VindexOf(then), keyspace.VindexOf(table))
                    && earlier.Shards.SequenceEqual(keyspace.Shards)
                : later.FindTable(table.Name) is null || earlier.Tables.Keys.All(later.Tables.ContainsKey);
            if (!isSame)
            {
                throw new VitessException(ErrorCodes.TimeTravelNotSupported, $"the rows of table \"{table.Name}\" have been placed on the shards by another key, or the table has had another name, in what is kept",
                    hint: "Read single points, FOR SYSTEM_TIME AS OF; periods can be read once the retention window begins after that.");
            }

            later = earlier;
        }
    }
}
