using System.Globalization;

namespace Shale.Sql;

/// <summary>Gives the constraints of a CREATE TABLE of dialect postgres the names that PostgreSQL makes up for them. It keeps them when the table, or a column, gets another name later.</summary>
public static class ConstraintNames
{
    /// <summary>The statement with every key, foreign key and check named.</summary>
    public static CreateTableStatement Name(CreateTableStatement statement)
    {
        var named = CheckNamer.Name(statement);
        var taken = Of(named).ToHashSet();
        var table = statement.Name.Name.Name;
        Identifier Free(string wanted, Identifier? given) => given ?? FreeName(wanted, taken);
        var columns = named.Columns.Select(column => column with
        {
            Constraints = column.Constraints.Select(ColumnConstraint (constraint) => MadeUp(constraint, table, column.Name.Name) is { } wanted
                ? constraint with { ConstraintName = Free(wanted, constraint.ConstraintName) } : constraint).ToNodeList(),
        }).ToNodeList();
        return named with
        {
            Columns = columns,
            Constraints = named.Constraints.Select(TableConstraint (constraint) => MadeUp(constraint, table) is { } wanted
                ? constraint with { ConstraintName = Free(wanted, constraint.ConstraintName) } : constraint).ToNodeList(),
        };
    }

    /// <summary>The statement with names for those of its constraints whose made-up names are taken: PostgreSQL makes up others.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="isTaken">Whether another relation, or a constraint of another table, has a name.</param>
    public static CreateTableStatement Avoid(CreateTableStatement statement, Func<string, bool> isTaken)
    {
        var named = Name(statement);
        var own = Of(named).ToHashSet();
        Identifier? Other(Identifier? given, Identifier? madeUp)
        {
            if (given is not null || madeUp is null || !isTaken(madeUp.Name)) return given;
            var name = madeUp.Name;
            for (var i = 1; isTaken(name) || !own.Add(name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{madeUp.Name}{i}");
            return new Identifier(name, true);
        }

        return statement with
        {
            Columns = statement.Columns.Select((column, i) => column with
            {
                Constraints = column.Constraints.Select(ColumnConstraint (constraint, j) => constraint with
                {
                    ConstraintName = Other(constraint.ConstraintName, named.Columns[i].Constraints[j].ConstraintName),
                }).ToNodeList(),
            }).ToNodeList(),
            Constraints = statement.Constraints.Select(TableConstraint (constraint, i) => constraint with
            {
                ConstraintName = Other(constraint.ConstraintName, named.Constraints[i].ConstraintName),
            }).ToNodeList(),
        };
    }

    /// <summary>The statement with another name for a constraint; null where it has none of that name. All its constraints have names then.</summary>
    public static CreateTableStatement? Renamed(CreateTableStatement statement, string name, Identifier newName)
    {
        var named = Name(statement);
        if (!Of(named).Contains(name)) return null;
        Identifier? New(Identifier? given) => given?.Name == name ? newName : given;
        return named with
        {
            Columns = named.Columns.Select(column => column with
            {
                Constraints = column.Constraints.Select(ColumnConstraint (constraint) => constraint with { ConstraintName = New(constraint.ConstraintName) }).ToNodeList(),
            }).ToNodeList(),
            Constraints = named.Constraints.Select(TableConstraint (constraint) => constraint with { ConstraintName = New(constraint.ConstraintName) }).ToNodeList(),
        };
    }

    /// <summary>The names that are written in a statement.</summary>
    public static IEnumerable<string> Of(CreateTableStatement statement) => statement.Columns.SelectMany(column => column.Constraints).Select(constraint => constraint.ConstraintName)
        .Concat(statement.Constraints.Select(constraint => constraint.ConstraintName)).OfType<Identifier>().Select(name => name.Name);

    private static Identifier FreeName(string wanted, HashSet<string> taken)
    {
        var name = wanted;
        for (var i = 1; !taken.Add(name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{wanted}{i}");
        return new Identifier(name, true);
    }

    private static string? MadeUp(ColumnConstraint constraint, string table, string column) => constraint switch
    {
        PrimaryKeyColumn => $"{table}_pkey",
        UniqueColumn => $"{table}_{column}_key",
        ReferencesColumn => $"{table}_{column}_fkey",
        _ => null,
    };

    private static string? MadeUp(TableConstraint constraint, string table) => constraint switch
    {
        KeyConstraint { Primary: true } => $"{table}_pkey",
        KeyConstraint key => $"{table}_{string.Join('_', key.Columns.Select(item => (item.Value as ColumnRef)?.Column.Name ?? ""))}_key",
        ForeignKeyConstraint key => $"{table}_{string.Join('_', key.Columns.Select(column => column.Name))}_fkey",
        _ => null,
    };
}
