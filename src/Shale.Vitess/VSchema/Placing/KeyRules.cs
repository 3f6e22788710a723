using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What of keys and foreign keys each shard can watch over alone; the rest is refused, never silently checked per shard (SEMANTICS S2.8).</summary>
internal static class KeyRules
{
    private const string ExpressionHint = "A lookup vindex looks up plain columns: keep the expression's value in a column of its own, or make the sharding column part of the index.";

    private const string PlainHint = "Over shards a lookup vindex keeps it, which knows neither collations nor ON CONFLICT of constraints: leave that away, or make the sharding column part of the key.";

    private const string ColocateHint =
        "Shard both by the same columns (the child's foreign key must hold its own sharding key), or make the parent a reference table: WITH (reference = true). A keyspace of one shard (shale serve --shards 1) takes any foreign keys.";

    public static void Check(VTable table, VKeyspace keyspace)
    {
        foreach (var key in table.Schema!.Keys) CheckUnique(table, key.Columns, key.Primary ? "PRIMARY KEY" : "UNIQUE", false);
        foreach (var foreignKey in table.Schema.ForeignKeys)
        {
            CheckForeignKey(table, foreignKey, keyspace);
            LookupRules.CheckActions(table, foreignKey);
        }
    }

    /// <summary>Refuses a key over shards whose constraint says more than which columns are unique.</summary>
    public static void CheckDefinition(CreateTableStatement statement, VTable table)
    {
        if (!table.IsSharded) return;
        foreach (var column in statement.Columns)
        {
            foreach (var constraint in column.Constraints)
            {
                if (constraint is (PrimaryKeyColumn or UniqueColumn) and { ConflictAction.Length: > 0 }) RequirePlain(table, [column.Name.Name]);
            }
        }

        foreach (var key in statement.Constraints.OfType<KeyConstraint>())
        {
            if (key.ConflictAction.Length == 0 && !key.Columns.Any(item => item.Value is Collate)) continue;
            RequirePlain(table, [.. key.Columns.Select(item => (item.Value is Collate collate ? collate.Operand : item.Value) as ColumnRef).OfType<ColumnRef>().Select(column => column.Column.Name)]);
        }
    }

    /// <summary>Checks a table that has another place now, and those that refer to it.</summary>
    public static void CheckAround(VTable table, VKeyspace keyspace)
    {
        Check(table, keyspace);
        foreach (var child in keyspace.Tables.Values)
        {
            if (child.Schema is null || VSchemaNames.Comparer.Equals(child.Name, table.Name)) continue;
            foreach (var key in child.Schema.ForeignKeys)
            {
                if (VSchemaNames.Comparer.Equals(key.Parent, table.Name)) CheckForeignKey(child, key, keyspace);
            }
        }
    }

    /// <summary>
    /// Refuses in dialect postgres to drop a key that foreign keys need (2BP01), also by CASCADE (0A000): PostgreSQL's shards would drop them with it, and the VSchema would have them still.
    /// </summary>
    /// <param name="what">What is dropped, with its kind.</param>
    /// <param name="changed">The table without it.</param>
    /// <param name="keyspace">The keyspace as it was.</param>
    /// <param name="cascade">Whether CASCADE was said.</param>
    public static void RequireReferenced(string what, VTable changed, VKeyspace keyspace, bool cascade)
    {
        if (changed.Dialect != SqlDialect.Postgres) return;
        foreach (var child in keyspace.Tables.SetItem(changed.Name, changed).Values.Where(child => child.Schema is not null))
        {
            for (var i = 0; i < child.Schema!.ForeignKeys.Count; i++)
            {
                var key = child.Schema.ForeignKeys[i];
                if (!VSchemaNames.Comparer.Equals(key.Parent, changed.Name) || HasKeyOf(key, changed)) continue;
                var name = ModelKeys.ForeignKeyName(child, i);
                var message = cascade ? $"DROP … CASCADE of {what}, which foreign key \"{name}\" needs, is not supported" : $"cannot drop {what} because other objects depend on it";
                throw new VitessException(ErrorCodes.QueryError, message, sqlState: cascade ? "0A000" : "2BP01", hint: $"ALTER TABLE {child.Name} DROP CONSTRAINT {name} first.")
                {
                    Subject = new FailureSubject { Detail = $"constraint {name} on table {child.Name} depends on {what}" },
                };
            }
        }
    }

    private static bool HasKeyOf(ForeignKeySchema foreignKey, VTable parent) =>
        parent.Schema!.Keys.Any(key => foreignKey.ParentColumns.Count == 0 ? key.Primary : LookupRules.AreSame(key.Columns, foreignKey.ParentColumns));

