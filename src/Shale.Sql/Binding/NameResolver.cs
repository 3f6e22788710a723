namespace Shale.Sql;

/// <summary>Finds what a column name stands for, from the innermost scope outwards.</summary>
internal sealed class NameResolver(BindContext context)
{
    /// <summary>Resolves a name, records it, and returns its type.</summary>
    public SqlType Resolve(ColumnRef name, Scope? scope)
    {
        for (var at = scope; at is not null; at = at.Parent)
        {
            var found = name.Table is null ? Unqualified(name, at) : Qualified(name, at);
            if (found is not { } type) continue;
            if (context.Binding.ColumnOf(name) is not null) context.Variables?.RequireNone(name);
            return type;
        }

        if (context.Variables?.Take(name) is { } variable) return Typed(name, variable);
        if (!context.IsPostgres && name is { Table: null, Column.Quoted: true })
        {
            context.Binding.SetDqsString(name);
            return Typed(name, new SqlType(SqlTypeKind.Text));
        }

        throw Missing(name, scope);
    }

    private SqlType? Unqualified(ColumnRef name, Scope scope)
    {
        ExpandedColumn? found = null;
        for (var i = scope.VisibleFrom; i < scope.Visible.Count; i++)
        {
            var column = scope.Visible[i];
            if (column.Index < 0 || !Same(column.Name, name.Column.Name)) continue;
            if (found is not null)
            {
                // SQLite takes the first of equal names that one relation gives; two relations are ambiguous in both.
                if (!context.IsPostgres && ReferenceEquals(found.Relation, column.Relation)) continue;
                throw SqlErrors.AmbiguousColumn(name.Column.Name, name);
            }

            found = column;
        }

        if (found is not null) return Bound(name, scope, found);
        if (Hidden(name, scope) is { } hidden) return Bound(name, scope, hidden);
        if (RowId(name, scope) is { } rowId) return rowId;
        if (scope.Aliases is { } aliases && aliases.Find(name.Column.Name, context.Dialect, aliasesOnly: true) is >= 0 and var index)
            return Alias(name, aliases, index);
        if (context.IsPostgres && OnlyColumn(name, scope) is { } only) return Bound(name, scope, new ExpandedColumn(name.Column.Name, only, 0));
        if (context.IsPostgres && WholeRow(name, scope)) return Typed(name, new SqlType(SqlTypeKind.Record));
        return scope.Opaque is { } opaque && !name.Column.Quoted && context.Variables?.TypeOf(name) is null ? Bound(name, scope, new ExpandedColumn(name.Column.Name, opaque, -1)) : null;
    }

    private ExpandedColumn? Hidden(ColumnRef name, Scope scope)
    {
        ExpandedColumn? found = null;
        foreach (var relation in scope.Relations)
        {
            if (relation.HiddenColumns == 0 || IndexOf(relation, name.Column.Name) is not (>= 0 and var index)) continue;
            if (found is not null) throw SqlErrors.AmbiguousColumn(name.Column.Name, name);
            found = new ExpandedColumn(name.Column.Name, relation, index);
        }

        return found;
    }

    // A function that returns one value a row: its alias is that value, not a row of it.
    private static Relation? OnlyColumn(ColumnRef name, Scope scope) =>
        scope.Relations.Find(relation => relation is { Node: FunctionTable { WithOrdinality: false }, Columns.Count: 1 } && relation.Alias == name.Column.Name);

    private SqlType? Qualified(ColumnRef name, Scope scope)
    {
        var table = name.Table!.Name;
        if (scope.Excluded is { } excluded && name.Schema is null && Same(table, "excluded"))
        {
            var index = IndexOf(excluded, name.Column.Name);
            if (index < 0 && IsRowIdName(name) && HasRowId(excluded)) return SetRowId(name, excluded);
            if (index < 0) throw SqlErrors.UndefinedColumn($"excluded.{name.Column.Name}", name);
            context.Binding.SetExcluded(name, index);
            return Typed(name, excluded.Columns![index].Type, excluded.Columns[index].Collation);
        }

        foreach (var relation in scope.Relations)
        {
            if (!Names.Equal(relation.Alias, table, context.Dialect) || !SchemaFits(name.Schema, relation)) continue;
            var index = IndexOf(relation, name.Column.Name);
            if (index >= 0) return Bound(name, scope, new ExpandedColumn(name.Column.Name, relation, index));
            if (relation.Columns is null) return Bound(name, scope, new ExpandedColumn(name.Column.Name, relation, -1));
            if (IsRowIdName(name) && HasRowId(relation)) return SetRowId(name, relation);
            var nearest = NearestName.Of(name.Column.Name, relation.Columns.Select(column => column.Name));
            throw SqlErrors.UndefinedColumn($"{table}.{name.Column.Name}", name, nearest is null ? null : $"{table}.{nearest}");
        }

        return null;
    }

