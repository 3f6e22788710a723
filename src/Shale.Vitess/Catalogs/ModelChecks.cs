using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The CHECK constraints of a table, which only its definition knows.</summary>
internal static class ModelChecks
{
    /// <summary>Them, named as PostgreSQL would where they have no names.</summary>
    public static IReadOnlyList<(string Name, Expr Condition)> Of(VTable table)
    {
        if (Definition(table) is not { } definition) return [];
        var named = CheckNamer.Name(definition);
        var found = new List<(string, Expr)>();
        foreach (var constraint in named.Columns.SelectMany(column => column.Constraints))
        {
            if (constraint is CheckColumn check) found.Add((check.ConstraintName!.Name, check.Condition));
        }

        foreach (var constraint in named.Constraints)
        {
            if (constraint is CheckConstraint check) found.Add((check.ConstraintName!.Name, check.Condition));
        }

        return found;
    }

    /// <summary>The table's definition; null where there is none but CREATE TABLE … AS.</summary>
    public static CreateTableStatement? Definition(VTable table) =>
        table.CreateSql is { } sql && SqlParser.Parse(sql, table.Dialect) is CreateTableStatement { AsQuery: null } definition ? definition : null;
}
