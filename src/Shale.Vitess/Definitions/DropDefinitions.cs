using Shale.Sql;

namespace Shale.Vitess;

/// <summary>DROP of tables, views, indexes, sequences and triggers.</summary>
/// <param name="session">The session.</param>
/// <param name="shards">Its shards.</param>
/// <param name="alteration">Changes a table from which something is dropped.</param>
/// <param name="notices">What the user should know.</param>
internal sealed class DropDefinitions(GateSession session, ShardDefinitions shards, Func<TablePlace, TableAlteration> alteration, List<string> notices)
{
    private static readonly Func<VSchema, VSchema> Nothing = vschema => vschema;

    /// <summary>See <see cref="DefinitionRunner.BeforeDropping"/>.</summary>
    public required Func<ValueTask> BeforeDropping { get; init; }

    /// <summary>Drops. Errors: NOT_FOUND (42P01, 42704) for what is not there; QUERY_ERROR (42809) for what is of another kind, (2BP01) for what others need.</summary>
    public async ValueTask<Func<VSchema, VSchema>> RunAsync(DropStatement drop)
    {
        var (ordered, isCircle) = drop.Kind == "table" ? ReferenceOrder.ChildrenFirst(drop.Names, name => name.Name.Name, session.Keyspace) : ([.. drop.Names], false);

        // Only what begins a transaction can have SQLite look away from foreign keys altogether.
        var suspends = isCircle && session.Engine == SqlDialect.Sqlite && !shards.TryRebuild();
        var keys = new ReferencingKeys(session, drop.Kind == "table" && session.Dialect == SqlDialect.Postgres ? [.. drop.Names.Select(name => name.Name.Name)] : []);
        var edits = DropDependents(drop, keys);
        if (drop.Cascade)
        {
            var (others, dropped) = (edits, await keys.DropAsync(alteration));
            edits = vschema => dropped(others(vschema));
        }

        if (isCircle && session.Engine == SqlDialect.Postgres) await shards.EverywhereAsync($"DROP TABLE {string.Join(", ", TablesOf(drop.Names).Select(table => ScratchTable.Quote(table.Name)))}");
        if (suspends) await shards.WithoutKeysAsync(DropAllAsync);
        else await DropAllAsync();
        return edits;

        async ValueTask DropAllAsync()
        {
            foreach (var name in ordered)
            {
                var before = edits;
                var edit = await DropOneAsync(drop, name);
                edits = vschema => edit(before(vschema));
            }
        }
    }

    private List<VTable> TablesOf(IReadOnlyList<ObjectName> names) => [.. names.Select(name => session.Catalog.FindPlace(name)?.Table).OfType<VTable>().Distinct()];

    /// <summary>What becomes of views that use dropped tables and views, and is said of the foreign keys that go with them: SQLite leaves both, for another table of the name.</summary>
    private Func<VSchema, VSchema> DropDependents(DropStatement drop, ReferencingKeys keys)
    {
        if (!drop.Cascade) keys.Refuse();
        if (session.Dialect != SqlDialect.Postgres || drop.Kind is not ("table" or "view")) return Nothing;
        bool IsThere(ObjectName name) => drop.Kind == "table" ? session.Catalog.FindPlace(name) is not null : session.Catalog.FindView(name) is not null;
        var (own, names) = (session.Keyspace, drop.Names.Where(IsThere).Select(name => name.Name.Name).ToList());
        if (names.Count == 0) return Nothing;
        var left = drop.Kind == "table" ? own with { Tables = own.Tables.RemoveRange(names) } : own with { Views = own.Views.RemoveRange(names) };
        return new ViewRules(session).Drop(names.Count == 1 ? $"{drop.Kind} {names[0]}" : "desired object(s)", names, session.Catalog.VSchema.WithKeyspace(left), drop.Cascade, notices, keys.Names);
    }

    private async ValueTask<Func<VSchema, VSchema>> DropOneAsync(DropStatement drop, ObjectName name)
    {
        var keyspace = session.Keyspace.Name;
        if (name.Schema is { } schema && session.Catalog.KeyspaceOf(name) is null)
        {
            notices.Add($"schema \"{schema.Name}\" does not exist, skipping");
            return Nothing;
        }

        switch (drop.Kind)
        {
            case "table" when session.Catalog.FindPlace(name) is { } place:
                await shards.EverywhereAsync($"DROP TABLE IF EXISTS {ScratchTable.Quote(place.Table.Name)}");
                await LookupDefinitions.DropAsync(place.Table.Lookups, shards);
                return vschema => WithoutTable(LookupDefinitions.Without(vschema, keyspace, place.Table.Name, place.Table.Lookups), keyspace, place.Table);
            case "view" when session.Catalog.FindView(name) is { } view:
                return vschema => vschema.WithoutView(keyspace, view.Name);
            case "index" when IndexOwner(name.Name.Name) is { } owner:
                return await DropIndexAsync(owner, name.Name.Name, drop.Cascade);
            case "sequence" when session.Keyspace.FindSequence(name.Name.Name) is { } sequence:
                var numbered = drop.Cascade ? await WithoutNumberingAsync(sequence) : Nothing;
                return vschema => numbered(vschema).WithoutSequence(keyspace, sequence.Name);
            case "trigger" when await new TriggerDefinitions(session, shards, notices).DropAsync(name.Name.Name) is { } dropped:
                return dropped;
            case "table" when session.Catalog.FindView(name) is { } view:
                throw new VitessException(ErrorCodes.QueryError, $"\"{view.Name}\" is not a table", sqlState: "42809", hint: "Use DROP VIEW to remove a view.");
            case "view" when session.Catalog.FindPlace(name) is { } place:
                throw new VitessException(ErrorCodes.QueryError, $"\"{place.Table.Name}\" is not a view", sqlState: "42809", hint: "Use DROP TABLE to remove a table.");
            case "table" or "view" or "index" or "sequence" or "trigger":
                if (!drop.IfExists) throw new VitessException(ErrorCodes.NotFound, $"{drop.Kind} \"{name.Name.Name}\" does not exist", sqlState: drop.Kind is "index" or "trigger" ? "42704" : "42P01", hint: NearestName.Hint(name.Name.Name, NamesOf(drop.Kind)));
                notices.Add($"{drop.Kind} \"{name.Name.Name}\" does not exist, skipping");
                return Nothing;
            default:
                throw new VitessException(ErrorCodes.QueryError, $"DROP {drop.Kind.ToUpperInvariant()} is not supported", sqlState: "0A000");
        }
    }

