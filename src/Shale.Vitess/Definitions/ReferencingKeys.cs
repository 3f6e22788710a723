using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Foreign keys of other tables that point at tables which are dropped: they keep these from it, or go with them by CASCADE.</summary>
/// <param name="session">The session.</param>
/// <param name="dropped">The names of the tables.</param>
internal sealed class ReferencingKeys(GateSession session, IReadOnlyList<string> dropped)
{
    private readonly IReadOnlyList<(string Table, string Key, string Parent)> _keys = Find(session.Keyspace, dropped);

    /// <summary>Them, as notices name them.</summary>
    public IReadOnlyList<string> Names => [.. _keys.Select(key => $"constraint {key.Key} on table {key.Table}")];

    /// <summary>Refuses (2BP01) to drop the tables while there are any.</summary>
    public void Refuse()
    {
        if (_keys.Count == 0) return;
        var (table, _, parent) = _keys[0];
        throw new VitessException(ErrorCodes.ConstraintViolation, $"cannot drop table {parent} because table {table} references it", sqlState: "2BP01",
            hint: $"Drop \"{table}\" first, or both in one statement; DROP ... CASCADE drops the constraint.")
        {
            Subject = new FailureSubject { Detail = string.Join('\n', _keys.Select(key => $"constraint {key.Key} on table {key.Table} depends on table {key.Parent}")) },
        };
    }

    /// <summary>Drops them.</summary>
    /// <param name="alteration">Begins to change a table.</param>
    public async ValueTask<Func<VSchema, VSchema>> DropAsync(Func<TablePlace, TableAlteration> alteration)
    {
        static AlterAction Drop(string key) => new DropConstraint(new Identifier(key, true), false, false);
        var changes = _keys.GroupBy(key => key.Table).Select(group => (Change: alteration(Place(group.Key)), Actions: group.Select(key => Drop(key.Key)).ToList())).ToList();
        foreach (var (change, actions) in changes) await change.PrepareAsync(actions);
        Func<VSchema, VSchema> edits = vschema => vschema;
        foreach (var (change, actions) in changes)
        {
            foreach (var action in actions) await change.ApplyAsync(action);
            var (before, edit) = (edits, change.Edit());
            edits = vschema => edit(before(vschema));
        }

        return edits;
    }

    private TablePlace Place(string table) => session.Catalog.Require(new ObjectName(null, new Identifier(table, true)));

    private static List<(string Table, string Key, string Parent)> Find(VKeyspace keyspace, IReadOnlyList<string> dropped)
    {
        bool IsDropped(string name) => dropped.Contains(name, VSchemaNames.Comparer);
        return [.. from table in keyspace.Tables.Values
            where !IsDropped(table.Name)
            from i in Enumerable.Range(0, table.Schema?.ForeignKeys.Count ?? 0)
            where IsDropped(table.Schema!.ForeignKeys[i].Parent)
            select (table.Name, ModelKeys.ForeignKeyName(table, i), table.Schema!.ForeignKeys[i].Parent)];
    }
}
