using System.Collections.Immutable;
using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Which keys of a table need a lookup vindex, because they lack a sharding column, and what a lookup vindex can look up (SEMANTICS S2.8). Pure functions; nothing is
/// checked against rows.
/// </summary>
internal static class LookupRules
{
    /// <summary>Whether the shards alone keep a key: rows with equal values are on one of them.</summary>
    public static bool IsLocal(VTable table, IReadOnlyList<string> columns) =>
        !table.IsSharded || table.ShardColumns.All(column => columns.Contains(column, VSchemaNames.Comparer));

    /// <summary>The unique lookup vindex over just these columns, or null.</summary>
    public static VLookup? Covering(VTable table, IReadOnlyList<string> columns) => table.Lookups.FirstOrDefault(lookup => lookup.Unique && AreSame(lookup.Columns, columns));

    /// <summary>The keys of a table that neither its shards nor its lookup vindexes keep.</summary>
    public static IEnumerable<KeySchema> Missing(VTable table) =>
        table.Schema!.Keys.Where(key => !IsLocal(table, key.Columns) && Covering(table, key.Columns) is null);

    /// <summary>Whether two lists name the same columns in any order.</summary>
    public static bool AreSame(IEnumerable<string> left, IEnumerable<string> right) => left.ToHashSet(VSchemaNames.Comparer).SetEquals(right);

    /// <summary>The name of a key: its own, or the one that PostgreSQL would give it.</summary>
    public static string NameOf(KeySchema key, string table) =>
        key.Name ?? (key.Primary ? table + "_pkey" : $"{table}_{string.Join('_', key.Columns)}_key");

    /// <summary>A keyspace in which a table has one more lookup vindex, with the table of its entries.</summary>
    /// <param name="owner">The table; it need not be in the keyspace yet.</param>
    /// <param name="lookup">The lookup vindex; an empty table name stands for one that is free.</param>
    /// <param name="keyspace">The keyspace.</param>
    /// <exception cref="VitessException">As <see cref="Check"/>; INVALID_VSCHEMA for a table that cannot hold the entries; 42710 for a name in use.</exception>
    public static LookupResult Add(VTable owner, VLookup lookup, VKeyspace keyspace)
    {
        Check(owner, lookup.Columns, lookup.Unique, keyspace);
        if (IsTaken(lookup.Name, keyspace, owner))
        {
            throw new VitessException(ErrorCodes.QueryError, $"vindex \"{lookup.Name}\" already exists", sqlState: "42710", hint: "Choose another name.");
        }

        if (lookup.Table.Length == 0) lookup = lookup with { Table = Free(lookup.Name + "_lookup", name => keyspace.HasRelation(name) || IsEntries(owner, name) || VSchemaNames.Comparer.Equals(name, owner.Name)) };
        var result = WithEntries(owner, lookup, keyspace);
        owner = owner with { Lookups = owner.Lookups.Add(lookup) };
        var tables = result.Keyspace.Tables.SetItem(owner.Name, owner);
        return result with { Owner = owner, Keyspace = result.Keyspace with { Tables = tables } };
    }

    /// <summary>Gives a table that is being made the lookup vindexes that its keys need; the keyspace's VSchema may have described some.</summary>
    /// <param name="table">The table, sharded or not.</param>
    /// <param name="described">The lookup vindexes that the VSchema describes.</param>
    /// <param name="keyspace">The keyspace.</param>
    /// <param name="notices">Receives what the user should know.</param>
    public static LookupResult ForNew(VTable table, ImmutableArray<VLookup> described, VKeyspace keyspace, List<string> notices)
    {
        var result = new LookupResult(table, keyspace, []);
        if (!table.IsSharded) return result;
        foreach (var lookup in described) result = result.Then(Add(result.Owner, lookup with { WriteOnly = false }, result.Keyspace));
        foreach (var key in Missing(result.Owner).ToList())
        {
            // Two keys over the same columns need one.
            if (Covering(result.Owner, key.Columns) is not null) continue;
            var name = Free(NameOf(key, table.Name), each => IsTaken(each, result.Keyspace, result.Owner));
            result = result.Then(Add(result.Owner, new VLookup(name, [.. key.Columns], "", true), result.Keyspace));
            var made = result.Owner.Lookups[^1];
            notices.Add($"{(key.Primary ? "PRIMARY KEY" : "UNIQUE")} ({string.Join(", ", key.Columns)}) of table \"{table.Name}\" is kept over the shards by the lookup vindex \"{made.Name}\", whose entries are in table \"{made.Table}\"");
        }

        return result;
    }

