using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The columns of views, which nobody stores.</summary>
internal static class ViewColumns
{
    /// <summary>The columns of a view; none where its query means nothing any more.</summary>
    public static IReadOnlyList<ColumnSchema> Of(VView view, VKeyspace keyspace, Catalog catalog)
    {
        try
        {
            var own = ReferenceEquals(keyspace, catalog.Keyspace) && view.Dialect == catalog.Dialect ? catalog : new Catalog(catalog.VSchema, keyspace, view.Dialect, catalog.Refused);
            var definition = (CreateViewStatement)SqlParser.Parse(view.CreateSql, view.Dialect);
            var query = new ViewExpander(own).Expand(definition.Query);
            var outputs = Binder.Bind(query, view.Dialect, own).Outputs;
            return [.. outputs.Select((output, i) => new ColumnSchema(i < definition.Columns.Count ? definition.Columns[i].Name : output.Name, output.Type, "") { Collation = output.Collation })];
        }
        catch (VitessException)
        {
            return [];
        }
    }
}
