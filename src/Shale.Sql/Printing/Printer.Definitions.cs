namespace Shale.Sql.Printing;

/// <summary>CREATE, ALTER, DROP and their parts.</summary>
internal sealed partial class Printer
{
    private void Definition(Statement statement)
    {
        switch (statement)
        {
            case CreateTableStatement table:
                CreateTable(table);
                break;
            case CreateIndexStatement index:
                CreateIndex(index);
                break;
            case CreateViewStatement view:
                CreateView(view);
                break;
            case CreateTriggerStatement trigger:
                CreateTrigger(trigger);
                break;
            case SequenceStatement sequence:
                Sequence(sequence);
                break;
            case AlterTableStatement alter:
                AlterTable(alter);
                break;
            case RenameStatement rename:
                OnlyIn(SqlDialect.Postgres, "ALTER … RENAME of what is no table");
                Add("ALTER ").AddUpper(rename.Kind);
                Add(rename.IfExists ? " IF EXISTS " : " ");
                Name(rename.Name);
                Add(" RENAME TO ");
                Name(rename.NewName);
                break;
            case DropStatement drop:
                Add("DROP ").AddUpper(drop.Kind);
                if (drop.Concurrently)
                {
                    OnlyIn(SqlDialect.Postgres, "CONCURRENTLY");
                    Add(" CONCURRENTLY");
                }

                Add(drop.IfExists ? " IF EXISTS " : " ");
                List(drop.Names, Name);
                if (drop.Cascade) Add(" CASCADE");
                break;
            case AlterVSchemaStatement alter:
                AlterVSchema(alter);
                break;
            default:
                throw new InvalidOperationException($"no form for {statement.GetType().Name}");
        }
    }

    private void CreateTable(CreateTableStatement table)
    {
        var clauses = table.Unsupported.Length == 0 ? [] : table.Unsupported.Split('\n');
        if (clauses.Length > 0) OnlyIn(SqlDialect.Postgres, clauses[0]);
        Add("CREATE ");
        if (table.Temporary) Add("TEMP ");
        if (clauses.Contains("UNLOGGED")) Add("UNLOGGED ");
        Add(table.IfNotExists ? "TABLE IF NOT EXISTS " : "TABLE ");
        Name(table.Name);
        var parent = Array.Find(clauses, clause => clause.StartsWith("PARTITION OF", StringComparison.OrdinalIgnoreCase)
            || clause.StartsWith("OF ", StringComparison.OrdinalIgnoreCase));
        if (parent is not null) Add(' ').Add(parent);
        else TableElements(table);
        foreach (var clause in clauses)
        {
            if (clause != parent && clause != "UNLOGGED" && !IsOnCommit(clause) && !IsTablespace(clause)) Add(' ').Add(clause);
        }

        TableOptions(table);
        foreach (var clause in clauses.Where(IsOnCommit).Concat(clauses.Where(IsTablespace))) Add(' ').Add(clause);
        if (table.AsQuery is null) return;
        Add(" AS ");
        Select(table.AsQuery);
        if (table.WithNoData) Add(" WITH NO DATA");
    }

    private static bool IsOnCommit(string clause) => clause.StartsWith("ON ", StringComparison.OrdinalIgnoreCase);

    private static bool IsTablespace(string clause) => clause.StartsWith("TABLESPACE ", StringComparison.OrdinalIgnoreCase);

    private void TableElements(CreateTableStatement table)
    {
        if (table.AsQuery is not null && table.Columns.Count == 0) return;
        Add(" (");
        var start = _to.Length;
        for (var i = 0; i <= table.Columns.Count; i++)
        {
            foreach (var like in table.Likes.Where(each => each.Position == i)) Element(start, like);
            if (i < table.Columns.Count) Element(start, table.Columns[i]);
        }

        foreach (var constraint in table.Constraints) Element(start, constraint);

        Add(')');
    }

    private void Element(int start, SqlNode element)
    {
        if (_to.Length > start) Add(", ");
        DefinitionPart(element);
    }

    private void TableOptions(CreateTableStatement table)
    {
        if (table.Options.Count > 0) Options(table.Options, " WITH ");
        if (!table.Strict && !table.WithoutRowId) return;
        OnlyIn(SqlDialect.Sqlite, table.Strict ? "STRICT" : "WITHOUT ROWID");
        Add(table is { Strict: true, WithoutRowId: true } ? " WITHOUT ROWID, STRICT" : table.Strict ? " STRICT" : " WITHOUT ROWID");
    }

    private void Options(NodeList<OptionItem> options, string before)
    {
        Add(before).Add('(');
        List(options, Option);
        Add(')');
    }

    private void Option(OptionItem option)
    {
        VariableName(option.Name);
        if (option.Value is null) return;
        Add(" = ");
        SettingValue(option.Value, keepCase: false);
    }

