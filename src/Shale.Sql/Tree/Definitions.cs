namespace Shale.Sql;

/// <summary>CREATE TABLE.</summary>
public sealed record CreateTableStatement(ObjectName Name, NodeList<ColumnDefinition> Columns, NodeList<TableConstraint> Constraints) : Statement
{
    /// <summary>TEMP.</summary>
    public bool Temporary { get; init; }

    /// <summary>IF NOT EXISTS.</summary>
    public bool IfNotExists { get; init; }

    /// <summary><c>WITH (…)</c>.</summary>
    public NodeList<OptionItem> Options { get; init; } = NodeList<OptionItem>.Empty;

    /// <summary>SQLite's WITHOUT ROWID.</summary>
    public bool WithoutRowId { get; init; }

    /// <summary>SQLite's STRICT.</summary>
    public bool Strict { get; init; }

    /// <summary>AS SELECT; null for none. With it <see cref="Columns"/> may hold names without types.</summary>
    public SelectStatement? AsQuery { get; init; }

    /// <summary>WITH NO DATA.</summary>
    public bool WithNoData { get; init; }

    /// <summary>LIKE among its columns.</summary>
    public NodeList<LikeTable> Likes { get; init; } = NodeList<LikeTable>.Empty;

    /// <summary>Clauses that are kept as text: INHERITS, PARTITION BY, TABLESPACE, ON COMMIT; empty for none.</summary>
    public string Unsupported { get; init; } = "";

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Columns, out var columns) | mapper.On(Constraints, out var constraints)
            | mapper.On(Options, out var options) | mapper.On(AsQuery, out var asQuery) | mapper.On(Likes, out var likes)
            ? this with { Name = name!, Columns = columns, Constraints = constraints, Options = options, AsQuery = asQuery, Likes = likes } : this;
}

/// <summary>LIKE in a CREATE TABLE: at this place it has the columns of another relation.</summary>
/// <param name="Source">The other relation.</param>
/// <param name="Position">How many columns of the statement stand in front of it.</param>
/// <param name="Parts">What comes along, in order: indexes, defaults, … or all, each with the value including or excluding.</param>
public sealed record LikeTable(ObjectName Source, int Position, NodeList<OptionItem> Parts) : SqlNode
{
    /// <summary>Whether a part comes along: the last that is said of it, or of all, counts.</summary>
    public bool Includes(string part) => Parts.LastOrDefault(said => said.Name == part || said.Name == "all") is { Value: "including" };

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Source, out var source) | mapper.On(Parts, out var parts) ? this with { Source = source!, Parts = parts } : this;
}

/// <summary><c>name = value</c> in WITH (…) and SET (…).</summary>
/// <param name="Name">Lower case.</param>
/// <param name="Value">The value without quotes; null for a bare name.</param>
public sealed record OptionItem(string Name, string? Value) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}

/// <summary>A column of a CREATE TABLE or ADD COLUMN.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type; null for none (SQLite).</param>
/// <param name="Constraints">What follows, in order.</param>
public sealed record ColumnDefinition(Identifier Name, TypeName? Type, NodeList<ColumnConstraint> Constraints) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Type, out var type) | mapper.On(Constraints, out var constraints)
            ? this with { Name = name!, Type = type, Constraints = constraints } : this;
}

/// <summary>A constraint of one column.</summary>
public abstract record ColumnConstraint : SqlNode
{
    /// <summary>CONSTRAINT name; null for none.</summary>
    public Identifier? ConstraintName { get; init; }

    /// <summary>SQLite's ON CONFLICT …; empty for none.</summary>
    public string ConflictAction { get; init; } = "";
}

/// <summary>NOT NULL, or NULL.</summary>
public sealed record NotNullConstraint(bool Not) : ColumnConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}

/// <summary>DEFAULT.</summary>
public sealed record DefaultConstraint(Expr Value) : ColumnConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Value, out var value) ? this with { Value = value! } : this;
}

/// <summary>PRIMARY KEY.</summary>
public sealed record PrimaryKeyColumn(bool Descending, bool AutoIncrement) : ColumnConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}

/// <summary>UNIQUE.</summary>
public sealed record UniqueColumn : ColumnConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}

/// <summary>CHECK.</summary>
public sealed record CheckColumn(Expr Condition) : ColumnConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Condition, out var condition) ? this with { Condition = condition! } : this;
}

/// <summary>REFERENCES.</summary>
public sealed record ReferencesColumn(ForeignKeyReference Reference) : ColumnConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Reference, out var reference) ? this with { Reference = reference! } : this;
}

