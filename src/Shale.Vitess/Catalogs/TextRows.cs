using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The two relations that functions over the catalog read: what is said of things by kind and number, and the numbers of things by kind and name.</summary>
internal sealed class TextRows(CatalogModel model)
{
    private readonly ServerRows _server = new(model);

    /// <summary><c>shale_text</c>.</summary>
    public IEnumerable<CatalogRow> Texts()
    {
        foreach (var own in CatalogRelation.All.Where(relation => relation.Oid != 0))
        {
            var isVisible = own.Schema == CatalogRelation.PgCatalog;
            yield return Row("class", own.Oid, isVisible ? 1 : 0, isVisible ? own.Name : $"{own.Schema}.{own.Name}");
        }

        foreach (var row in model.Relations.SelectMany(OfRelation)) yield return row;
        foreach (var row in new ObjectRows(model).All()) yield return row;
        foreach (var (oid, name) in _server.NumberedSchemas()) yield return Row("namespace", oid, 0, Names.Quote(name));
        var searched = string.Join(',', model.Schemas.Where(schema => schema.IsVisible).Select(schema => schema.Name));
        yield return Row("searched", 0, 0, $"{{{searched}}}");
        yield return Row("searched", 0, 1, searched.Length == 0 ? "{pg_catalog}" : $"{{pg_catalog,{searched}}}");
        foreach (var (oid, name) in ServerRows.NumberedRoles) yield return Row("role", oid, 0, name);
        foreach (var (oid, name, signature) in TypeRows.InternalNames)
        {
            yield return Row("proc", oid, 0, name);
            yield return Row("procedure", oid, 0, signature);
        }

        foreach (var (oid, function) in TypeRows.Numbered)
        {
            yield return Row("proc", oid, 0, Names.Quote(function.Name));
            yield return Row("procedure", oid, 0, Signature(function));
            yield return Row("arguments", oid, 0, Arguments(function));
            yield return Row("result", oid, 0, (function.ReturnsSet ? "SETOF " : "") + TypeRows.Written(function.Returns));
        }
    }

    /// <summary><c>shale_name</c>: every way to name a thing.</summary>
    public IEnumerable<CatalogRow> OidsByName()
    {
        foreach (var own in CatalogRelation.All.Where(relation => relation.Oid != 0))
        {
            if (own.Schema == CatalogRelation.PgCatalog) yield return Named("class", own.Oid, own.Name);
            yield return Named("class", own.Oid, own.Schema, own.Name);
        }

        foreach (var relation in model.Relations)
        {
            foreach (var (oid, name) in relation.Indexes.Select(index => (index.Oid, index.Name)).Prepend((relation.Oid, relation.Name)))
            {
                foreach (var parts in NamesOf(relation, name)) yield return Named("class", oid, parts);
            }
        }

        foreach (var (oid, name) in _server.NumberedSchemas()) yield return Named("namespace", oid, name);
        foreach (var (oid, name) in ServerRows.NumberedRoles) yield return Named("role", oid, name);
        foreach (var (oid, name, signature) in TypeRows.InternalNames)
        {
            yield return new CatalogRow { { "kind", "procedure" }, { "name", signature }, { "oid", oid } };
            yield return Named("proc", oid, name);
            yield return Named("proc", oid, CatalogRelation.PgCatalog, name);
        }

        foreach (var (oid, function) in TypeRows.Numbered)
        {
            yield return Named("proc", oid, function.Name);
            yield return Named("proc", oid, CatalogRelation.PgCatalog, function.Name);
            yield return new CatalogRow { { "kind", "procedure" }, { "name", Signature(function).Replace(" ", "", StringComparison.Ordinal) }, { "oid", oid } };
        }
    }

    /// <summary><c>shale_rowtype</c>: the types of relations' rows, as they are written, by every name.</summary>
    public IEnumerable<CatalogRow> RowTypes()
    {
        foreach (var relation in model.Relations.Where(relation => relation.Kind != 'S'))
        {
            foreach (var parts in NamesOf(relation, relation.Name))
                yield return new CatalogRow { { "oid", model.RowTypeOid(relation) }, { "text", relation.Schema.Written(relation.Name) }, { "name", Quoted(parts) } };
        }
    }

    private static IEnumerable<string[]> NamesOf(ModelRelation relation, string name)
    {
        if (relation.Schema.IsVisible) yield return [name];
        yield return [relation.Schema.Name, name];
        if (relation.Schema.Name != relation.Keyspace.Name) yield return [relation.Keyspace.Name, name];
    }

    private static string Quoted(IEnumerable<string> parts) => string.Join('.', parts.Select(part => $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));

    private IEnumerable<CatalogRow> OfRelation(ModelRelation relation)
    {
        yield return Row("class", relation.Oid, relation.Schema.IsVisible ? 1 : 0, relation.Schema.Written(relation.Name));
        foreach (var index in relation.Indexes)
        {
            yield return Row("class", index.Oid, relation.Schema.IsVisible ? 1 : 0, relation.Schema.Written(index.Name));
            yield return Row("index", index.Oid, 0, DefinitionTexts.Index(relation, index, pretty: false));
            yield return Row("index", index.Oid, 1, DefinitionTexts.Index(relation, index, pretty: true));
            for (var i = 0; i < index.Parts.Count; i++)
            {
                yield return Row("indexcolumn", index.Oid, i + 1, index.Parts[i].Text.Exact);
                yield return Row("indexorder", index.Oid, i + 1, (index.Parts[i].Descending ? "d" : "a") + (index.Parts[i].NullsFirst ? "f" : "l"));
            }

            for (var i = 0; i < index.Included.Count; i++) yield return Row("indexorder", index.Oid, index.Parts.Count + i + 1, "-");
        }

        foreach (var constraint in relation.Constraints)
        {
            yield return Row("constraint", constraint.Oid, 0, DefinitionTexts.Constraint(relation, constraint, pretty: false));
            yield return Row("constraint", constraint.Oid, 1, DefinitionTexts.Constraint(relation, constraint, pretty: true));
        }

        if (relation.View is not null) yield return Row("view", relation.Oid, 0, DefinitionTexts.View(relation));
        if (relation.Table is not { } table) yield break;
        foreach (var trigger in table.Triggers) yield return Row("trigger", model.TriggerOid(relation, trigger), 0, trigger.CreateSql);
        if (model.SequenceOf(relation) is { } sequence) yield return Row("serial", relation.Oid, relation.NumberOf(table.AutoIncrement!.Column), sequence.Schema.Qualified(sequence.Name));
    }

    private static string Arguments(CatalogFunction function) =>
        string.Join(", ", function.Arguments.Select((argument, i) => (function.IsVariadic && i == function.Arguments.Count - 1 ? "VARIADIC " : "") + TypeRows.Written(argument)));

    private static string Signature(CatalogFunction function) => $"{Names.Quote(function.Name)}({string.Join(',', function.Arguments.Select(TypeRows.Written))})";

    private static CatalogRow Row(string kind, long oid, int sub, string text) => new() { { "kind", kind }, { "oid", oid }, { "sub", sub }, { "text", text } };

    private static CatalogRow Named(string kind, long oid, params IEnumerable<string> parts) =>
        new() { { "kind", kind }, { "name", Quoted(parts) }, { "oid", oid } };
}
