using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Puts the queries of views, and what sequences are as relations, in their places (SEMANTICS S2.6, S2.7). A common table of the same name hides a view, but no table that a view means.</summary>
internal sealed class ViewExpander(Catalog catalog)
{
    private const int MaxDepth = 64;

    /// <summary>The statement without views; the same node if it names none. TT_NOT_SUPPORTED (0A000) for a point in time behind a view that names points itself.</summary>
    public Statement Expand(Statement statement) => new Scope(catalog, [], 0, false, true, null).Map(statement);

    /// <summary>The same, but for views with a point in time behind them: which view that is depends on the point.</summary>
    public Statement ExpandPresent(Statement statement) => new Scope(catalog, [], 0, false, false, null).Map(statement);

    private sealed class Scope(Catalog catalog, HashSet<string> hidden, int depth, bool isBelowWith, bool ofThePast, TableRef? timed) : NodeMapper
    {
        public override SqlNode Map(SqlNode node)
        {
            switch (node)
            {
                case SelectStatement { With: { } with } select:
                    return Below(with).MapInside(select);
                case InsertStatement { With: { } with } insert:
                    return Below(with).MapInside(insert);
                case UpdateStatement { With: { } with } update:
                    return Below(with).MapInside(update);
                case DeleteStatement { With: { } with } delete:
                    return Below(with).MapInside(delete);
                case UpdateStatement update:
                    return MapTarget(update, update.Table);
                case DeleteStatement delete:
                    return MapTarget(delete, delete.Table);
                case TableRef table when Find(table) is { } view:
                    return Expand(table, view);
                case TableRef table when FindSequence(table) is { } sequence:
                    return SequenceCalls.AsTable(table, catalog.KeyspaceOf(table.Name)!, sequence);
                default:
                    return node.MapChildren(this);
            }
        }

        private SqlNode MapInside(SqlNode node) => node switch
        {
            UpdateStatement update => MapTarget(update, update.Table),
            DeleteStatement delete => MapTarget(delete, delete.Table),
            _ => node.MapChildren(this),
        };

        // The target of a write stays a table; a view there is found out when the table is looked up.
        private SqlNode MapTarget(SqlNode statement, TableRef target) => statement.MapChildren(new Except(this, target));

        private Scope Below(WithClause with) =>
            new(catalog, [.. hidden, .. with.Tables.Select(table => table.Name.Name.ToLowerInvariant())], depth, true, ofThePast, timed);

        private VView? Find(TableRef table) =>
            (table.Time is not null && !ofThePast) || IsHidden(table) ? null : catalog.FindView(table.Name);

        // SQLite has none, and nobody keeps where one was in the past.
        private VSequence? FindSequence(TableRef table) =>
            catalog.Dialect != SqlDialect.Postgres || table.Time is not null || IsHidden(table) || catalog.FindPlace(table.Name) is not null
                || catalog.KeyspaceOf(table.Name) is not { Sequences.IsEmpty: false } keyspace || PastNames.Is(keyspace.Name) ? null : keyspace.FindSequence(table.Name.Name.Name);

        private bool IsHidden(TableRef table) => table.Name.Schema is null && hidden.Contains(table.Name.Name.Name.ToLowerInvariant());

        private DerivedTable Expand(TableRef table, VView view)
        {
            if (depth >= MaxDepth)
            {
                throw new VitessException(ErrorCodes.QueryError, $"views are nested too deeply at \"{view.Name}\"", sqlState: "54001");
            }

            if (view.Dialect != catalog.Dialect)
            {
                throw new VitessException(ErrorCodes.QueryError, $"view \"{view.Name}\" was made in dialect {Name(view.Dialect)} and is used in dialect {Name(catalog.Dialect)}",
                    sqlState: "0A000", hint: "Use it in the dialect it was made in, or make another view.");
            }

            var definition = (CreateViewStatement)SqlParser.Parse(view.CreateSql, view.Dialect);
            var point = table.Time is null ? timed : table;
            if (SqlTree.Any(definition.Query, node => node is SystemTime)) definition = point is null ? Unplaced(definition) : throw TimeTravel.BehindTimedView(point);
            var query = new Scope(catalog, [], depth + 1, isBelowWith, ofThePast, point).Map(Located(definition.Query, catalog.KeyspaceOf(table.Name)!, view.Dialect));
            if (definition.Columns.Count > 0) query = Named(view, definition.Columns, query);
            return new DerivedTable(query, false, table.Alias ?? new Identifier(view.Name, true), table.Columns)
            {
                Span = table.Span,
                View = new ViewName(catalog.KeyspaceOf(table.Name)!.Name, view.Name),
                StandsFor = table,
            };
        }

        // A view means the tables beside it; one of the past, those of the same moment, of whichever keyspace.
        private SelectStatement Located(SelectStatement query, VKeyspace keyspace, SqlDialect dialect)
        {
            var isOwn = VSchemaNames.Comparer.Equals(keyspace.Name, catalog.Keyspace.Name);
            if (isOwn && !isBelowWith) return query;
            var moment = PastNames.MomentOf(keyspace.Name);
            return TableUses.Map(query, dialect, (use, isCommon) =>
            {
                if (isCommon || (isOwn && catalog.FindPlace(use.Name) is null && catalog.FindView(use.Name) is null)) return use;
                var other = use.Name.Schema is { Name: not "public" and var schema } && (dialect == SqlDialect.Postgres || !Names.Equal(schema, "main", dialect)) ? PastNames.Of(schema, moment) : keyspace.Name;
                return use with { Name = use.Name with { Schema = new Identifier(other, true) } };
            });
        }

        // Places in the view's text are none in that of the statement.
        private static CreateViewStatement Unplaced(CreateViewStatement definition) => SqlTree.Rewrite(definition, node => node switch
        {
            SystemTime time => time with { Span = default, Start = Unplaced(time.Start), End = Unplaced(time.End) },
            _ => null,
        });

        private static SystemTimePoint? Unplaced(SystemTimePoint? point) => point is null ? null : point with { Span = default, OnBranch = Unplaced(point.OnBranch) };

        private static string Name(SqlDialect dialect) => dialect == SqlDialect.Sqlite ? "sqlite" : "postgres";

        // A common table can name the columns in every dialect; a derived table cannot.
        private static SelectStatement Named(VView view, NodeList<Identifier> columns, SelectStatement query)
        {
            var name = new Identifier(view.Name, true);
            var all = new SelectCore([new SelectItem(new Star(null, null), null)]) { From = [new TableRef(new ObjectName(null, name), null, [])] };
            return new SelectStatement(new WithClause(false, [new CommonTable(name, columns, null, query)]), all);
        }
    }

    private sealed class Except(NodeMapper inner, SqlNode left) : NodeMapper
    {
        public override SqlNode Map(SqlNode node) => ReferenceEquals(node, left) ? node : inner.Map(node);
    }
}
