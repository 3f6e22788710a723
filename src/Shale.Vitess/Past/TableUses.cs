using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Goes over the uses of tables in a statement, in order, and knows which of them are certainly common tables of a WITH around them.</summary>
internal static class TableUses
{
    /// <summary>The statement with each use as the function gives it.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="dialect">Its dialect, which says when names are equal.</param>
    /// <param name="use">Told of a use, and whether it is a common table.</param>
    public static T Map<T>(T statement, SqlDialect dialect, Func<TableRef, bool, TableRef> use)
        where T : SqlNode => (T)new Scope([], dialect, use).Map((SqlNode)statement);

    private sealed class Scope(List<string> common, SqlDialect dialect, Func<TableRef, bool, TableRef> use) : NodeMapper
    {
        public override SqlNode Map(SqlNode node) => node switch
        {
            SelectStatement { With: { } with } => Below(node, with),
            InsertStatement { With: { } with } => Below(node, with),
            UpdateStatement { With: { } with } => Below(node, with),
            DeleteStatement { With: { } with } => Below(node, with),
            TableRef table => use((TableRef)table.MapChildren(this), table.Name.Schema is null && common.Exists(name => Names.Equal(name, table.Name.Name.Name, dialect))),
            _ => node.MapChildren(this),
        };

        // A common table is seen by those behind it, and by the statement; in a recursive WITH by all.
        private SqlNode Below(SqlNode node, WithClause with)
        {
            List<string> names = [.. common];
            if (with.Recursive) names.AddRange(with.Tables.Select(table => table.Name.Name));
            var tables = new List<CommonTable>();
            foreach (var table in with.Tables)
            {
                tables.Add((CommonTable)table.MapChildren(new Scope([.. names], dialect, use)));
                names.Add(table.Name.Name);
            }

            return node.MapChildren(new Body(new Scope(names, dialect, use), with, with with { Tables = [.. tables] }));
        }
    }

    private sealed class Body(Scope inner, WithClause with, WithClause mapped) : NodeMapper
    {
        public override SqlNode Map(SqlNode node) => ReferenceEquals(node, with) ? mapped : inner.Map(node);
    }
}