/// <summary>COLLATE.</summary>
public sealed record CollateColumn(ObjectName Collation) : ColumnConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Collation, out var collation) ? this with { Collation = collation! } : this;
}

/// <summary>GENERATED ALWAYS AS (x) [STORED | VIRTUAL].</summary>
public sealed record GeneratedColumn(Expr Value, bool Stored) : ColumnConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Value, out var value) ? this with { Value = value! } : this;
}

/// <summary>GENERATED … AS IDENTITY.</summary>
/// <param name="Always">ALWAYS, not BY DEFAULT.</param>
/// <param name="Options">Sequence options.</param>
public sealed record IdentityColumn(bool Always, NodeList<OptionItem> Options) : ColumnConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Options, out var options) ? this with { Options = options } : this;
}

/// <summary>What a foreign key points at.</summary>
/// <param name="Table">The parent.</param>
/// <param name="Columns">Its columns; empty for its primary key.</param>
/// <param name="OnDelete">Lower case: empty, no action, restrict, cascade, set null, set default.</param>
/// <param name="OnUpdate">The same.</param>
/// <param name="Deferrable">Empty, or the clause in lower case: <c>deferrable initially deferred</c> ….</param>
/// <param name="Match">Empty, full, partial or simple.</param>
public sealed record ForeignKeyReference(ObjectName Table, NodeList<Identifier> Columns, string OnDelete, string OnUpdate, string Deferrable, string Match) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Table, out var table) | mapper.On(Columns, out var columns) ? this with { Table = table!, Columns = columns } : this;
}

/// <summary>A constraint of a whole table.</summary>
public abstract record TableConstraint : SqlNode
{
    /// <summary>CONSTRAINT name; null for none.</summary>
    public Identifier? ConstraintName { get; init; }

    /// <summary>SQLite's ON CONFLICT …; empty for none.</summary>
    public string ConflictAction { get; init; } = "";

    /// <summary>NOT VALID, of a check or a foreign key: rows that were there before it need not keep it.</summary>
    public bool NotValid { get; init; }
}

/// <summary>PRIMARY KEY (…) or UNIQUE (…).</summary>
/// <param name="Primary">Which of the two.</param>
/// <param name="Columns">The columns; SQLite allows COLLATE and DESC.</param>
public sealed record KeyConstraint(bool Primary, NodeList<OrderItem> Columns) : TableConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Columns, out var columns) ? this with { Columns = columns } : this;
}

/// <summary>CHECK (…).</summary>
public sealed record CheckConstraint(Expr Condition) : TableConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Condition, out var condition) ? this with { Condition = condition! } : this;
}

/// <summary>FOREIGN KEY (…) REFERENCES ….</summary>
public sealed record ForeignKeyConstraint(NodeList<Identifier> Columns, ForeignKeyReference Reference) : TableConstraint
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Columns, out var columns) | mapper.On(Reference, out var reference) ? this with { Columns = columns, Reference = reference! } : this;
}

/// <summary>ALTER TABLE.</summary>
public sealed record AlterTableStatement(ObjectName Table, bool IfExists, NodeList<AlterAction> Actions) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Table, out var table) | mapper.On(Actions, out var actions) ? this with { Table = table!, Actions = actions } : this;
}

/// <summary>One action of an ALTER TABLE.</summary>
public abstract record AlterAction : SqlNode;

/// <summary>ADD COLUMN.</summary>
public sealed record AddColumn(ColumnDefinition Column, bool IfNotExists) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Column, out var column) ? this with { Column = column! } : this;
}

/// <summary>DROP COLUMN.</summary>
public sealed record DropColumn(Identifier Column, bool IfExists, bool Cascade) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Column, out var column) ? this with { Column = column! } : this;
}

/// <summary>RENAME TO.</summary>
public sealed record RenameTable(Identifier NewName) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(NewName, out var name) ? this with { NewName = name! } : this;
}

/// <summary>RENAME COLUMN.</summary>
public sealed record RenameColumn(Identifier Column, Identifier NewName) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Column, out var column) | mapper.On(NewName, out var name) ? this with { Column = column!, NewName = name! } : this;
}

/// <summary>ALTER COLUMN … TYPE.</summary>
public sealed record AlterColumnType(Identifier Column, TypeName Type, Expr? Using) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Column, out var column) | mapper.On(Type, out var type) | mapper.On(Using, out var value)
            ? this with { Column = column!, Type = type!, Using = value } : this;
}