    private void DefinitionPart(SqlNode node)
    {
        switch (node)
        {
            case ColumnDefinition column:
                ColumnDefinition(column);
                break;
            case ColumnConstraint constraint:
                ConstraintName(constraint.ConstraintName);
                ColumnConstraint(constraint);
                break;
            case TableConstraint constraint:
                ConstraintName(constraint.ConstraintName);
                TableConstraint(constraint);
                break;
            case LikeTable like:
                ColumnsLike(like);
                break;
            case ForeignKeyReference reference:
                Reference(reference);
                break;
            case OptionItem option:
                Option(option);
                break;
            case AlterAction action:
                Alter(action);
                break;
            default:
                throw new InvalidOperationException($"no form for {node.GetType().Name}");
        }
    }

    private void ColumnDefinition(ColumnDefinition column)
    {
        Name(column.Name);
        if (column.Type is { Name.Length: > 0 })
        {
            Add(' ');
            Type(column.Type);
        }

        foreach (var constraint in column.Constraints)
        {
            Add(' ');
            DefinitionPart(constraint);
        }
    }

    private void ColumnsLike(LikeTable like)
    {
        OnlyIn(SqlDialect.Postgres, "LIKE in CREATE TABLE");
        Add("LIKE ");
        Name(like.Source);
        foreach (var part in like.Parts) Add(' ').AddUpper(part.Value!).Add(' ').AddUpper(part.Name);
    }

    private void ConstraintName(Identifier? name)
    {
        if (name is null) return;
        Add("CONSTRAINT ");
        Name(name);
        Add(' ');
    }

    private void ConflictAction(string action)
    {
        if (action.Length == 0) return;
        OnlyIn(SqlDialect.Sqlite, "ON CONFLICT of a constraint");
        Add(" ON CONFLICT ").AddUpper(action);
    }

    private void ColumnConstraint(ColumnConstraint constraint)
    {
        switch (constraint)
        {
            case NotNullConstraint notNull:
                Add(notNull.Not ? "NOT NULL" : "NULL");
                break;
            case DefaultConstraint value:
                Add("DEFAULT ");
                Default(value.Value);
                break;
            case PrimaryKeyColumn key:
                Add("PRIMARY KEY");
                if (key.Descending || key.AutoIncrement) OnlyIn(SqlDialect.Sqlite, key.AutoIncrement ? "AUTOINCREMENT" : "PRIMARY KEY DESC");
                if (key.Descending) Add(" DESC");
                break;
            case UniqueColumn:
                Add("UNIQUE");
                break;
            case CheckColumn check:
                Add("CHECK ");
                Parenthesized(check.Condition);
                break;
            case ReferencesColumn references:
                Reference(references.Reference);
                break;
            case CollateColumn collate:
                Add("COLLATE ");
                Name(collate.Collation);
                break;
            case GeneratedColumn generated:
                if (!generated.Stored) OnlyIn(SqlDialect.Sqlite, "a virtual column");
                Add("GENERATED ALWAYS AS ");
                Parenthesized(generated.Value);
                Add(generated.Stored ? " STORED" : " VIRTUAL");
                break;
            case IdentityColumn identity:
                OnlyIn(SqlDialect.Postgres, "IDENTITY");
                Identity(identity);
                break;
        }

        ConflictAction(constraint.ConflictAction);
        if (constraint is PrimaryKeyColumn { AutoIncrement: true }) Add(" AUTOINCREMENT");
    }

    private void Default(Expr value)
    {
        var bare = _postgres
            ? IsPlain(value)
            : value is Literal or FunctionCall { NoParentheses: true } or Unary { Op: "+" or "-", Operand: Literal { Kind: LiteralKind.Integer or LiteralKind.Number } };
        if (bare) Expression(value, 0);
        else Parenthesized(value);
    }

    private void Reference(ForeignKeyReference reference)
    {
        Add("REFERENCES ");
        Name(reference.Table);
        NamesOpt(reference.Columns);
        if (reference.Match.Length > 0) Add(" MATCH ").AddUpper(reference.Match);
        if (reference.OnDelete.Length > 0) Add(" ON DELETE ").AddUpper(reference.OnDelete);
        if (reference.OnUpdate.Length > 0) Add(" ON UPDATE ").AddUpper(reference.OnUpdate);
        if (reference.Deferrable.Length > 0) Add(' ').AddUpper(reference.Deferrable);
    }

    private void TableConstraint(TableConstraint constraint)
    {
        switch (constraint)
        {
            case KeyConstraint key:
                Add(key.Primary ? "PRIMARY KEY " : "UNIQUE ");
                IndexColumns(key.Columns);
                break;
            case CheckConstraint check:
                Add("CHECK ");
                Parenthesized(check.Condition);
                break;
            case ForeignKeyConstraint foreign:
                Add("FOREIGN KEY ");
                Names(foreign.Columns);
                Add(' ');
                Reference(foreign.Reference);
                break;
        }

        ConflictAction(constraint.ConflictAction);
        if (!constraint.NotValid) return;
        OnlyIn(SqlDialect.Postgres, "NOT VALID");
        Add(" NOT VALID");
    }

