using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The rows of its shard that an INSERT meets, so that it may change or delete them by ON CONFLICT or OR REPLACE: those that have one of the new row's keys. Only beforehand can it
/// be told what they are looked up by. Immutable.
/// </summary>
/// <param name="Sql">Gives <see cref="OwnerLookups.Columns"/> of each.</param>
/// <param name="Cells">The cells of the new row that are its parameters.</param>
internal sealed record MetRows(string Sql, int[] Cells)
{
    /// <summary>Describes them.</summary>
    /// <param name="lookups">The table.</param>
    /// <param name="cells">The columns that the cells of a new row are.</param>
    /// <param name="engine">The dialect of the shards.</param>
    public static MetRows Of(OwnerLookups lookups, IReadOnlyList<ColumnSchema> cells, SqlDialect engine)
    {
        var (schema, owner) = (lookups.Owner.Schema, lookups.Owner.Table);

        // An index on expressions tells rows apart by its other columns, and by the sharding key at least.
        var indexes = owner.Indexes.Where(index => index.Unique).Select(index => index.Columns.IsEmpty ? owner.ShardColumns : index.Columns);
        var keys = schema.Keys.Select(key => key.Columns.AsEnumerable()).Concat(indexes.Select(columns => columns.AsEnumerable()));
        var met = keys.Select(key => key.Select(name => Match(schema.Column(name)!, cells)).ToList()).Where(match => !match.Contains(null)).Select(match => Conjuncts.And([.. match.OfType<Expr>()])!);
        var query = new SelectStatement(null, new SelectCore(lookups.Returning([]))
        {
            From = [new TableRef(new ObjectName(null, new Identifier(owner.Name, true)), null, [])],
            Where = Conjuncts.Or([.. met]) ?? new Literal(LiteralKind.Integer, "0"),
        });
        var printed = Fragment.Print(query, engine);
        return new MetRows(printed.Sql, printed.Parameters);
    }

    // A column that is not given has its default; one without is NULL, and equals nothing.
    private static Expr? Match(ColumnSchema column, IReadOnlyList<ColumnSchema> cells)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            if (ReferenceEquals(cells[i], column)) return new Binary("=", Name(column), new Parameter(ParameterStyle.Dollar, i + 1));
        }

        return column.Default is Literal value ? new Binary("=", Name(column), value) : column.Generated ? new Binary("=", Name(column), Name(column)) : null;
    }

    private static ColumnRef Name(ColumnSchema column) => new(null, null, new Identifier(column.Name, true));
}
