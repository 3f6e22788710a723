using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// What a keyspace becomes on another engine: its VSchema, and how each table goes there. Tables are made from the definitions that users gave, by the same way that CREATE TABLE takes; nothing is read
/// back from an engine's catalog. Pure functions.
/// </summary>
internal static class TableTransfers
{
    /// <summary>The keyspace on another engine: its tables hold their values as tables that are made there today.</summary>
    public static VKeyspace On(VKeyspace keyspace, StorageEngineType engine)
    {
        var tables = keyspace.Tables.Values.Select(table => KeyValuePair.Create(table.Name, Restored(table, engine == StorageEngineType.Sqlite && table.Dialect == SqlDialect.Postgres)));
        return keyspace with { Engine = engine, Tables = keyspace.Tables.SetItems(tables) };
    }

    /// <summary>Refuses (0A000) what the other engine does not have, as far as that can be told from definitions.</summary>
    public static void Require(VKeyspace keyspace, StorageEngineType engine)
    {
        if (engine != StorageEngineType.Postgres) return;
        foreach (var table in keyspace.Tables.Values)
        {
            if (table.Triggers.FirstOrDefault() is { } trigger) throw Refused($"trigger \"{trigger.Name}\" of table \"{table.Name}\" is SQLite's", "Drop it.");
            if (table is { Dialect: SqlDialect.Sqlite, CreateSql: not null }) throw Refused($"table \"{table.Name}\" is of dialect sqlite", "CREATE TABLE … AS SELECT in dialect postgres makes one that can go there.");
        }

        if (keyspace.Views.Values.FirstOrDefault(view => view.Dialect == SqlDialect.Sqlite) is { } odd) throw Refused($"view \"{odd.Name}\" is of dialect sqlite", "Drop it, and make it in dialect postgres.");

        VitessException Refused(string what, string hint) =>
            new(ErrorCodes.QueryError, $"keyspace \"{keyspace.Name}\" cannot go over to PostgreSQL: {what}", sqlState: "0A000", hint: hint);
    }

    /// <summary>How each table of a keyspace goes to another engine. Errors: QUERY_ERROR (0A000) naming the table, for a definition that the engine does not take.</summary>
    /// <param name="keyspace">The keyspace as it is.</param>
    /// <param name="engine">Where it goes.</param>
    public static IReadOnlyList<TableTransfer> Of(VKeyspace keyspace, StorageEngineType engine)
    {
        Require(keyspace, engine);
        var goal = On(keyspace, engine);
        var vschema = VSchema.Empty.WithKeyspace(goal);
        var catalogs = new Dictionary<SqlDialect, Catalog>();
        var transfers = new List<TableTransfer>();
        foreach (var table in goal.Tables.Values)
        {
            if (table.Schema is null || table.CreateSql is null) continue;
            if (!catalogs.TryGetValue(table.Dialect, out var catalog)) catalogs[table.Dialect] = catalog = new Catalog(vschema, goal, table.Dialect);
            try
            {
                transfers.Add(Of(keyspace.GetTable(table.Name), table, goal, catalog, engine));
            }
            catch (VitessException failure)
            {
                throw new VitessException(ErrorCodes.QueryError, $"table \"{table.Name}\" cannot go over to {engine}: {failure.Message}", sqlState: "0A000", hint: failure.Hint ?? "Change or drop it first.", inner: failure);
            }
        }

        return transfers;
    }

    /// <summary>Refuses (0A000) views that the other engine could not answer.</summary>
    public static void RequireViews(VKeyspace keyspace, StorageEngineType engine)
    {
        var goal = On(keyspace, engine);
        foreach (var view in keyspace.Views.Values)
        {
            try
            {
                var text = $"SELECT * FROM {ScratchTable.Quote(view.Name)}";
                var catalog = new Catalog(VSchema.Empty.WithKeyspace(goal), goal, view.Dialect);
                new StatementCompiler(catalog, engine == StorageEngineType.Sqlite ? SqlDialect.Sqlite : SqlDialect.Postgres).Compile(SqlParser.ParseWithParameters(text, view.Dialect), text);
            }
            catch (VitessException failure)
            {
                throw new VitessException(ErrorCodes.QueryError, $"view \"{view.Name}\" cannot go over to {engine}: {failure.Message}", sqlState: "0A000", hint: failure.Hint ?? "Drop it, and make it otherwise.", inner: failure);
            }
        }
    }