    /// <summary>Gives a changed table the lookup vindexes for keys over columns that its rows have no value in yet: they have no entries.</summary>
    public static LookupResult ForNewColumns(VTable table, TableSchema before, VKeyspace keyspace, List<string> notices)
    {
        if (!table.IsSharded || table.Schema!.Columns.All(column => before.Column(column.Name) is not null)) return new LookupResult(table, keyspace, []);
        bool IsNew(string name) => before.Column(name) is null && table.Schema!.Column(name) is { Default: null, AutoNumber: false, Generated: false };
        var later = Missing(table).Where(key => !key.Columns.Any(IsNew)).ToList();
        if (later.Count == 0) return ForNew(table, [], keyspace, notices);
        throw new VitessException(ErrorCodes.QueryError, $"the key ({string.Join(", ", later[0].Columns)}) of table \"{table.Name}\" lacks a sharding column, and the rows would have values in it at once",
            sqlState: "0A000", hint: "Add the column first, and the key in a statement of its own: CREATE UNIQUE INDEX.");
    }

    /// <summary>The lookup vindexes that go when a table gets other columns or keys: those of a column that is gone, and those of a key that is gone. Errors: 0A000 for another type.</summary>
    public static ImmutableArray<VLookup> DroppedBy(VTable table, TableSchema after)
    {
        foreach (var lookup in table.Lookups)
        {
            foreach (var name in lookup.Columns)
            {
                if (table.Schema!.Column(name) is not { } old || after.Column(name) is not { } column || (old.Type == column.Type && ShardKey.AreComparable(old, column))) continue;
                throw new VitessException(ErrorCodes.QueryError, $"column \"{name}\" of table \"{table.Name}\" cannot get another type: lookup vindex \"{lookup.Name}\" holds its values", sqlState: "0A000",
                    hint: "Drop the vindex (with its constraint or index) first, and make it again afterwards.");
            }
        }

        return [.. table.Lookups.Where(lookup => lookup.Columns.Any(column => after.Column(column) is null) || IsOfGoneKey(table, lookup, after))];
    }

    /// <summary>Whether a lookup vindex keeps a key of its table, so that it comes and goes with it.</summary>
    public static bool IsOfKey(VTable table, VLookup lookup) => lookup.Unique && table.Schema is { } schema && schema.Keys.Any(key => AreSame(key.Columns, lookup.Columns));

    private static bool IsOfGoneKey(VTable table, VLookup lookup, TableSchema after) => !after.Keys.Any(key => AreSame(key.Columns, lookup.Columns))
        && table.Schema!.Keys.Any(key => AreSame(key.Columns, lookup.Columns) && VSchemaNames.Comparer.Equals(NameOf(key, table.Name), lookup.Name));

