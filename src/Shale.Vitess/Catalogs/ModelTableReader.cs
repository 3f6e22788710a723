using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Reads what a table of the VSchema has: indexes, constraints, defaults.</summary>
internal sealed class ModelTableReader(CatalogModel model, ModelRelation relation, CatalogOids oids)
{
    private VTable Table => relation.Table!;

    private string Keyspace => relation.Keyspace.Name;

    /// <summary>Defaults, keys, unique constraints, indexes and checks.</summary>
    public void ReadKeys()
    {
        var definition = ModelChecks.Definition(Table);
        for (var i = 0; i < relation.Columns.Count; i++)
        {
            if (DefaultOf(relation.Columns[i], definition) is { } text) relation.Defaults[i + 1] = text;
        }

        for (var i = 0; i < Table.Schema!.Keys.Count; i++) ReadKey(Table.Schema.Keys[i], ModelKeys.KeyName(Table, i));
        foreach (var index in Table.Indexes) relation.Indexes.Add(IndexOf(index));
        foreach (var (name, condition) in ModelChecks.Of(Table))
        {
            var columns = SqlTree.All<ColumnRef>(condition).Select(column => relation.NumberOf(column.Column.Name)).Where(number => number > 0).Distinct().ToList();
            relation.Constraints.Add(new ModelConstraint(ConstraintOid(name), name, 'c', columns) { Condition = Both(condition), NotValid = IsNotValid(definition, name) });
        }
    }

    /// <summary>Foreign keys; the keys of all tables must be read.</summary>
    public void ReadForeignKeys()
    {
        var definition = ModelChecks.Definition(Table);
        for (var i = 0; i < Table.Schema!.ForeignKeys.Count; i++)
        {
            var foreign = Table.Schema.ForeignKeys[i];
            if (model.Find(relation.Keyspace, foreign.Parent) is not { Table: not null } parent) continue;
            var name = ModelKeys.ForeignKeyName(Table, i);
            IReadOnlyList<string> columns = foreign.ParentColumns.Count > 0 ? foreign.ParentColumns : parent.Table.Schema!.PrimaryKey;
            var numbers = columns.Select(parent.NumberOf).ToList();
            relation.Constraints.Add(new ModelConstraint(ConstraintOid(name), name, 'f', Numbers(foreign.Columns))
            {
                Parent = parent,
                ParentColumns = numbers,
                ForeignKey = foreign,
                Index = parent.Indexes.FirstOrDefault(index => index.Unique && index.Parts.Select(part => part.Number).Order().SequenceEqual(numbers.Order())),
                Deferral = DeferralOf(foreign),
                NotValid = IsNotValid(definition, name),
            });
        }
    }

    // Most definitions have none, and need not be given names.
    private static bool IsNotValid(CreateTableStatement? definition, string name) =>
        definition is not null && definition.Constraints.Any(constraint => constraint.NotValid) && CreateTableEdits.NotValid(definition, name) >= 0;

    private List<int> Numbers(IEnumerable<string> columns) => [.. columns.Select(relation.NumberOf)];

    private long ConstraintOid(string name) => oids.Of(ModelKeys.OfConstraint(Keyspace, Table.Name, name));

    private string Written(Expr expression, bool pretty) => Table.Dialect == SqlDialect.Postgres
        ? CatalogExpression.Write(expression, Table.Schema!, pretty) : SqlPrinter.Print(expression, SqlDialect.Sqlite);

    private ModelExpression Both(Expr expression) => new(Written(expression, false), Written(expression, true));

    // A unique index is listed among the keys, too.
    private void ReadKey(KeySchema key, string name)
    {
        if (!key.Primary && Table.Indexes.Any(index => VSchemaNames.Comparer.Equals(index.Name, name))) return;
        var parts = key.Columns.Select(column => Part(relation.NumberOf(column), false, null)).ToList();
        var index = new ModelIndex(oids.Of(ModelKeys.OfIndex(Keyspace, Table.Name, name)), name, true, key.Primary, parts, [], null);
        relation.Indexes.Add(index);
        relation.Constraints.Add(new ModelConstraint(ConstraintOid(name), name, key.Primary ? 'p' : 'u', Numbers(key.Columns)) { Index = index });
    }

