using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The tables of entries on the shards, and what definitions may not do to them.</summary>
internal static class LookupDefinitions
{
    /// <summary>Makes tables of entries. What a crash has left of one by the same name, which the VSchema does not know, is removed first.</summary>
    public static async ValueTask MakeAsync(IEnumerable<VTable> entries, GateSession session, ShardDefinitions shards)
    {
        foreach (var table in entries)
        {
            await shards.EverywhereAsync($"DROP TABLE IF EXISTS {ScratchTable.Quote(table.Name)}");
            await shards.EverywhereAsync(EngineSql.CreateEntries(table, session));
        }
    }

    /// <summary>Makes the entries of all rows at once, in the transaction that has moved them. Errors: 23505.</summary>
    /// <param name="entries">The tables of the entries, empty.</param>
    /// <param name="owner">The table whose rows have moved.</param>
    /// <param name="keyspace">The keyspace with all of them.</param>
    /// <param name="session">The session.</param>
    /// <param name="shards">The shards.</param>
    public static async ValueTask FillAsync(IEnumerable<VTable> entries, VTable owner, VKeyspace keyspace, GateSession session, ShardDefinitions shards)
    {
        foreach (var made in entries)
        {
            var lookup = owner.Lookups.First(each => VSchemaNames.Comparer.Equals(each.Table, made.Name));
            var place = new TablePlace(keyspace, made, owner.Dialect);
            var table = new EntryTable(new TablePlace(keyspace, owner, owner.Dialect), place, lookup, session.Engine);
            var scan = new LookupScan(table, session.Engine);
            var rows = await shards.RowsAsync(scan.RowsSql, firstOnly: false);
            var filled = new RowSet([.. rows.Fields.Take(lookup.Columns.Length), new Field(VLookup.KeyspaceIdColumn, "bytea")], rows.RowCount);
            foreach (var row in scan.Read(rows, 0, rows.RowCount)) filled.Add([.. row.Values, EntryTable.ToValue(row.Id)]);
            try
            {
                await shards.InsertAsync(place, filled, [.. lookup.Columns, VLookup.KeyspaceIdColumn]);
            }
            catch (VitessException failure) when (failure.SqlState == "23505")
            {
                throw table.Duplicate(failure.Shard);
            }
        }
    }

    /// <summary>Removes the tables of the entries of some lookup vindexes.</summary>
    public static async ValueTask DropAsync(IEnumerable<VLookup> lookups, ShardDefinitions shards)
    {
        foreach (var lookup in lookups) await shards.EverywhereAsync($"DROP TABLE IF EXISTS {ScratchTable.Quote(lookup.Table)}");
    }

    /// <summary>Deletes all entries of tables, if they have no rows: rows that came meanwhile keep theirs, and those without a row do no harm.</summary>
    public static async ValueTask EmptyAsync(SchemaChanges schema, string keyspace, IReadOnlyList<string> owners, CancellationToken cancellationToken)
    {
        try
        {
            await schema.RunAsync(EmptyAsync, cancellationToken);
        }
        catch (VitessException)
        {
            // What had to be done is done.
        }

        async ValueTask<Func<VSchema, VSchema>> EmptyAsync(GateState state, CrossShardTransaction transaction)
        {
            var session = state.For(new Target(keyspace, null), SqlDialect.Postgres);
            var shards = new ShardDefinitions(session, transaction, cancellationToken);
            foreach (var name in owners)
            {
                if (session.Keyspace.FindTable(name) is not { } owner || (await shards.RowsAsync($"SELECT 1 FROM {ScratchTable.Quote(name)} LIMIT 1", firstOnly: false)).RowCount > 0) continue;
                foreach (var lookup in owner.Lookups) await shards.EverywhereAsync($"DELETE FROM {ScratchTable.Quote(lookup.Table)}");
            }

            return vschema => vschema;
        }
    }

