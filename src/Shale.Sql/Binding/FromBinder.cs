namespace Shale.Sql;

/// <summary>Binds what stands in FROM, left to right, and makes its columns visible.</summary>
internal sealed class FromBinder(BindContext context)
{
    /// <summary>Binds one item of the comma list.</summary>
    public void Bind(TableExpr item, Scope scope)
    {
        SqlErrors.GuardStack();
        switch (item)
        {
            case TableRef table:
                Add(scope, Relation(table, scope));
                break;
            case DerivedTable derived:
                BindDerived(derived, scope);
                break;
            case FunctionTable function:
                BindFunction(function, scope);
                break;
            case Join join:
                BindJoin(join, scope);
                break;
            default:
                throw SqlErrors.Syntax($"{item.GetType().Name} cannot stand in FROM", item);
        }
    }

    /// <summary>Makes a relation's columns visible in the scope.</summary>
    public void Add(Scope scope, Relation relation)
    {
        if (context.IsPostgres && relation.Alias.Length > 0 && scope.Relations.Any(other => other.Alias == relation.Alias && !OtherSchema(other, relation)))
            throw SqlErrors.Query($"table name \"{relation.Alias}\" specified more than once", "42712", relation.Node);
        scope.Relations.Add(relation);
        scope.Block.Relations.Add(relation);
        if (relation.Columns is null) scope.Visible.Add(new ExpandedColumn("*", relation, -1));
        for (var i = 0; i < relation.StarColumns; i++) scope.Visible.Add(new ExpandedColumn(relation.Columns![i].Name, relation, i));
    }

    /// <summary>The outputs of a base table, under the aliases given to its first columns.</summary>
    public static List<OutputColumn> ColumnsOf(QueryBlock block, TableSchema schema, NodeList<Identifier> aliases)
    {
        _ = block;
        if (aliases.Count > schema.Columns.Count)
            throw SqlErrors.Query($"table \"{schema.Name}\" has {schema.Columns.Count} columns available but {aliases.Count} columns specified", "42P10");
        var columns = new List<OutputColumn>(schema.Columns.Count);
        for (var i = 0; i < schema.Columns.Count; i++)
        {
            var column = schema.Columns[i];
            columns.Add(new OutputColumn(i < aliases.Count ? aliases[i].Name : column.Name, column.Type, column.Collation) { IsMeasured = true });
        }

        return columns;
    }

    /// <summary>Says of each output of a base table that it is that table's column.</summary>
    public static void LinkOrigins(QueryBlock block, Relation relation)
    {
        if (relation.Columns is not List<OutputColumn> columns) return;
        for (var i = 0; i < relation.Table!.Columns.Count; i++) columns[i] = columns[i] with { Origin = new ColumnBinding(block, relation, i) };
    }

    /// <summary>The name as people write it.</summary>
    public static string Display(ObjectName name) => name.Schema is null ? name.Name.Name : name.Schema.Name + "." + name.Name.Name;

    /// <summary>The relation of a table, view or common table; does not make it visible.</summary>
    public Relation Relation(TableRef table, Scope scope)
    {
        var relation = CommonTableOf(table, scope) ?? BaseTable(table, scope);
        context.Binding.SetRelation(table, relation);
        return relation;
    }

    private static bool OtherSchema(Relation left, Relation right) =>
        left.Node is TableRef { Alias: null, Name.Schema: var a } && right.Node is TableRef { Alias: null, Name.Schema: var b } && !Equals(a, b);

    private Relation? CommonTableOf(TableRef table, Scope scope)
    {
        if (table.Name.Schema is not null) return null;
        for (var at = scope.Tables; at is not null; at = at.Outer)
        {
            if (!Names.Equal(at.Table.Name.Name, table.Name.Name.Name, context.Dialect)) continue;
            PointBinder.Refuse(table, "a common table");
            var columns = context.Queries.ColumnsOf(at);
            return new Relation { Node = table, Alias = Alias(table), Columns = Renamed(columns, table.Columns, table), Common = at.Table };
        }

        return null;
    }

