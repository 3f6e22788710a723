using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Gives SERIAL, IDENTITY and (dialect sqlite) INTEGER PRIMARY KEY columns a sequence (SEMANTICS S2.6). A table that lives whole on one shard
/// numbers itself in dialect sqlite, as SQLite does.
/// </summary>
internal static class Numbering
{
    public static (VTable Table, VKeyspace Keyspace) Apply(VTable table, CreateTableStatement statement, VKeyspace keyspace)
    {
        if (table.AutoIncrement is { } told)
        {
            if (table.Schema!.Column(told.Column) is null)
            {
                throw new VitessException(ErrorCodes.InvalidVSchema, $"the VSchema numbers column \"{told.Column}\" of table \"{table.Name}\", which has no such column");
            }

            return (table, keyspace);
        }

        var engineNumbers = table.Dialect == SqlDialect.Sqlite && table.Kind is VTableKind.Pinned or VTableKind.Unsharded;
        var columns = table.Schema!.Columns.Where(column => column.AutoNumber).ToList();
        if (columns.Count == 0 || engineNumbers) return (table, keyspace);
        RequireOne(table);
        var sequence = Sequence($"{table.Name}_{columns[0].Name}_seq", columns[0].Name, statement, keyspace);
        return (table with { AutoIncrement = new AutoIncrement(columns[0].Name, sequence.Name) },
            keyspace with { Sequences = keyspace.Sequences.Add(sequence.Name, sequence) });
    }

    /// <summary>Refuses (0A000) a second column that numbers itself: the gate would not number it, and each shard would by itself.</summary>
    public static void RequireOne(VTable table)
    {
        if (table.Schema!.Columns.Count(column => column.AutoNumber) <= 1) return;
        throw new VitessException(ErrorCodes.QueryError, $"table \"{table.Name}\" has more than one column that numbers itself", sqlState: "0A000", hint: "Keep one; give the others DEFAULT nextval('…').");
    }

    private static VSequence Sequence(string wanted, string column, CreateTableStatement statement, VKeyspace keyspace)
    {
        var name = wanted;
        for (var i = 1; keyspace.HasRelation(name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{wanted}{i}");
        foreach (var definition in statement.Columns)
        {
            if (definition.Name.Name != column) continue;
            foreach (var constraint in definition.Constraints)
            {
                if (constraint is IdentityColumn identity) return keyspace.WithOwnCounter(SequenceOptions.Made(name, identity.Options));
            }
        }

        return keyspace.WithOwnCounter(new VSequence(name));
    }
}
