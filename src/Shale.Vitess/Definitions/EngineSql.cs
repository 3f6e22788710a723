using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Definitions as the engine of a keyspace is told them.</summary>
internal static class EngineSql
{
    /// <summary>What a table without columns has on SQLite's shards, which must have one: nobody can name it, and it goes when the first column comes.</summary>
    public const string NoColumn = "shale no column";

    /// <summary>CREATE TABLE.</summary>
    /// <param name="create">The definition.</param>
    /// <param name="session">The session.</param>
    /// <param name="exactNumerics">See <see cref="TableSchema.ExactNumerics"/>.</param>
    public static string CreateTable(CreateTableStatement create, GateSession session, bool exactNumerics) => CreateTable(create, session.Catalog, session.Engine, exactNumerics);

    /// <summary>CREATE TABLE, as an engine is told it that is not the session's.</summary>
    public static string CreateTable(CreateTableStatement create, Catalog catalog, SqlDialect engine, bool exactNumerics)
    {
        var plain = create with { Name = new ObjectName(null, create.Name.Name), IfNotExists = false, Options = [] };
        if (plain.Columns.Count == 0 && engine == SqlDialect.Sqlite) plain = plain with { Columns = [new ColumnDefinition(new Identifier(NoColumn, true), new TypeName("int4", []), [])] };
        if (engine == SqlDialect.Postgres) plain = plain with { Columns = plain.Columns.Select(WithoutSequences).ToNodeList() };
        return Print(plain, catalog, engine, exactNumerics);
    }

    /// <summary>CREATE TABLE of a table for entries, in whatever dialect its owner was made. SQLite finds an entry by its key in one tree where there is no rowid.</summary>
    public static string CreateEntries(VTable table, GateSession session) => CreateEntries(table, session.Catalog, session.Engine);

    /// <summary>The same, as an engine is told it that is not the session's.</summary>
    public static string CreateEntries(VTable table, Catalog catalog, SqlDialect engine)
    {
        var create = (CreateTableStatement)SqlParser.Parse(table.CreateSql!, table.Dialect);
        if (table.Dialect != engine) create = (CreateTableStatement)PostgresToSqlite.Translate(create, Binder.Bind(create, table.Dialect, catalog), table.ExactNumerics).Statement;
        return SqlPrinter.Print(create with { WithoutRowId = engine == SqlDialect.Sqlite }, engine);
    }

    /// <summary>CREATE INDEX; the name must be given.</summary>
    public static string CreateIndex(CreateIndexStatement index, TablePlace place, GateSession session) => CreateIndex(index, place.Table, session.Catalog, session.Engine);

    /// <summary>The same, as an engine is told it that is not the session's.</summary>
    public static string CreateIndex(CreateIndexStatement index, VTable table, Catalog catalog, SqlDialect engine)
    {
        var plain = index with { Table = new ObjectName(null, new Identifier(table.Name, true)), Schema = null, Concurrently = false, Options = [] };
        return Print(plain, catalog, engine);
    }

    /// <summary>One action of ALTER TABLE.</summary>
    /// <param name="table">The table's name before.</param>
    /// <param name="action">The action.</param>
    /// <param name="changed">The definition after it.</param>
    /// <param name="session">The session.</param>
    /// <param name="exactNumerics">See <see cref="TableSchema.ExactNumerics"/>.</param>
    public static string Alter(string table, AlterAction action, CreateTableStatement changed, GateSession session, bool exactNumerics)
    {
        if (action is AddColumn && session.Dialect != session.Engine)
        {
            // A column is translated as part of its table: only there are the names known that its constraints use.
            var translated = (CreateTableStatement)SqlParser.Parse(CreateTable(changed, session, exactNumerics), session.Engine);
            action = new AddColumn(translated.Columns[changed.Columns.Count - 1], false);
        }

        // Here the column is there, and what goes with it by CASCADE is no object of SQLite's.
        if (action is DropColumn drop && session.Engine == SqlDialect.Sqlite) action = drop with { IfExists = false, Cascade = false };
        if (action is AlterColumnDefault { Value: { } value } set && session.Engine == SqlDialect.Postgres && SequenceCalls.AreIn(value)) action = set with { Value = null };
        return SqlPrinter.Print(new AlterTableStatement(new ObjectName(null, new Identifier(table, true)), false, [action]), session.Engine);
    }

    // A shard does not know the keyspace's sequences: the gate says every default that is no constant.
    private static ColumnDefinition WithoutSequences(ColumnDefinition column) => column with
    {
        Constraints = column.Constraints.Where(constraint => constraint is not DefaultConstraint value || !SequenceCalls.AreIn(value.Value)).ToNodeList(),
    };

    private static string Print(Statement statement, Catalog catalog, SqlDialect engine, bool exactNumerics = false)
    {
        if (catalog.Dialect == engine) return SqlPrinter.Print(statement, engine);
        var binding = Binder.Bind(statement, catalog.Dialect, catalog);
        return SqlPrinter.Print(PostgresToSqlite.Translate(statement, binding, exactNumerics).Statement, engine);
    }
}