/// <summary>ALTER COLUMN … SET or DROP DEFAULT.</summary>
/// <param name="Column">The column.</param>
/// <param name="Value">The default; null drops it.</param>
public sealed record AlterColumnDefault(Identifier Column, Expr? Value) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Column, out var column) | mapper.On(Value, out var value) ? this with { Column = column!, Value = value } : this;
}

/// <summary>ALTER COLUMN … SET or DROP NOT NULL.</summary>
public sealed record AlterColumnNotNull(Identifier Column, bool Not) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Column, out var column) ? this with { Column = column! } : this;
}

/// <summary>ALTER COLUMN … ADD GENERATED … AS IDENTITY, SET GENERATED …, DROP IDENTITY.</summary>
/// <param name="Column">The column.</param>
/// <param name="Kind">Lower case: add, set, drop.</param>
/// <param name="Identity">What it becomes; null for drop.</param>
/// <param name="IfExists">DROP IDENTITY IF EXISTS.</param>
public sealed record AlterColumnIdentity(Identifier Column, string Kind, IdentityColumn? Identity, bool IfExists) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Column, out var column) | mapper.On(Identity, out var identity) ? this with { Column = column!, Identity = identity } : this;
}

/// <summary>ALTER COLUMN … SET STATISTICS, STORAGE, COMPRESSION or (…), or RESET (…): what an engine may know of a column and no answer depends on.</summary>
/// <param name="Column">The column.</param>
/// <param name="Kind">Lower case: statistics, storage, compression, set, reset.</param>
/// <param name="Options">The attributes; of the first three kinds one of their name.</param>
public sealed record SetColumnHint(Identifier Column, string Kind, NodeList<OptionItem> Options) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Column, out var column) | mapper.On(Options, out var options) ? this with { Column = column!, Options = options } : this;
}

/// <summary>ADD CONSTRAINT.</summary>
public sealed record AddConstraint(TableConstraint Constraint) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Constraint, out var constraint) ? this with { Constraint = constraint! } : this;
}

/// <summary>DROP CONSTRAINT.</summary>
public sealed record DropConstraint(Identifier Name, bool IfExists, bool Cascade) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Name, out var name) ? this with { Name = name! } : this;
}

/// <summary>VALIDATE CONSTRAINT.</summary>
public sealed record ValidateConstraint(Identifier Name) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Name, out var name) ? this with { Name = name! } : this;
}

/// <summary>RENAME CONSTRAINT.</summary>
public sealed record RenameConstraint(Identifier Name, Identifier NewName) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(NewName, out var newName) ? this with { Name = name!, NewName = newName! } : this;
}

/// <summary>SET (…) of storage options.</summary>
public sealed record SetTableOptions(NodeList<OptionItem> Options) : AlterAction
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Options, out var options) ? this with { Options = options } : this;
}

/// <summary>CREATE INDEX.</summary>
public sealed record CreateIndexStatement(Identifier? Name, ObjectName Table, NodeList<OrderItem> Columns) : Statement
{
    /// <summary>UNIQUE.</summary>
    public bool Unique { get; init; }

    /// <summary>IF NOT EXISTS.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>CONCURRENTLY.</summary>
    public bool Concurrently { get; init; }

    /// <summary>The schema in front of the index's name (SQLite); null for none.</summary>
    public Identifier? Schema { get; init; }

    /// <summary>USING method; empty for none.</summary>
    public string Method { get; init; } = "";

    /// <summary>INCLUDE (…).</summary>
    public NodeList<Identifier> Include { get; init; } = NodeList<Identifier>.Empty;

    /// <summary>WITH (…).</summary>
    public NodeList<OptionItem> Options { get; init; } = NodeList<OptionItem>.Empty;

    /// <summary>WHERE.</summary>
    public Expr? Where { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Table, out var table) | mapper.On(Columns, out var columns) | mapper.On(Schema, out var schema)
            | mapper.On(Include, out var include) | mapper.On(Options, out var options) | mapper.On(Where, out var where)
            ? this with { Name = name, Table = table!, Columns = columns, Schema = schema, Include = include, Options = options, Where = where }
            : this;
}

/// <summary>DROP TABLE, INDEX, VIEW, SEQUENCE, TRIGGER, SCHEMA.</summary>
/// <param name="Kind">Lower case: table, index, view, sequence, trigger, schema.</param>
/// <param name="Names">What is dropped.</param>
/// <param name="IfExists">IF EXISTS.</param>
/// <param name="Cascade">CASCADE.</param>
public sealed record DropStatement(string Kind, NodeList<ObjectName> Names, bool IfExists, bool Cascade) : Statement
{
    /// <summary>CONCURRENTLY, of an index.</summary>
    public bool Concurrently { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Names, out var names) ? this with { Names = names } : this;
}