    // A serial column keeps its numbers and has no default any more; an identity is its sequence.
    private async ValueTask<Func<VSchema, VSchema>> WithoutNumberingAsync(VSequence sequence)
    {
        var edits = Nothing;
        foreach (var table in session.Keyspace.Tables.Values.Where(table => table.AutoIncrement is { } own && VSchemaNames.Comparer.Equals(own.Sequence, sequence.Name)).ToList())
        {
            var column = table.AutoIncrement!.Column;
            if (table.Schema!.Column(column) is { IsIdentity: true })
                throw new VitessException(ErrorCodes.QueryError, $"cannot drop sequence {sequence.Name} because column {column} of table {table.Name} requires it", sqlState: "2BP01", hint: "ALTER COLUMN … DROP IDENTITY drops it.");
            var change = alteration(session.Catalog.Require(new ObjectName(null, new Identifier(table.Name, true))));
            await change.ApplyAsync(new AlterColumnDefault(new Identifier(column, true), null));
            notices.Add($"drop cascades to default value for column {column} of table {table.Name}");
            var (before, edit) = (edits, change.Edit());
            edits = vschema => edit(before(vschema));
        }

        return edits;
    }

    private IEnumerable<string> NamesOf(string kind) => kind switch
    {
        "table" => session.Keyspace.Tables.Keys,
        "view" => session.Keyspace.Views.Keys,
        "sequence" => session.Keyspace.Sequences.Keys,
        "index" => session.Keyspace.Tables.Values.SelectMany(table => table.Indexes.Select(index => index.Name)),
        _ => [],
    };

    private async ValueTask<Func<VSchema, VSchema>> DropIndexAsync(string owner, string name, bool cascade)
    {
        var keyspace = session.Keyspace.Name;
        var table = session.Keyspace.GetTable(owner);
        LookupDefinitions.Refuse(new AlterTableStatement(new ObjectName(null, new Identifier(table.Name, true)), false, []), session);
        var index = table.Indexes.First(each => VSchemaNames.Comparer.Equals(each.Name, name));
        var changed = TableSchemas.WithoutIndex(table.Schema!, name);
        KeyRules.RequireReferenced($"index {index.Name}", table with { Schema = changed }, session.Keyspace, cascade);
        var left = changed.Keys;
        var unused = table.Lookups.Where(lookup => LookupDefinitions.IsOf(index, lookup) && !left.Any(key => LookupRules.AreSame(key.Columns, lookup.Columns))).ToList();
        if (unused.Count > 0) await BeforeDropping();
        await shards.EverywhereAsync($"DROP INDEX {ScratchTable.Quote(name)}");
        await LookupDefinitions.DropAsync(unused, shards);
        return vschema => WithoutIndex(LookupDefinitions.Without(vschema, keyspace, owner, unused), keyspace, owner, name);
    }

    private static VSchema WithoutTable(VSchema vschema, string keyspace, VTable table)
    {
        vschema = vschema.WithoutTable(keyspace, table.Name);
        return Owns(table, vschema.Get(keyspace)) ? vschema.WithoutSequence(keyspace, table.AutoIncrement!.Sequence) : vschema;
    }

    /// <summary>Whether the sequence that numbers a table was made with it, and goes with it.</summary>
    public static bool Owns(VTable table, VKeyspace keyspace) => table.AutoIncrement is { } numbering
        && numbering.IsOwnedBy(table.Name) && keyspace.FindSequence(numbering.Sequence) is not null;

    private static VSchema WithoutIndex(VSchema vschema, string keyspace, string owner, string index)
    {
        var table = vschema.Get(keyspace).GetTable(owner);
        return vschema.WithTable(keyspace, table with
        {
            Schema = TableSchemas.WithoutIndex(table.Schema!, index),
            Indexes = table.Indexes.RemoveAll(each => VSchemaNames.Comparer.Equals(each.Name, index)),
        });
    }

    private string? IndexOwner(string index) =>
        session.Keyspace.Tables.Values.FirstOrDefault(table => table.Indexes.Any(each => VSchemaNames.Comparer.Equals(each.Name, index)))?.Name;
}
