using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// CREATE and DROP TRIGGER. A trigger runs inside its shard, so every table that it names must have all its rows there (SEMANTICS S2.7).
/// </summary>
internal sealed class TriggerDefinitions(GateSession session, ShardDefinitions shards, List<string> notices)
{
    private static readonly Func<VSchema, VSchema> Nothing = vschema => vschema;

    /// <summary>CREATE TRIGGER.</summary>
    /// <param name="create">The statement.</param>
    /// <param name="text">As the user wrote it.</param>
    public async ValueTask<Func<VSchema, VSchema>> CreateAsync(CreateTriggerStatement create, string text)
    {
        var name = create.Name.Name.Name;
        Refuse(create);
        var place = session.Catalog.Require(create.Table);
        if (Owner(session.Keyspace, name) is not null)
        {
            if (!create.IfNotExists) throw new VitessException(ErrorCodes.QueryError, $"trigger \"{name}\" already exists", sqlState: "42710", hint: "Choose another name, or say IF NOT EXISTS.");
            notices.Add($"trigger \"{name}\" already exists, skipping");
            return Nothing;
        }

        if (session.Tablets.Of(session.Keyspace).Length > 1) RequireOneShard(create, place);
        RefuseLookedUp(create);
        await shards.OnFirstAsync(Engine(create));
        var made = new VTrigger(name, text);
        return vschema =>
        {
            var table = vschema.Get(place.Keyspace.Name).GetTable(place.Table.Name);
            return vschema.WithTable(place.Keyspace.Name, table with { Triggers = table.Triggers.Add(made) });
        };
    }

    /// <summary>DROP TRIGGER; null where there is no such trigger.</summary>
    public async ValueTask<Func<VSchema, VSchema>?> DropAsync(string name)
    {
        if (Owner(session.Keyspace, name) is not { } owner) return null;
        await shards.OnFirstAsync($"DROP TRIGGER {ScratchTable.Quote(name)}");
        return vschema =>
        {
            var table = vschema.Get(session.Keyspace.Name).GetTable(owner.Name);
            return vschema.WithTable(session.Keyspace.Name, table with { Triggers = table.Triggers.RemoveAll(each => Is(each, name)) });
        };
    }

    /// <summary>Makes a table's triggers once more, after the table was made anew.</summary>
    public static async ValueTask RestoreAsync(VTable table, ShardDefinitions shards)
    {
        foreach (var trigger in table.Triggers) await shards.OnFirstAsync(Engine(Parse(trigger)));
    }

    /// <summary>Throws 0A000 where a trigger names a table that is about to be renamed, or to have its rows elsewhere.</summary>
    public static void RefuseNamed(VKeyspace keyspace, string table, string what)
    {
        foreach (var trigger in keyspace.Tables.Values.SelectMany(each => each.Triggers))
        {
            var parsed = Parse(trigger);
            if (!VSchemaNames.Comparer.Equals(parsed.Table.Name.Name, table) && !Named(parsed).Contains(table, VSchemaNames.Comparer)) continue;
            throw new VitessException(ErrorCodes.QueryError, $"{what} of table \"{table}\" is refused while trigger \"{trigger.Name}\" names it", sqlState: "0A000",
                hint: $"DROP TRIGGER {trigger.Name}, and make it again afterwards.");
        }
    }

    /// <summary>A trigger of the keyspace that writes a table; null if none does.</summary>
    public static string? Writing(VKeyspace keyspace, string table) => keyspace.Tables.Values.SelectMany(each => each.Triggers).FirstOrDefault(trigger =>
        Parse(trigger).Body.Select(Written).Any(name => VSchemaNames.Comparer.Equals(name?.Name.Name ?? "", table)))?.Name;

    /// <summary>Whether the keyspace has a trigger of that name.</summary>
    public static bool Has(VKeyspace keyspace, string name) => Owner(keyspace, name) is not null;

