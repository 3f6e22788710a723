using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What clients are told of a result's columns in dialect postgres beside names and types: the columns of tables and views that they are, and the modifiers of their types.</summary>
internal static class ResultFields
{
    /// <summary>The columns of a result.</summary>
    public static Field[] Of(IReadOnlyList<OutputColumn> columns, Catalog catalog)
    {
        var fields = new Field[columns.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new Field(columns[i].Name, columns[i].Type.Name);
            if (catalog.Dialect == SqlDialect.Postgres) fields[i] = fields[i] with { Origin = OriginOf(columns[i], catalog), Modifier = columns[i].IsMeasured ? CatalogType.ModifierOf(columns[i].Type) : -1 };
        }

        return fields;
    }

    private static ColumnOrigin OriginOf(OutputColumn column, Catalog catalog)
    {
        if (column.View is { } view) return At(catalog.Oids.Find(ModelKeys.OfRelation(view.View.Keyspace, view.View.Name)), view.Index);
        if (column.Origin is not { Relation.Table: { } table } origin || origin.Index >= table.Columns.Count - table.HiddenColumns) return default;
        var oid = catalog.PlaceOf(table) is { } place ? catalog.Oids.Find(ModelKeys.OfRelation(place.Keyspace.Name, place.Table.Name)) : CatalogRelation.OfTable(table.Name)?.Oid;
        return At(oid, origin.Index);
    }

    private static ColumnOrigin At(long? relation, int index) => relation is { } oid and not 0 ? new ColumnOrigin((int)oid, (short)(index + 1)) : default;
}
