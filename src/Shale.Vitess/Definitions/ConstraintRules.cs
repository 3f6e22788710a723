using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The names of constraints that an ALTER TABLE adds. Dialect postgres.</summary>
internal static class ConstraintRules
{
    /// <summary>The action with names for those of its constraints whose made-up names other relations, or constraints of other tables, have: PostgreSQL makes up others.</summary>
    public static AlterAction WithFreeNames(AlterAction action, CreateTableStatement definition, VTable table, VKeyspace keyspace)
    {
        if (table.Dialect != SqlDialect.Postgres || action is not (AddConstraint or AddColumn)) return action;

        // Those that the table has keep theirs.
        bool IsTaken(string name) => !ColumnRules.IsTaken(table, name) && RelationRenames.IsTakenByAny(keyspace, name);
        var named = ConstraintNames.Avoid(CreateTableEdits.Apply(definition, action, table.Dialect), IsTaken);
        return action switch
        {
            AddConstraint add => add with { Constraint = named.Constraints[^1] },
            AddColumn add => add with { Column = named.Columns[^1] },
            _ => action,
        };
    }
}
