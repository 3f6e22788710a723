namespace Shale.Vitess;

/// <summary>What COMMENT has said: <c>pg_description</c> and <c>pg_shdescription</c>.</summary>
internal sealed class CommentRows(CatalogModel model)
{
    private const int NamespaceCatalog = 2615, ClassCatalog = 1259, ConstraintCatalog = 2606, DatabaseCatalog = 1262;

    /// <summary><c>pg_description</c>.</summary>
    public IEnumerable<CatalogRow> Descriptions()
    {
        foreach (var schema in model.Schemas)
        {
            var keyspace = schema.Oid == CatalogModel.PublicOid ? model.Catalog.Keyspace : model.Catalog.VSchema.Keyspaces.GetValueOrDefault(schema.Name);
            var text = keyspace?.Comments.GetValueOrDefault(ObjectComments.Schema) ?? (schema.Oid == CatalogModel.PublicOid ? "standard public schema" : null);
            if (text is not null) yield return Row(schema.Oid, NamespaceCatalog, 0, text);
        }

        foreach (var relation in model.Relations.Where(relation => !relation.Keyspace.Comments.IsEmpty))
        {
            string? Said(string path) => relation.Keyspace.Comments.GetValueOrDefault(path);
            if (Said(ObjectComments.OfRelation(relation.Name)) is { } own) yield return Row(relation.Oid, ClassCatalog, 0, own);
            for (var i = 0; i < relation.Columns.Count; i++)
            {
                if (Said(ObjectComments.OfColumn(relation.Name, relation.Columns[i].Name)) is { } ofColumn) yield return Row(relation.Oid, ClassCatalog, i + 1, ofColumn);
            }

            foreach (var index in relation.Indexes)
            {
                if (Said(ObjectComments.OfIndex(relation.Name, index.Name)) is { } ofIndex) yield return Row(index.Oid, ClassCatalog, 0, ofIndex);
            }

            foreach (var constraint in relation.Constraints)
            {
                if (Said(ObjectComments.OfConstraint(relation.Name, constraint.Name)) is { } ofConstraint) yield return Row(constraint.Oid, ConstraintCatalog, 0, ofConstraint);
            }
        }
    }

    /// <summary><c>pg_shdescription</c>: of databases.</summary>
    public IEnumerable<CatalogRow> SharedDescriptions()
    {
        foreach (var (name, oid) in model.Databases)
        {
            if (model.Catalog.VSchema.Keyspaces.GetValueOrDefault(name)?.Comments.GetValueOrDefault(ObjectComments.Database) is { } text)
                yield return new CatalogRow { { "objoid", oid }, { "classoid", DatabaseCatalog }, { "description", text } };
        }
    }

    private static CatalogRow Row(long oid, int catalog, int part, string text) => new() { { "objoid", oid }, { "classoid", catalog }, { "objsubid", part }, { "description", text } };
}