    private Relation BaseTable(TableRef table, Scope scope)
    {
        var schema = context.Schema.Find(table.Name);
        if (schema is null)
        {
            // SQLite: a table-valued function may stand without parentheses, and its own catalog is always there.
            if (!context.IsPostgres && SqliteTableFunctions.Columns(table.Name.Name.Name) is { } given)
            {
                PointBinder.Refuse(table, "a function");
                return new Relation { Node = table, Alias = Alias(table), Columns = given };
            }

            throw SqlErrors.UndefinedTable(Display(table.Name), table, Nearest(table, scope));
        }

        var columns = ColumnsOf(scope.Block, schema, table.Columns);
        if (table.Time is not null) context.Points.Bind(table.Time);
        var added = table.Time is { IsPeriod: true } && schema.HiddenColumns == 0 ? context.Points.PeriodColumns : [];
        columns.AddRange(added);
        var relation = new Relation { Node = table, Alias = Alias(table), Table = schema, Columns = columns, HiddenColumns = schema.HiddenColumns + added.Count };
        LinkOrigins(scope.Block, relation);
        return relation;
    }

    private string? Nearest(TableRef table, Scope scope)
    {
        var names = new List<string>();
        for (var at = scope.Tables; table.Name.Schema is null && at is not null; at = at.Outer) names.Add(at.Table.Name.Name);
        return NearestName.Hint(table.Name.Name.Name, names.Concat(context.Schema.NamesBeside(table.Name)));
    }

    private static string Alias(TableRef table) => table.Alias?.Name ?? table.Name.Name.Name;

    private void BindDerived(DerivedTable derived, Scope scope)
    {
        var outer = derived.Lateral ? scope : scope.Parent;
        var columns = context.Queries.BindSelect(derived.Query, outer, scope.Tables);
        if (derived.View is { } view) columns = [.. columns.Select((column, i) => column with { View = new ViewColumn(view, i) })];
        var relation = new Relation { Node = derived, Alias = derived.Alias?.Name ?? "", Columns = Renamed(columns, derived.Columns, derived) };
        context.Binding.SetRelation(derived, relation);
        Add(scope, relation);
    }

    private static IReadOnlyList<OutputColumn> Renamed(IReadOnlyList<OutputColumn> columns, NodeList<Identifier> aliases, SqlNode at)
    {
        if (aliases.Count == 0) return columns;
        if (aliases.Count > columns.Count)
            throw SqlErrors.Query($"table has {columns.Count} columns available but {aliases.Count} columns specified", "42P10", at);
        return [.. columns.Select((column, i) => i < aliases.Count ? column with { Name = aliases[i].Name } : column)];
    }

    private void BindFunction(FunctionTable function, Scope scope)
    {
        // In PostgreSQL a function in FROM may always use what stands to its left; in SQLite what stands beside it.
        var type = context.Typer.BindTableFunction(function.Call, scope);
        var columns = context.IsPostgres
            ? PostgresTableFunctions.Columns(function, type, context)
            : SqliteTableFunctions.Columns(function.Call.Name.Name.Name);
        var alias = function.Alias?.Name ?? function.Call.Name.Name.Name;
        var relation = new Relation { Node = function, Alias = alias, Columns = columns };
        context.Binding.SetRelation(function, relation);
        Add(scope, relation);
    }

    private void BindJoin(Join join, Scope scope)
    {
        // An alias hides the names inside: they may be those of relations outside.
        List<Relation> hidden = join.Alias is not null && context.IsPostgres ? [.. scope.Relations] : [];
        scope.Relations.RemoveRange(0, hidden.Count);
        var start = scope.Visible.Count;
        var firstRelation = scope.Relations.Count;
        Bind(join.Left, scope);
        var middle = scope.Visible.Count;
        Bind(join.Right, scope);
        var names = join.Natural ? NaturalNames(scope, start, middle) : [.. join.Using.Select(column => column.Name)];
        if (names.Count > 0) Merge(join, names, scope, start, middle);
        if (join.On is not null) BindOn(join.On, scope, start);
        scope.Relations.InsertRange(0, hidden);
        if (join.Alias is not null) Rename(join, scope, start, firstRelation + hidden.Count);
    }

