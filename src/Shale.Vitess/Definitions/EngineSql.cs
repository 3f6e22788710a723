using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Definitions as the engine of a keyspace is told them.</summary>
internal static class EngineSql
{
    /// <summary>CREATE TABLE.</summary>
    /// <param name="create">The definition.</param>
    /// <param name="session">The session.</param>
    /// <param name="exactNumerics">See <see cref="TableSchema.ExactNumerics"/>.</param>
    public static string CreateTable(CreateTableStatement create, GateSession session, bool exactNumerics)
    {
        var plain = create with { Name = new ObjectName(null, create.Name.Name), IfNotExists = false, Options = [] };
        return Print(plain, session, exactNumerics);
    }

    /// <summary>CREATE TABLE of a table for entries, in whatever dialect its owner was made. SQLite finds an entry by its key in one tree where there is no rowid.</summary>
    public static string CreateEntries(VTable table, GateSession session)
    {
        var create = (CreateTableStatement)SqlParser.Parse(table.CreateSql!, table.Dialect);
        if (table.Dialect != session.Engine) create = (CreateTableStatement)PostgresToSqlite.Translate(create, Binder.Bind(create, table.Dialect, session.Catalog), table.ExactNumerics).Statement;
        return SqlPrinter.Print(create with { WithoutRowId = session.Engine == SqlDialect.Sqlite }, session.Engine);
    }

    /// <summary>CREATE INDEX; the name must be given.</summary>
    public static string CreateIndex(CreateIndexStatement index, TablePlace place, GateSession session)
    {
        var plain = index with { Table = new ObjectName(null, new Identifier(place.Table.Name, true)), Schema = null, Concurrently = false, Options = [] };
        return Print(plain, session);
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

        return SqlPrinter.Print(new AlterTableStatement(new ObjectName(null, new Identifier(table, true)), false, [action]), session.Engine);
    }

    private static string Print(Statement statement, GateSession session, bool exactNumerics = false)
    {
        if (session.Dialect == session.Engine) return SqlPrinter.Print(statement, session.Engine);
        var binding = Binder.Bind(statement, session.Dialect, session.Catalog);
        return SqlPrinter.Print(PostgresToSqlite.Translate(statement, binding, exactNumerics).Statement, session.Engine);
    }
}