    /// <summary>A name like the wanted one that is not taken.</summary>
    public static string Free(string wanted, Func<string, bool> isTaken)
    {
        var name = wanted;
        for (var i = 1; isTaken(name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{wanted}{i}");
        return name;
    }

    /// <summary>Whether a vindex of that name is known in the keyspace, or among those of a table that is not in it yet; functions may come under the names of their types.</summary>
    public static bool IsTaken(string name, VKeyspace keyspace, VTable owner) => keyspace.Vindexes.ContainsKey(name) || keyspace.Registry.Types.Contains(name, VSchemaNames.Comparer) || Has(owner, name)
        || keyspace.Tables.Values.Any(table => !VSchemaNames.Comparer.Equals(table.Name, owner.Name) && Has(table, name));

    /// <summary>Refuses what no lookup vindex of a table can look up.</summary>
    /// <exception cref="VitessException">QUERY_ERROR 0A000; NOT_FOUND 42703.</exception>
    public static void Check(VTable owner, IReadOnlyList<string> columns, bool unique, VKeyspace keyspace)
    {
        var what = $"{(unique ? "UNIQUE " : "")}({string.Join(", ", columns)}) of table \"{owner.Name}\"";
        if (!owner.IsSharded) throw Refused(what, "the table is not sharded", "Its own indexes do: CREATE INDEX.");
        if (columns.Distinct(VSchemaNames.Comparer).Count() != columns.Count || columns.Count == 0) throw Refused(what, "it names no column, or one twice", null);
        foreach (var name in columns)
        {
            var column = owner.Schema!.Column(name)
                ?? throw new VitessException(ErrorCodes.NotFound, $"column \"{name}\" of table \"{owner.Name}\" does not exist", sqlState: "42703");
            if (!CanonicalKey.CanShard(column, owner.Dialect, out var why)) throw Refused(what, $"column \"{column.Name}\" {why}", "Look up another column, or make the sharding column part of the key.");
            if (VSchemaNames.Comparer.Equals(name, VLookup.KeyspaceIdColumn)) throw Refused(what, $"the entries have a column \"{name}\" of their own", "Give the column another name.");
        }

        if (ReplacesByItself(owner)) throw Refused(what, "a constraint has ON CONFLICT REPLACE, by which a shard would delete rows whose entries are elsewhere", "Leave the clause out, and say OR REPLACE in the INSERT.");
        foreach (var key in owner.Schema!.ForeignKeys) CheckActions(owner, key, columns, what);
        if (keyspace.OwnerOfEntries(owner.Name) is { } other) throw Refused(what, $"it holds entries of \"{other.Name}\"", null);
        if (TriggerDefinitions.Writing(keyspace, owner.Name) is { } trigger)
        {
            throw Refused(what, $"trigger \"{trigger}\" writes the table on its shard, where the entries are not", $"DROP TRIGGER {trigger} first.");
        }
    }

    /// <summary>Refuses foreign keys by which an engine would write looked-up columns, or the sharding key of a table that has entries.</summary>
    public static void CheckActions(VTable owner, ForeignKeySchema key)
    {
        foreach (var lookup in owner.Lookups) CheckActions(owner, key, lookup.Columns, $"({string.Join(", ", lookup.Columns)}) of table \"{owner.Name}\"");
    }

    private static void CheckActions(VTable owner, ForeignKeySchema key, IReadOnlyList<string> columns, string what)
    {
        bool Holds(IReadOnlyList<string> names) => key.Columns.Any(column => names.Contains(column, VSchemaNames.Comparer));
        var isLookedUp = Holds(columns);
        var action = key.OnUpdate == "cascade" && (isLookedUp || Holds(owner.ShardColumns)) ? "ON UPDATE CASCADE"
            : key.OnUpdate == "set default" && isLookedUp ? "ON UPDATE SET DEFAULT"
            : key.OnDelete == "set default" && isLookedUp ? "ON DELETE SET DEFAULT"
            : null;
        if (action is null) return;
        throw Refused(what, $"the foreign key ({string.Join(", ", key.Columns)}) has {action}, by which a shard would change what the entries say", "Use NO ACTION, and change the rows by statements of your own.");
    }

    private static bool ReplacesByItself(VTable owner) => owner.CreateSql is { } sql && sql.Contains("CONFLICT", StringComparison.OrdinalIgnoreCase)
        && SqlTree.Any(SqlParser.Parse(sql, owner.Dialect), node => node is PrimaryKeyColumn { ConflictAction: "replace" } or UniqueColumn { ConflictAction: "replace" } or KeyConstraint { ConflictAction: "replace" });

    private static VitessException Refused(string what, string why, string? hint) =>
        new(ErrorCodes.QueryError, $"no lookup vindex can keep {what}: {why}", sqlState: "0A000", hint: hint);

    private static LookupResult WithEntries(VTable owner, VLookup lookup, VKeyspace keyspace)
    {
        if (keyspace.OwnerOfEntries(lookup.Table) is { } other && !VSchemaNames.Comparer.Equals(other.Name, owner.Name)) throw Unfit(lookup, $"holds the entries of \"{other.Name}\"");
        if (IsEntries(owner, lookup.Table)) throw Unfit(lookup, "holds the entries of another vindex");
        if (keyspace.FindTable(lookup.Table) is not { } known)
        {
            if (keyspace.HasRelation(lookup.Table) || VSchemaNames.Comparer.Equals(lookup.Table, owner.Name)) throw Unfit(lookup, "is something else");
            keyspace = WithHash(keyspace, out var hash);
            known = EntriesTable.Define(owner, lookup, hash);
        }
        else if (EntriesTable.Objection(known, owner, lookup) is { } why)
        {
            throw Unfit(lookup, why);
        }
        else if (known.Schema is not null)
        {
            return new LookupResult(owner, keyspace, []);
        }
        else
        {
            known = EntriesTable.Define(owner, lookup, known.Vindex!);
        }

        return new LookupResult(owner, keyspace with { Tables = keyspace.Tables.SetItem(known.Name, known) }, [known]);
    }

    private static VitessException Unfit(VLookup lookup, string why) => new(ErrorCodes.InvalidVSchema,
        $"table \"{lookup.Table}\" cannot hold the entries of the lookup vindex \"{lookup.Name}\": it {why}",
        hint: "Leave the table to Shale, which makes it; or drop it; or name another.");

    /// <summary>A plain hash of the keyspace, whatever it is called there.</summary>
    private static VKeyspace WithHash(VKeyspace keyspace, out string name)
    {
        if (keyspace.Vindexes.Values.FirstOrDefault(vindex => vindex.Type == "hash" && vindex.Params.IsEmpty) is { } known)
        {
            name = known.Name;
            return keyspace;
        }

        name = Free("hash", keyspace.Vindexes.ContainsKey);
        return keyspace with { Vindexes = keyspace.Vindexes.Add(name, VindexDefinition.Plain("hash") with { Name = name }) };
    }

    private static bool Has(VTable table, string lookup) => table.Lookups.Any(each => VSchemaNames.Comparer.Equals(each.Name, lookup));

    private static bool IsEntries(VTable owner, string table) => owner.Lookups.Any(each => VSchemaNames.Comparer.Equals(each.Table, table));
}

/// <summary>A table with more lookup vindexes.</summary>
/// <param name="Owner">The table.</param>
/// <param name="Keyspace">The keyspace with it, and with the tables of the entries.</param>
/// <param name="Entries">Those of them that the shards do not have yet.</param>
internal sealed record LookupResult(VTable Owner, VKeyspace Keyspace, ImmutableArray<VTable> Entries)
{
    /// <summary>What comes of both.</summary>
    public LookupResult Then(LookupResult next) => next with { Entries = Entries.AddRange(next.Entries) };
}