    private ModelIndexPart Part(int number, bool descending, bool? nullsFirst)
    {
        var column = relation.Columns[number - 1];
        return new ModelIndexPart(number, Same(Names.Quote(column.Name)), column.Name, column.Type, descending, nullsFirst ?? descending);
    }

    private ModelIndex IndexOf(VIndex index)
    {
        var statement = (CreateIndexStatement)SqlParser.Parse(index.CreateSql, Table.Dialect);
        var parts = new List<ModelIndexPart>();
        foreach (var item in statement.Columns)
        {
            var value = item.Value is Collate collate ? collate.Operand : item.Value;
            if (value is ColumnRef column && relation.NumberOf(column.Column.Name) is > 0 and var number)
            {
                parts.Add(Part(number, item.Descending, item.NullsFirst));
                continue;
            }

            var name = IndexNames.OfColumn(value);
            ModelExpression text = value is FunctionCall ? Both(value) : new($"({Written(value, false)})", $"({Written(value, true)})");
            parts.Add(new ModelIndexPart(0, text, name, CatalogExpression.TypeOf(value, Table.Schema!), item.Descending, item.NullsFirst ?? item.Descending));
        }

        return new ModelIndex(oids.Of(ModelKeys.OfIndex(Keyspace, Table.Name, index.Name)), index.Name, index.Unique, false, parts, Numbers(statement.Include.Select(column => column.Name)), statement.Where is { } where ? Both(where) : null);
    }

    private ModelExpression? DefaultOf(ColumnSchema column, CreateTableStatement? definition)
    {
        if (column.Generated)
        {
            var generated = definition?.Columns.FirstOrDefault(each => VSchemaNames.Comparer.Equals(each.Name.Name, column.Name))?.Constraints.OfType<GeneratedColumn>().FirstOrDefault();
            return generated is null ? null : Both(generated.Value);
        }

        if (column.Default is { } value) return Table.Dialect == SqlDialect.Postgres ? new(CatalogExpression.WriteDefault(value, column, pretty: false), CatalogExpression.WriteDefault(value, column, pretty: true)) : Same(SqlPrinter.Print(value, SqlDialect.Sqlite));
        if (column.IsIdentity || Table.AutoIncrement is not { } auto || !VSchemaNames.Comparer.Equals(auto.Column, column.Name)) return null;
        return model.SequenceOf(relation) is { } sequence ? Same($"nextval('{sequence.Schema.Written(sequence.Name).Replace("'", "''", StringComparison.Ordinal)}'::regclass)") : null;
    }

    private static ModelExpression Same(string text) => new(text, text);

    // Only the definition says it.
    private (bool Deferrable, bool Deferred) DeferralOf(ForeignKeySchema foreign)
    {
        if (ModelChecks.Definition(Table) is not { } definition) return default;
        var references = definition.Columns.SelectMany(column => column.Constraints.OfType<ReferencesColumn>().Select(each => (Columns: (IEnumerable<string>)[column.Name.Name], each.Reference)))
            .Concat(definition.Constraints.OfType<ForeignKeyConstraint>().Select(each => (Columns: each.Columns.Select(column => column.Name), each.Reference)));
        var own = references.FirstOrDefault(each => each.Columns.SequenceEqual(foreign.Columns, VSchemaNames.Comparer)).Reference?.Deferrable ?? "";
        return (own.StartsWith("deferrable", StringComparison.OrdinalIgnoreCase) || own.Contains("initially deferred", StringComparison.OrdinalIgnoreCase), own.Contains("initially deferred", StringComparison.OrdinalIgnoreCase));
    }
}