    private void BindOn(Expr on, Scope scope, int start)
    {
        var before = scope.VisibleFrom;
        if (context.IsPostgres) scope.VisibleFrom = start;
        context.Typer.BindCondition(on, scope, "JOIN/ON");
        scope.VisibleFrom = before;
    }

    private List<string> NaturalNames(Scope scope, int start, int middle)
    {
        var names = new List<string>();
        for (var i = start; i < middle; i++)
        {
            var name = scope.Visible[i].Name;
            if (scope.Visible[i].Index >= 0 && Find(scope, name, middle, scope.Visible.Count, null) >= 0) names.Add(name);
        }

        return names;
    }

    // The merged columns come first in PostgreSQL; in SQLite they stay where the left side has them.
    private void Merge(Join join, List<string> names, Scope scope, int start, int middle)
    {
        var left = scope.Visible.GetRange(start, middle - start);
        var right = scope.Visible.GetRange(middle, scope.Visible.Count - middle);
        var merged = new List<ExpandedColumn>();
        foreach (var name in names)
        {
            var i = Find(scope, name, start, middle, join);
            var j = Find(scope, name, middle, scope.Visible.Count, join);
            if (i < 0 || j < 0)
            {
                var side = i < 0 ? "left" : "right";
                throw new VitessException(ErrorCodes.NotFound, $"column \"{name}\" specified in USING clause does not exist in {side} table", sqlState: "42703");
            }

            merged.Add(MergedColumn(join, name, scope.Visible[i], scope.Visible[j]) with { Block = scope.Block });
            right.Remove(scope.Visible[j]);
            if (context.IsPostgres) left.Remove(scope.Visible[i]);
            else left[left.IndexOf(scope.Visible[i])] = merged[^1];
        }

        context.Binding.SetJoin(join, merged);
        scope.Visible.RemoveRange(start, scope.Visible.Count - start);
        if (context.IsPostgres) scope.Visible.AddRange(merged);
        scope.Visible.AddRange(left);
        scope.Visible.AddRange(right);
    }

    private ExpandedColumn MergedColumn(Join join, string name, ExpandedColumn left, ExpandedColumn right)
    {
        if (context.IsPostgres) context.Typer.CheckComparable(left.Output.Type, right.Output.Type, "=", join);
        var kept = join.Kind == JoinKind.Right ? right : left;
        var common = context.IsPostgres ? TypeRules.Common(left.Output.Type, right.Output.Type) : null;
        return kept with { Name = name, Merged = [left, right], Full = join.Kind == JoinKind.Full || kept.Full || (!context.IsPostgres && (left.Full || right.Full)), Common = common };
    }

    private int Find(Scope scope, string name, int from, int to, SqlNode? at)
    {
        var found = -1;
        for (var i = from; i < to; i++)
        {
            if (scope.Visible[i].Index < 0 || !Names.Equal(scope.Visible[i].Name, name, context.Dialect)) continue;
            if (found >= 0 && context.IsPostgres)
                throw SqlErrors.Query($"common column name \"{name}\" appears more than once in one side of the join", "42702", at);
            if (found < 0) found = i;
        }

        return found;
    }

    private void Rename(Join join, Scope scope, int start, int firstRelation)
    {
        context.Binding.SetColumns(join, scope.Visible.GetRange(start, scope.Visible.Count - start));
        var columns = scope.Visible.GetRange(start, scope.Visible.Count - start).Select(column => column.Output with { Name = column.Name }).ToList();
        scope.Visible.RemoveRange(start, scope.Visible.Count - start);
        scope.Relations.RemoveRange(firstRelation, scope.Relations.Count - firstRelation);
        var relation = new Relation { Node = join, Alias = join.Alias!.Name, Columns = columns };
        context.Binding.SetRelation(join, relation);
        Add(scope, relation);
    }
}