    /// <summary>One of Shale's own tables, which no VSchema knows.</summary>
    /// <param name="createOnPostgres">Tells its columns, too.</param>
    /// <param name="create">Makes it on the other engine.</param>
    /// <param name="after">What is made when all rows are there.</param>
    public static TableTransfer OfOwn(string createOnPostgres, string create, params IReadOnlyList<string> after)
    {
        var schema = TableSchemas.From((CreateTableStatement)SqlParser.Parse(createOnPostgres, SqlDialect.Postgres), SqlDialect.Postgres, exactNumerics: true);
        return new TableTransfer(schema, schema, create, after);
    }

    private static TableTransfer Of(VTable before, VTable after, VKeyspace goal, Catalog catalog, StorageEngineType engine)
    {
        RequireTypes(after.Schema!, engine);
        if (after.Schema!.Columns.Count == 0) throw new VitessException(ErrorCodes.QueryError, "it has no columns", sqlState: "0A000", hint: "Give it a column first, or drop it.");
        var dialect = engine == StorageEngineType.Sqlite ? SqlDialect.Sqlite : SqlDialect.Postgres;
        var exact = Restored(before, exactNumerics: before.Dialect == SqlDialect.Postgres).Schema!;
        var later = new List<string>();
        string create;
        if (goal.OwnerOfEntries(after.Name) is not null)
        {
            create = EngineSql.CreateEntries(after, catalog, dialect);
        }
        else
        {
            var definition = (CreateTableStatement)SqlParser.Parse(after.CreateSql!, after.Dialect);
            if (dialect == SqlDialect.Postgres) definition = WithoutForeignKeys(definition, later);
            create = EngineSql.CreateTable(definition, catalog, dialect, after.ExactNumerics);
        }

        foreach (var index in after.Indexes)
        {
            var statement = (CreateIndexStatement)SqlParser.Parse(index.CreateSql, after.Dialect) with { Name = new Identifier(index.Name, true), IfNotExists = false };
            later.Add(EngineSql.CreateIndex(statement, after, catalog, dialect));
        }

        return new TableTransfer(before.Schema!, exact, create, later);
    }

    private static VTable Restored(VTable table, bool exactNumerics)
    {
        if (table.Schema is null || table.CreateSql is null) return table;
        var bare = table with { Schema = null, ExactNumerics = exactNumerics };
        return bare with { Schema = TableRestorer.Restore(bare) };
    }

    private static void RequireTypes(TableSchema schema, StorageEngineType engine)
    {
        if (engine != StorageEngineType.Sqlite || schema.Dialect == SqlDialect.Sqlite) return;
        if (schema.Columns.FirstOrDefault(column => column.Type.Kind == SqlTypeKind.Unknown) is { } odd)
        {
            throw new VitessException(ErrorCodes.QueryError, $"column \"{odd.Name}\" has the type {odd.DeclaredType}, which SQLite does not have", sqlState: "0A000", hint: "Give it another type: ALTER TABLE … ALTER COLUMN … TYPE text.");
        }
    }

    // Rows come in any order, and may refer to one another in a circle: PostgreSQL checks them when all are there.
    private static CreateTableStatement WithoutForeignKeys(CreateTableStatement create, List<string> later)
    {
        foreach (var column in create.Columns)
        {
            foreach (var key in column.Constraints.OfType<ReferencesColumn>()) Later(new ForeignKeyConstraint([column.Name], key.Reference) { ConstraintName = key.ConstraintName });
        }

        foreach (var key in create.Constraints.OfType<ForeignKeyConstraint>()) Later(key);
        return create with
        {
            Columns = create.Columns.Select(column => column with { Constraints = column.Constraints.Where(constraint => constraint is not ReferencesColumn).ToNodeList() }).ToNodeList(),
            Constraints = create.Constraints.Where(constraint => constraint is not ForeignKeyConstraint).ToNodeList(),
        };

        void Later(ForeignKeyConstraint key)
        {
            var bare = key with { Reference = key.Reference with { Table = new ObjectName(null, key.Reference.Table.Name) } };
            later.Add(SqlPrinter.Print(new AlterTableStatement(new ObjectName(null, create.Name.Name), false, [new AddConstraint(bare)]), SqlDialect.Postgres));
        }
    }
}
