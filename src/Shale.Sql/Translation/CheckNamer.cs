using System.Globalization;

namespace Shale.Sql;

/// <summary>Gives CHECK constraints the names that PostgreSQL makes up for them, so that an error can name them: <c>t_a_check</c> for one column, <c>t_check</c> for more.</summary>
public static class CheckNamer
{
    /// <summary>The statement with every CHECK named.</summary>
    public static CreateTableStatement Name(CreateTableStatement statement)
    {
        var taken = statement.Columns.SelectMany(column => column.Constraints).Select(constraint => constraint.ConstraintName)
            .Concat(statement.Constraints.Select(constraint => constraint.ConstraintName)).OfType<Identifier>().Select(name => name.Name).ToHashSet();
        var table = statement.Name.Name.Name;
        return statement with
        {
            Columns = statement.Columns.Select(column => column with
            {
                Constraints = column.Constraints.Select(ColumnConstraint (constraint) => constraint is CheckColumn { ConstraintName: null } check
                    ? check with { ConstraintName = Free(table, check.Condition, taken) } : constraint).ToNodeList(),
            }).ToNodeList(),
            Constraints = statement.Constraints.Select(TableConstraint (constraint) => constraint is CheckConstraint { ConstraintName: null } check
                ? check with { ConstraintName = Free(table, check.Condition, taken) } : constraint).ToNodeList(),
        };
    }

    private static Identifier Free(string table, Expr condition, HashSet<string> taken)
    {
        var columns = SqlTree.All<ColumnRef>(condition).Select(column => column.Column.Name).Distinct().ToList();
        var wanted = columns.Count == 1 ? $"{table}_{columns[0]}_check" : $"{table}_check";
        var name = wanted;
        for (var i = 1; !taken.Add(name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{wanted}{i}");
        return SqlBuild.Name(name);
    }
}