    /// <summary>Records a column that a name or a part of a star stands for.</summary>
    public SqlType Bound(ColumnRef name, Scope scope, ExpandedColumn column)
    {
        if (column.Full && column.Merged is not null)
        {
            context.Binding.SetMerged(name, column);
            return Typed(name, column.Output.Type, column.Output.Collation);
        }

        if (column.Index >= 0) context.Binding.SetColumn(name, new ColumnBinding(scope.Block, column.Relation, column.Index));
        return Typed(name, column.Output.Type, column.Output.Collation);
    }

    /// <summary>Records a name that stands for an output.</summary>
    public SqlType Alias(ColumnRef name, OutputNames outputs, int index)
    {
        context.Binding.SetAlias(name, outputs.Items[index], index);
        return Typed(name, outputs.Columns[index].Type, outputs.Columns[index].Collation);
    }

    private SqlType? RowId(ColumnRef name, Scope scope)
    {
        if (!IsRowIdName(name)) return null;
        Relation? found = null;
        foreach (var relation in scope.Relations)
        {
            if (!HasRowId(relation)) continue;
            if (found is not null) throw SqlErrors.AmbiguousColumn(name.Column.Name, name);
            found = relation;
        }

        return found is null ? null : SetRowId(name, found);
    }

    private SqlType SetRowId(ColumnRef name, Relation relation)
    {
        context.Binding.SetRowId(name, relation);
        return Typed(name, new SqlType(SqlTypeKind.Int8));
    }

    private bool IsRowIdName(ColumnRef name) =>
        !context.IsPostgres && (Same(name.Column.Name, "rowid") || Same(name.Column.Name, "oid") || Same(name.Column.Name, "_rowid_"));

    // A row that has several versions in a period is not told from them by its rowid.
    private static bool HasRowId(Relation relation) => relation is { Table.WithoutRowId: false, Time: not { IsPeriod: true } };

    private bool WholeRow(ColumnRef name, Scope scope) => scope.Relations.Any(relation => Same(relation.Alias, name.Column.Name));

    private bool Same(string left, string right) => Names.Equal(left, right, context.Dialect);

    private int IndexOf(Relation relation, string name)
    {
        if (relation.Columns is null) return -1;
        for (var i = 0; i < relation.Columns.Count; i++)
            if (Same(relation.Columns[i].Name, name)) return i;
        return -1;
    }

    // A schema in front of a table's name: the table must stand there under that schema, or without one.
    private bool SchemaFits(Identifier? schema, Relation relation) => schema is null || relation.Node switch
    {
        TableRef { Time: not null } table => HasOwnName(table) && (table.Name.Schema?.Name.Split('@')[0] is not { } known || Same(known, schema.Name) || (context.IsPostgres && schema.Name == "public")),
        TableRef table => table.Alias is null && (table.Name.Schema is null || Same(table.Name.Schema.Name, schema.Name)),
        _ => true,
    };

    // A gate names the schema of a table of the past schema@number, and gives one in a period the table's own name as an alias: that stands where the name does.
    private static bool HasOwnName(TableRef table) => table.Alias is not { } alias || (table.Time!.IsPeriod && alias.Span.Length > 0 && alias.Span.Start >= table.Name.Span.Start && alias.Span.End <= table.Name.Span.End);

    private SqlType Typed(ColumnRef name, SqlType type, string? collation = null)
    {
        context.Binding.SetType(name, type);
        context.Binding.SetCollation(name, collation);
        return type;
    }

    private static VitessException Missing(ColumnRef name, Scope? scope)
    {
        if (name.Table is not null) return SqlErrors.MissingFrom(name.Table.Name, name);
        var candidates = new List<string>();
        for (var at = scope; at is not null; at = at.Parent) candidates.AddRange(at.Visible.Select(column => column.Name));
        return SqlErrors.UndefinedColumn(name.Column.Name, name, NearestName.Of(name.Column.Name, candidates));
    }
}
