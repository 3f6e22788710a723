using System.Text;
using System.Text.Json;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What <c>pg_identify_object</c> and <c>pg_describe_object</c> say of each thing of the catalog: rows of <c>shale_text</c>, by the number of the relation that lists the thing.</summary>
internal sealed class ObjectRows(CatalogModel model)
{
    private const int TypeCatalog = 1247, FunctionCatalog = 1255, ClassCatalog = 1259, RoleCatalog = 1260, DatabaseCatalog = 1262, DefaultCatalog = 2604, ConstraintCatalog = 2606, SchemaCatalog = 2615;

    // PostgreSQL writes these as the standard names them, without a schema.
    private static readonly HashSet<string> NamedByStandard =
        ["bool", "bpchar", "float4", "float8", "int2", "int4", "int8", "numeric", "interval", "time", "timetz", "timestamp", "timestamptz", "varchar"];

    private readonly ServerRows _server = new(model);

    /// <summary>All of them.</summary>
    public IEnumerable<CatalogRow> All() => OfPostgres().Concat(model.Relations.SelectMany(OfRelation)).Concat(OfServer());

    private static IEnumerable<CatalogRow> OfPostgres()
    {
        foreach (var own in CatalogRelation.All.Where(relation => relation.Oid != 0))
        {
            var kind = own.Kind == 'v' ? "view" : "table";
            var written = own.Schema == CatalogRelation.PgCatalog ? own.Name : $"{own.Schema}.{own.Name}";
            foreach (var row in Rows(ClassCatalog, own.Oid, 0, $"{kind} {written}", kind, own.Schema, own.Name, $"{own.Schema}.{own.Name}")) yield return row;
        }

        foreach (var type in CatalogType.All)
        {
            var plain = Identity(type);
            foreach (var row in Rows(TypeCatalog, type.Oid, 0, "type " + CatalogType.Format(type.Oid, null), "type", CatalogRelation.PgCatalog, Names.Quote(type.Name), plain)) yield return row;
            if (type.ArrayOid == 0) continue;
            foreach (var row in Rows(TypeCatalog, type.ArrayOid, 0, "type " + CatalogType.Format(type.ArrayOid, null), "type", CatalogRelation.PgCatalog, type.ArrayName, plain + "[]")) yield return row;
        }

        foreach (var (oid, function) in TypeRows.Numbered)
        {
            var kind = function.Kind == 'a' ? "aggregate" : "function";
            var name = Names.Quote(function.Name);
            var identity = $"{CatalogRelation.PgCatalog}.{name}({string.Join(',', function.Arguments.Select(Identity))})";
            var description = $"function {name}({string.Join(',', function.Arguments.Select(TypeRows.Written))})";
            foreach (var row in Rows(FunctionCatalog, oid, 0, description, kind, CatalogRelation.PgCatalog, null, identity)) yield return row;
        }
    }

    private static string Identity(string written) => CatalogType.Find(written, out var isArray) is { } type ? Identity(type) + (isArray ? "[]" : "") : written;

    private static string Identity(CatalogType type) => (NamedByStandard.Contains(type.Name) ? "" : CatalogRelation.PgCatalog + ".") + CatalogType.Format(type.Oid, null);

    private IEnumerable<CatalogRow> OfRelation(ModelRelation relation)
    {
        var schema = Names.Quote(relation.Schema.Name);
        var (kind, written, qualified) = (relation.Kind switch { 'v' => "view", 'S' => "sequence", _ => "table" }, relation.Schema.Written(relation.Name), relation.Schema.Qualified(relation.Name));
        var rows = Rows(ClassCatalog, relation.Oid, 0, $"{kind} {written}", kind, schema, Names.Quote(relation.Name), qualified).ToList();
        foreach (var index in relation.Indexes)
            rows.AddRange(Rows(ClassCatalog, index.Oid, 0, "index " + relation.Schema.Written(index.Name), "index", schema, Names.Quote(index.Name), relation.Schema.Qualified(index.Name)));
        for (var i = 0; i < relation.Columns.Count && relation.Kind != 'S'; i++)
        {
            var column = relation.Columns[i].Name;
            rows.AddRange(Rows(ClassCatalog, relation.Oid, i + 1, $"column {column} of {kind} {written}", kind + " column", schema, Names.Quote(relation.Name), $"{qualified}.{Names.Quote(column)}"));
        }

        foreach (var constraint in relation.Constraints)
            rows.AddRange(Rows(ConstraintCatalog, constraint.Oid, 0, $"constraint {constraint.Name} on table {written}", "table constraint", schema, null, $"{Names.Quote(constraint.Name)} on {qualified}"));
        foreach (var number in relation.Defaults.Keys)
        {
            var column = relation.Columns[number - 1].Name;
            rows.AddRange(Rows(DefaultCatalog, model.DefaultOid(relation, number), 0, $"default value for column {column} of table {written}", "default value", null, null, $"for {qualified}.{Names.Quote(column)}"));
        }

        return rows;
    }

    private IEnumerable<CatalogRow> OfServer()
    {
        foreach (var (oid, name) in _server.NumberedSchemas())
            foreach (var row in Named(SchemaCatalog, oid, "schema", name)) yield return row;
        foreach (var (oid, name) in ServerRows.NumberedRoles)
            foreach (var row in Named(RoleCatalog, oid, "role", name)) yield return row;
        foreach (var (name, oid) in model.Databases)
            foreach (var row in Named(DatabaseCatalog, oid, "database", name)) yield return row;
    }

    private static IEnumerable<CatalogRow> Named(int catalog, long oid, string kind, string name) => Rows(catalog, oid, 0, $"{kind} {name}", kind, null, Names.Quote(name), Names.Quote(name));

    // What identifies a thing is a row of type, schema, name and identity: a JSON array in one text.
    private static IEnumerable<CatalogRow> Rows(int catalog, long oid, int sub, string description, params ReadOnlySpan<string?> identity)
    {
        var json = new StringBuilder("[");
        foreach (var part in identity)
        {
            if (json.Length > 1) json.Append(',');
            if (part is null) json.Append("null");
            else json.Append('"').Append(JsonEncodedText.Encode(part).Value).Append('"');
        }

        return [Row("object", json.Append(']').ToString()), Row("description", description)];

        CatalogRow Row(string kind, string text) => new() { { "kind", kind + catalog.ToString(System.Globalization.CultureInfo.InvariantCulture) }, { "oid", oid }, { "sub", sub }, { "text", text } };
    }
}