    private void Refuse(CreateTriggerStatement create)
    {
        var what = create.Temporary ? "a temporary trigger" : create.Timing == "instead of" ? "INSTEAD OF, a trigger on a view," : null;
        if (what is not null) throw new VitessException(ErrorCodes.QueryError, $"{what} is not supported", sqlState: "0A000", hint: "Use a trigger on a table.");
        foreach (var name in Named(create))
        {
            if (session.Catalog.FindView(new ObjectName(null, new Identifier(name, true))) is null) continue;
            throw new VitessException(ErrorCodes.QueryError, $"a trigger cannot use view \"{name}\": the gate expands views, and triggers run on a shard", sqlState: "0A000",
                hint: "Write the view's query instead.");
        }
    }

    /// <summary>The gate keeps the entries of lookup vindexes, and a trigger writes past it.</summary>
    private void RefuseLookedUp(CreateTriggerStatement create)
    {
        foreach (var name in create.Body.Select(Written).OfType<ObjectName>())
        {
            var table = session.Catalog.Require(new ObjectName(null, name.Name)).Table;
            if (table.Lookups.IsEmpty && session.Keyspace.OwnerOfEntries(table.Name) is null) continue;
            throw new VitessException(ErrorCodes.QueryError, $"a trigger cannot write table \"{table.Name}\": the gate keeps the entries of its lookup vindexes", sqlState: "0A000",
                hint: "Write the table by statements of your own.");
        }
    }

    private void RequireOneShard(CreateTriggerStatement create, TablePlace place)
    {
        if (place.Table.Kind != VTableKind.Pinned) throw Apart(place.Table);
        var written = create.Body.Select(Written).OfType<ObjectName>().Select(name => name.Name.Name).ToHashSet(VSchemaNames.Comparer);
        foreach (var name in Named(create))
        {
            var table = session.Catalog.Require(new ObjectName(null, new Identifier(name, true))).Table;
            if (table.Kind != VTableKind.Pinned && (table.Kind != VTableKind.Reference || written.Contains(name))) throw Apart(table);
        }
    }

    private static VitessException Apart(VTable table) => new(ErrorCodes.QueryError,
        $"a trigger runs on one shard, and table \"{table.Name}\" is on several", sqlState: "0A000",
        hint: "Use it in an unsharded keyspace, or pin the tables it names to the first shard: CREATE TABLE … WITH (vindex = 'null').");

    private static VTable? Owner(VKeyspace keyspace, string name) => keyspace.Tables.Values.FirstOrDefault(table => table.Triggers.Any(each => Is(each, name)));

    private static bool Is(VTrigger trigger, string name) => VSchemaNames.Comparer.Equals(trigger.Name, name);

    private static CreateTriggerStatement Parse(VTrigger trigger) => (CreateTriggerStatement)SqlParser.Parse(trigger.CreateSql, SqlDialect.Sqlite);

    private static string Engine(CreateTriggerStatement create) => SqlPrinter.Print(create with
    {
        Name = new ObjectName(null, create.Name.Name), Table = new ObjectName(null, create.Table.Name), IfNotExists = false,
    }, SqlDialect.Sqlite);

    private static ObjectName? Written(Statement statement) => statement switch
    {
        InsertStatement insert => insert.Table,
        UpdateStatement update => update.Table.Name,
        DeleteStatement delete => delete.Table.Name,
        _ => null,
    };

    /// <summary>The tables that body and WHEN name, but for common table expressions.</summary>
    private static HashSet<string> Named(CreateTriggerStatement create)
    {
        var names = new HashSet<string>(VSchemaNames.Comparer);
        names.UnionWith(SqlTree.All<TableRef>(create).Select(table => table.Name.Name.Name));
        names.UnionWith(create.Body.OfType<InsertStatement>().Select(insert => insert.Table.Name.Name));
        names.ExceptWith(SqlTree.All<CommonTable>(create).Select(table => table.Name.Name));
        return names;
    }
}