/// <summary>SQLite's CREATE TRIGGER.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Event">insert, update or delete.</param>
/// <param name="Table">The table whose rows it watches.</param>
/// <param name="Body">What it runs: SELECT, INSERT, UPDATE and DELETE.</param>
public sealed record CreateTriggerStatement(ObjectName Name, string Event, ObjectName Table, NodeList<Statement> Body) : Statement
{
    /// <summary>IF NOT EXISTS.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>TEMP.</summary>
    public bool Temporary { get; init; }

    /// <summary>before, after or instead of; empty for none, which is before.</summary>
    public string Timing { get; init; } = "";

    /// <summary>The columns of UPDATE OF.</summary>
    public NodeList<Identifier> Columns { get; init; } = NodeList<Identifier>.Empty;

    /// <summary>FOR EACH ROW, which is meant without it too.</summary>
    public bool ForEachRow { get; init; }

    /// <summary>WHEN.</summary>
    public Expr? When { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Table, out var table) | mapper.On(Body, out var body) | mapper.On(Columns, out var columns) | mapper.On(When, out var when)
            ? this with { Name = name!, Table = table!, Body = body, Columns = columns, When = when } : this;
}

/// <summary>CREATE VIEW.</summary>
public sealed record CreateViewStatement(ObjectName Name, NodeList<Identifier> Columns, SelectStatement Query) : Statement
{
    /// <summary>OR REPLACE.</summary>
    public bool OrReplace { get; init; }

    /// <summary>IF NOT EXISTS.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>TEMP.</summary>
    public bool Temporary { get; init; }

    /// <summary>MATERIALIZED.</summary>
    public bool Materialized { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Columns, out var columns) | mapper.On(Query, out var query)
            ? this with { Name = name!, Columns = columns, Query = query! } : this;
}

/// <summary>CREATE or ALTER SEQUENCE.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Alter">ALTER, not CREATE.</param>
/// <param name="IfExists">IF NOT EXISTS of a CREATE, IF EXISTS of an ALTER.</param>
/// <param name="Options">start, increment, minvalue, maxvalue, cache, cycle, restart, owned by; a null value for NO … and bare RESTART.</param>
public sealed record SequenceStatement(ObjectName Name, bool Alter, bool IfExists, NodeList<OptionItem> Options) : Statement
{
    /// <summary>TEMP.</summary>
    public bool Temporary { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Options, out var options) ? this with { Name = name!, Options = options } : this;
}

/// <summary>ALTER INDEX, ALTER SEQUENCE or ALTER VIEW … RENAME TO.</summary>
/// <param name="Kind">Lower case: index, sequence, view. PostgreSQL's ALTER INDEX renames relations of other kinds, too.</param>
/// <param name="Name">Its name.</param>
/// <param name="IfExists">IF EXISTS.</param>
/// <param name="NewName">The name it gets, in the same schema.</param>
public sealed record RenameStatement(string Kind, ObjectName Name, bool IfExists, Identifier NewName) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(NewName, out var newName) ? this with { Name = name!, NewName = newName! } : this;
}

/// <summary>Vitess' <c>ALTER VSCHEMA …</c> and <c>CREATE/DROP VINDEX</c> forms of it.</summary>
/// <param name="Action">add table, drop table, add vindex (of a table), drop vindex (of a table), create vindex, drop vindex definition,
/// add sequence, drop sequence, add auto_increment, drop auto_increment, add reference table.</param>
/// <param name="Table">The table or sequence; null where only a vindex is named.</param>
/// <param name="Columns">The vindex's or the auto_increment's columns.</param>
/// <param name="Vindex">The vindex's name; for auto_increment the sequence's; null for none.</param>
/// <param name="VindexType">USING type; null if not said.</param>
/// <param name="Options">WITH a=b, ….</param>
public sealed record AlterVSchemaStatement(
    string Action, ObjectName? Table, NodeList<Identifier> Columns, ObjectName? Vindex, string? VindexType, NodeList<OptionItem> Options) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Table, out var table) | mapper.On(Columns, out var columns) | mapper.On(Vindex, out var vindex) | mapper.On(Options, out var options)
            ? this with { Table = table, Columns = columns, Vindex = vindex, Options = options } : this;
}