    /// <summary>The VSchema without some lookup vindexes of a table, their entries, and the indexes that came with them.</summary>
    public static VSchema Without(VSchema vschema, string keyspace, string owner, IEnumerable<VLookup> lookups)
    {
        foreach (var lookup in lookups)
        {
            var table = vschema.Get(keyspace).GetTable(owner);
            if (!table.Lookups.Contains(lookup)) continue;
            vschema = vschema.WithTable(keyspace, table with
            {
                Lookups = table.Lookups.Remove(lookup),
                Indexes = table.Indexes.RemoveAll(index => IsOf(index, lookup)),
                Schema = table.Indexes.Any(index => IsOf(index, lookup)) ? TableSchemas.WithoutIndex(table.Schema!, lookup.Name) : table.Schema,
            });
            if (vschema.Get(keyspace).FindTable(lookup.Table) is not null) vschema = vschema.WithoutTable(keyspace, lookup.Table);
        }

        return vschema;
    }

    /// <summary>Whether an index and a lookup vindex were made as one: CREATE UNIQUE INDEX makes both, and so does ALTER VSCHEMA … ADD VINDEX.</summary>
    public static bool IsOf(VIndex index, VLookup lookup) => VSchemaNames.Comparer.Equals(index.Name, lookup.Name) && LookupRules.AreSame(index.Columns, lookup.Columns);

    /// <summary>The keyspace; QUERY_ERROR (55006) while a lookup vindex of it is being filled.</summary>
    /// <param name="keyspace">The keyspace.</param>
    /// <param name="what">What is to be done when that is over, for the hint.</param>
    public static VKeyspace RequireFilled(VKeyspace keyspace, string what)
    {
        var filling = keyspace.Tables.Values.SelectMany(table => table.Lookups).FirstOrDefault(lookup => lookup.WriteOnly);
        return filling is null ? keyspace : throw new VitessException(ErrorCodes.QueryError, $"lookup vindex \"{filling.Name}\" is being filled", sqlState: "55006", hint: $"{what} when that is done: SHOW VSCHEMA VINDEXES tells how far it is.");
    }

    /// <summary>Refuses definitions of tables that hold entries, and of those whose lookup vindexes are being filled. Errors: 0A000; 55006.</summary>
    public static void Refuse(Statement statement, GateSession session)
    {
        foreach (var name in TablesOf(statement))
        {
            if (session.Catalog.FindPlace(name) is not { } place) continue;
            if (place.Keyspace.OwnerOfEntries(place.Table.Name) is { } owner) throw IsEntries(place.Table.Name, owner);
            if (place.Table.Lookups.FirstOrDefault(lookup => session.Fills.TryGet(place.Keyspace.Name, lookup.Name, out _)) is not { } filled) continue;
            throw new VitessException(ErrorCodes.QueryError, $"lookup vindex \"{filled.Name}\" of table \"{place.Table.Name}\" is being filled", sqlState: "55006",
                hint: "Wait for it (SHOW VSCHEMA VINDEXES says how far it is), or end the statement that makes it: SHOW PROCESSLIST, KILL.");
        }
    }

    /// <summary>Refuses statements that write entries by themselves (0A000): the gate keeps them.</summary>
    public static void RefuseWrite(TablePlace written)
    {
        if (written.Keyspace.OwnerOfEntries(written.Table.Name) is { } owner) throw IsEntries(written.Table.Name, owner);
    }

    /// <summary>The names of what a definition changes; those that are made anew are none.</summary>
    private static IEnumerable<ObjectName> TablesOf(Statement statement) => statement switch
    {
        AlterTableStatement alter => [alter.Table],
        DropStatement { Kind: "table" } drop => drop.Names,
        DropStatement => [],
        CreateIndexStatement index => [index.Table],
        CreateTriggerStatement trigger => [trigger.Table],
        TruncateStatement truncate => truncate.Tables,
        AlterVSchemaStatement { Table: { } table } => [table],
        _ => [],
    };

    private static VitessException IsEntries(string table, VTable owner) => new(ErrorCodes.QueryError,
        $"table \"{table}\" holds the entries of a lookup vindex of \"{owner.Name}\": it changes with that table alone", sqlState: "0A000",
        hint: $"Write \"{owner.Name}\"; REPAIR VINDEX mends entries, and ALTER VSCHEMA ON {owner.Name} DROP VINDEX removes them.");
}