    private void IndexColumns(NodeList<OrderItem> columns)
    {
        Add('(');
        List(columns, IndexColumn);
        Add(')');
    }

    /// <summary>In PostgreSQL anything but a column or a call needs parentheses.</summary>
    private void IndexColumn(OrderItem item)
    {
        if (!_postgres)
        {
            Order(item);
            return;
        }

        var value = item.Value is Sql.Collate collate ? collate.Operand : item.Value;
        if (value is ColumnRef { Table: null } or FunctionCall { Over: null, Filter: null, WithinGroup: false }) Expression(value, 0);
        else Parenthesized(value);
        if (item.Value is Sql.Collate outer)
        {
            Add(" COLLATE ");
            Name(outer.Collation);
        }

        if (item.OperatorClass is not null)
        {
            Add(' ');
            Name(item.OperatorClass);
        }

        OrderTail(item);
    }

    private void CreateIndex(CreateIndexStatement index)
    {
        Add(index.Unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
        if (index.Concurrently)
        {
            OnlyIn(SqlDialect.Postgres, "CONCURRENTLY");
            Add("CONCURRENTLY ");
        }

        if (index.IfNotExists) Add("IF NOT EXISTS ");
        if (index.Name is null) OnlyIn(SqlDialect.Postgres, "an index without a name");
        if (index.Schema is not null)
        {
            OnlyIn(SqlDialect.Sqlite, "a schema in front of an index");
            Name(index.Schema);
            Add('.');
        }

        if (index.Name is not null)
        {
            Name(index.Name);
            Add(' ');
        }

        Add("ON ");
        Name(index.Table);
        if (index.Method.Length > 0)
        {
            OnlyIn(SqlDialect.Postgres, "an index method");
            Add(" USING ");
            Name(new Identifier(index.Method));
        }

        Add(' ');
        IndexColumns(index.Columns);
        if (index.Include.Count > 0)
        {
            OnlyIn(SqlDialect.Postgres, "INCLUDE");
            Add(" INCLUDE ");
            Names(index.Include);
        }

        if (index.Options.Count > 0) Options(index.Options, " WITH ");
        Clause(" WHERE ", index.Where);
    }

    private void CreateView(CreateViewStatement view)
    {
        if (view.OrReplace || view.Materialized) OnlyIn(SqlDialect.Postgres, view.OrReplace ? "CREATE OR REPLACE VIEW" : "a materialized view");
        if (view is { IfNotExists: true, Materialized: false }) OnlyIn(SqlDialect.Sqlite, "CREATE VIEW IF NOT EXISTS");
        Add(view.OrReplace ? "CREATE OR REPLACE " : "CREATE ");
        if (view.Temporary) Add("TEMP ");
        if (view.Materialized) Add("MATERIALIZED ");
        Add(view.IfNotExists ? "VIEW IF NOT EXISTS " : "VIEW ");
        Name(view.Name);
        NamesOpt(view.Columns);
        Add(" AS ");
        Select(view.Query);
    }

    private void CreateTrigger(CreateTriggerStatement trigger)
    {
        OnlyIn(SqlDialect.Sqlite, "a trigger with a body");
        Add(trigger.Temporary ? "CREATE TEMP TRIGGER " : "CREATE TRIGGER ");
        if (trigger.IfNotExists) Add("IF NOT EXISTS ");
        Name(trigger.Name);
        Add(' ');
        if (trigger.Timing.Length > 0) AddUpper(trigger.Timing).Add(' ');
        AddUpper(trigger.Event);
        if (trigger.Columns.Count > 0)
        {
            Add(" OF ");
            List(trigger.Columns, Name);
        }

        Add(" ON ");
        Name(trigger.Table);
        if (trigger.ForEachRow) Add(" FOR EACH ROW");
        Clause(" WHEN ", trigger.When);
        Add(" BEGIN");
        foreach (var statement in trigger.Body)
        {
            Add(' ');
            Statement(statement);
            Add(';');
        }

        Add(" END");
    }

    private void Sequence(SequenceStatement sequence)
    {
        Add(sequence.Alter ? "ALTER " : "CREATE ");
        if (sequence.Temporary) Add("TEMP ");
        Add("SEQUENCE ");
        if (sequence.IfExists) Add(sequence.Alter ? "IF EXISTS " : "IF NOT EXISTS ");
        Name(sequence.Name);
        SequenceOptions(sequence.Options, " ");
    }

    private void SequenceOptions(NodeList<OptionItem> options, string before)
    {
        foreach (var option in options)
        {
            Add(before);
            before = " ";
            if (option.Value is null && option.Name != "restart") Add("NO ");
            Upper(option.Name);
            if (option.Value is null || option.Name == "cycle") continue;
            Add(option.Name switch { "start" or "restart" => " WITH ", "increment" => " BY ", _ => " " }).Add(option.Value);
        }
    }
}
