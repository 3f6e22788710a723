namespace Shale.Sql;

/// <summary>
/// Translates PostgreSQL to SQLite with PostgreSQL's meaning (SEMANTICS S1.2): what SQLite does differently becomes one of our functions, what
/// cannot be had is QUERY_ERROR 0A000 that names the construct. Session time zone is UTC, collation C.
/// </summary>
public static class PostgresToSqlite
{
    /// <summary>Translates a SELECT, INSERT, UPDATE, DELETE, CREATE TABLE, CREATE INDEX, ALTER TABLE or CREATE VIEW; other statements come back as they are.</summary>
    /// <param name="statement">The statement that was bound.</param>
    /// <param name="binding">Its binding in dialect postgres.</param>
    /// <param name="exactNumerics">Of a CREATE TABLE: how its numerics are held, see <see cref="TableSchema.ExactNumerics"/>.</param>
    public static TranslationResult Translate(Statement statement, Binding binding, bool exactNumerics = true)
    {
        var context = new TranslationContext(binding);
        Statement translated = statement switch
        {
            SelectStatement select => context.Queries.Translate(select, CatalogTranslator.Written(binding.Outputs)),
            InsertStatement insert => new WriteTranslator(context).Translate(insert),
            UpdateStatement update => new WriteTranslator(context).Translate(update),
            DeleteStatement delete => new WriteTranslator(context).Translate(delete),
            CreateTableStatement { AsQuery: { } query } table => table with { Name = new ObjectName(null, table.Name.Name), AsQuery = context.Queries.Translate(query), Options = NodeList<OptionItem>.Empty },
            CreateTableStatement table => DefinitionTranslator.Translate(table, exactNumerics),
            CreateIndexStatement index => DefinitionTranslator.Translate(index, context),
            AlterTableStatement alter => DefinitionTranslator.Translate(alter),
            CreateViewStatement view => view with { Name = new ObjectName(null, view.Name.Name), Query = context.Queries.Translate(view.Query) },
            ExplainStatement explain => explain with { Inner = Translate(explain.Inner, binding).Statement },
            DropStatement drop => drop with { Names = drop.Names.Select(name => new ObjectName(null, name.Name)).ToNodeList(), Cascade = false, Concurrently = false },
            _ => statement,
        };
        return new TranslationResult(translated, context.NowParameter) { Required = context.Required };
    }

    /// <summary>Translates one expression of the bound statement.</summary>
    public static Expr TranslateExpression(Expr expression, Binding binding) => new TranslationContext(binding).Expressions.Translate(expression);
}
