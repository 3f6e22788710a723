using Shale.Sql;

namespace Shale.Vitess;

/// <summary>RETURNING over the rows as they were found: the target's columns that an UPDATE sets stand for their new values.</summary>
internal sealed class ReturnedValues(RowChange change, SqlDialect engine) : NodeMapper
{
    /// <summary>The expression over the rows before the change; QUERY_ERROR (0A000) where the new values cannot be known before they are stored.</summary>
    public Expr After(Expr returned) => (Expr)Map(returned);

    /// <inheritdoc/>
    public override SqlNode Map(SqlNode node)
    {
        if (change.IsDelete || node is not ColumnRef column || ColumnOf(column) is not { } schema) return Copied(node);
        if (schema.Generated) throw Refused($"the generated column \"{schema.Name}\"");
        foreach (var (index, value) in change.Sets)
        {
            if (!ReferenceEquals(change.Place.Schema.Columns[index], schema)) continue;
            if (SqlTree.Any(value, child => child is FunctionCall call && FunctionCatalog.VolatilityOf(call, engine) == Volatility.Volatile)) throw Refused("a value that is drawn by chance");
            return new Copier().Map(value);
        }

        return Copied(node);
    }

    private SqlNode Copied(SqlNode node) => node.MapChildren(this) with { };

    private ColumnSchema? ColumnOf(ColumnRef column)
    {
        var target = (change.Table.Alias ?? change.Table.Name.Name).Name;
        return column.Table is null || VSchemaNames.Comparer.Equals(column.Table.Name, target) ? change.Place.Schema.Column(column.Column.Name) : null;
    }

    private static VitessException Refused(string what) => new(ErrorCodes.QueryError, $"RETURNING of columns of other tables beside {what} is not supported", sqlState: "0A000",
        hint: "Return the columns of the changed table alone.");

    private sealed class Copier : NodeMapper
    {
        public override SqlNode Map(SqlNode node) => node.MapChildren(this) with { };
    }
}