    public static void CheckUnique(VTable table, IReadOnlyList<string> columns, string what, bool hasExpressions)
    {
        if (LookupRules.IsLocal(table, columns) || (!hasExpressions && LookupRules.Covering(table, columns) is not null)) return;
        var listed = string.Join(", ", columns);
        var missing = table.ShardColumns.First(column => !columns.Contains(column, VSchemaNames.Comparer));
        throw new VitessException(ErrorCodes.QueryError, $"{what} {(hasExpressions ? "on expressions" : $"({listed})")} of table \"{table.Name}\" lacks the sharding column \"{missing}\"",
            sqlState: "0A000", hint: hasExpressions ? ExpressionHint
                : $"A lookup vindex keeps it over the shards: ALTER VSCHEMA ON {table.Name} ADD VINDEX {table.Name}_{string.Join('_', columns)}_key ({listed}) USING lookup_unique; then send the statement again.");
    }

    private static void RequirePlain(VTable table, IReadOnlyList<string> columns)
    {
        if (LookupRules.IsLocal(table, columns)) return;
        throw new VitessException(ErrorCodes.QueryError, $"the key ({string.Join(", ", columns)}) of table \"{table.Name}\" lacks a sharding column, and its constraint says more than UNIQUE",
            sqlState: "0A000", hint: PlainHint);
    }

    private static void CheckForeignKey(VTable child, ForeignKeySchema key, VKeyspace keyspace)
    {
        if (child.Kind == VTableKind.Unsharded) return;
        var isSelf = VSchemaNames.Comparer.Equals(child.Name, key.Parent);
        var parent = isSelf ? child : keyspace.FindTable(key.Parent);
        if (parent?.Schema is null)
        {
            throw new VitessException(ErrorCodes.NotFound, $"relation \"{key.Parent}\" does not exist: table \"{child.Name}\" refers to it", sqlState: "42P01",
                hint: "Create the parent table first: where its rows live decides whether the foreign key can be kept.");
        }

        switch (parent.Kind, child.Kind)
        {
            case (VTableKind.Reference, _):
            case (VTableKind.Pinned, VTableKind.Pinned):
                return;
            case (VTableKind.Sharded, VTableKind.Sharded):
                CheckColocated(child, parent, key, keyspace);
                return;
            default:
                throw Refused(child, key, $"\"{parent.Name}\" is {Place(parent)}, \"{child.Name}\" is {Place(child)}");
        }
    }

    private static void CheckColocated(VTable child, VTable parent, ForeignKeySchema key, VKeyspace keyspace)
    {
        var childVindex = keyspace.VindexOf(child);
        var parentVindex = keyspace.VindexOf(parent);
        if (childVindex is null || parentVindex is null || !childVindex.IsSameFunction(parentVindex)) throw Refused(child, key, "they are sharded by different vindexes");
        if (child.ShardColumns.Length != parent.ShardColumns.Length) throw Refused(child, key, "they are sharded by different numbers of columns");
        var parentColumns = key.ParentColumns.Count > 0 ? key.ParentColumns : parent.Schema!.PrimaryKey;
        if (parentColumns.Count != key.Columns.Count) throw Refused(child, key, "it has another number of columns than what it refers to");
        for (var i = 0; i < child.ShardColumns.Length; i++)
        {
            var at = IndexOf(key.Columns, child.ShardColumns[i]);
            if (at < 0) throw Refused(child, key, $"it lacks the sharding column \"{child.ShardColumns[i]}\"");
            if (!VSchemaNames.Comparer.Equals(parentColumns[at], parent.ShardColumns[i]))
            {
                throw Refused(child, key, $"the sharding column \"{child.ShardColumns[i]}\" refers to \"{parentColumns[at]}\", but \"{parent.Name}\" is sharded by \"{parent.ShardColumns[i]}\"");
            }

            var left = child.Schema!.Column(child.ShardColumns[i])!;
            var right = parent.Schema!.Column(parent.ShardColumns[i])!;
            if (!ShardKey.AreComparable(left, right)) throw Refused(child, key, $"\"{left.Name}\" and \"{right.Name}\" differ in type or collation");
        }

        RefuseEmptying(child, key, key.OnDelete, "ON DELETE");
        RefuseEmptying(child, key, key.OnUpdate, "ON UPDATE");
    }

    /// <summary>The engine would write over the sharding key of a row that stays where it is.</summary>
    private static void RefuseEmptying(VTable child, ForeignKeySchema key, string action, string when)
    {
        if (action is "set null" or "set default") throw Refused(child, key, $"{when} {action.ToUpperInvariant()} would overwrite the sharding key");
    }

    private static int IndexOf(NodeList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (VSchemaNames.Comparer.Equals(names[i], name)) return i;
        }

        return -1;
    }

    private static string Place(VTable table) => table.Kind switch
    {
        VTableKind.Reference => "a reference table",
        VTableKind.Pinned => "on the first shard only",
        _ => $"sharded by ({string.Join(", ", table.ShardColumns)})",
    };

    private static VitessException Refused(VTable child, ForeignKeySchema key, string why) => new(ErrorCodes.QueryError,
        $"the foreign key ({string.Join(", ", key.Columns)}) of table \"{child.Name}\" to \"{key.Parent}\" cannot be kept over shards: {why}",
        sqlState: "0A000", hint: ColocateHint);
}
