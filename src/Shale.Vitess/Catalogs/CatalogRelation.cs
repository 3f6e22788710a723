using System.Collections.Frozen;
using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A column of a relation of the catalog.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as PostgreSQL has it.</param>
/// <param name="IsArray">Whether it is an array of that type.</param>
/// <param name="NotNull">Whether it is never NULL.</param>
internal readonly record struct CatalogColumn(string Name, CatalogType Type, bool IsArray, bool NotNull)
{
    /// <summary>The oid of its type.</summary>
    public int TypeOid => IsArray ? Type.ArrayOid : Type.Oid;

    /// <summary>The type that statements see: what Shale has no type for is a text, a vector is an array.</summary>
    public SqlType SeenAs => Type.Name switch
    {
        "int2vector" => new SqlType(SqlTypeKind.Int2, true),
        "oidvector" => new SqlType(SqlTypeKind.Oid, true),
        "anyarray" => new SqlType(SqlTypeKind.Text, true),
        "xid" => new SqlType(SqlTypeKind.Oid, IsArray),
        _ => new SqlType(PostgresTypes.Find(Type.Oid)?.Kind ?? SqlTypeKind.Text, IsArray),
    };
}

/// <summary>A relation of <c>pg_catalog</c> or <c>information_schema</c> that the gate answers. Immutable.</summary>
internal sealed class CatalogRelation
{
    /// <summary>The schema of PostgreSQL's own.</summary>
    public const string PgCatalog = "pg_catalog";

    /// <summary>The schema of the standard's.</summary>
    public const string InformationSchema = "information_schema";

    // Five of ours: what functions over the catalog say of things, numbers by name, types of rows by each of their names, how many bytes things take; and what a function of PostgreSQL's gives.
    private const string Own = """
        shale_text 0 v
            kind:text oid:oid sub:int4 text:text
        shale_name 0 v
            kind:text name:text oid:oid
        shale_rowtype 0 v
            oid:oid text:text name:text
        shale_size 0 v
            kind:text oid:oid own:int8 indexes:int8
        pg_get_keywords 0 v
            word:text catcode:char barelabel:bool catdesc:text baredesc:text
        """;

    private static readonly FrozenDictionary<(string Schema, string Name), CatalogRelation> Known =
        Parse(PgCatalog, $"{CatalogLayout.PgCatalog}\n{CatalogMoreLayout.PgCatalog}\n{Own}").Concat(Parse(InformationSchema, $"{CatalogLayout.InformationSchema}\n{CatalogMoreLayout.InformationSchema}"))
            .ToFrozenDictionary(relation => (relation.Schema, relation.Name));

    private static readonly FrozenDictionary<string, CatalogRelation> ByTable = Known.Values.ToFrozenDictionary(relation => relation.Table.Name);

    private CatalogRelation(string schema, string name, int oid, char kind, IReadOnlyList<CatalogColumn> columns)
    {
        (Schema, Name, Oid, Kind, Columns) = (schema, name, oid, kind, columns);
        var seen = columns.Select(column => new ColumnSchema(column.Name, column.SeenAs, Stored(column)) { NotNull = column.NotNull }).ToList();
        var keys = seen.Count > 0 && seen[0].Name == "oid" ? (NodeList<KeySchema>)[new KeySchema(null, ["oid"], true)] : NodeList<KeySchema>.Empty;

        // What every table of PostgreSQL's has beside its columns.
        string[] hidden = kind == 'r' ? ["tableoid", "xmin"] : [];
        seen.AddRange(hidden.Select(each => new ColumnSchema(each, new SqlType(SqlTypeKind.Oid), "BIGINT")));
        Table = new TableSchema($"{schema}.{name}", seen.ToNodeList()) { Dialect = SqlDialect.Postgres, Keys = keys, HiddenColumns = hidden.Length };
    }

    /// <summary>All of them.</summary>
    public static IEnumerable<CatalogRelation> All => Known.Values;

    /// <summary>Its schema.</summary>
    public string Schema { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its number; 0 for those that only Shale has, which the catalog itself does not list.</summary>
    public int Oid { get; }

    /// <summary>Its <c>relkind</c>: r or v.</summary>
    public char Kind { get; }

    /// <summary>Its columns.</summary>
    public IReadOnlyList<CatalogColumn> Columns { get; }

    /// <summary>What statements see of it; named <c>schema.name</c>.</summary>
    public TableSchema Table { get; }

    /// <summary>The relation that a name in a statement of dialect postgres means; null for none. Names that begin with <c>pg_</c> need no schema.</summary>
    public static CatalogRelation? Find(ObjectName name) => name.Schema is { } schema ? Known.GetValueOrDefault((schema.Name, name.Name.Name))
        : name.Name.Name.StartsWith("pg_", StringComparison.Ordinal) ? Known.GetValueOrDefault((PgCatalog, name.Name.Name)) : null;

    /// <summary>The relation with that <see cref="Table"/>; null for none.</summary>
    public static CatalogRelation? OfTable(string table) => ByTable.GetValueOrDefault(table);

    private static string Stored(CatalogColumn column) => column is { IsArray: false, Type.Name: "name" } ? CatalogColumns.NameText : column is { IsArray: false, Type.Name: "int2vector" } ? CatalogColumns.Int2Vector
        : column is { IsArray: false, Type.Name: "char" } ? CatalogColumns.LetterText : column is { IsArray: false, Type.Name: "oidvector" } ? CatalogColumns.OidVector : Stored(column.SeenAs);

    private static string Stored(SqlType type) => type.IsArray ? "ARRAY TEXT" : type.Kind switch
    {
        SqlTypeKind.Bool => "BOOLEAN",
        SqlTypeKind.Float4 or SqlTypeKind.Float8 => "REAL",
        SqlTypeKind.Bytea => "BYTEA BLOB",
        SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 or SqlTypeKind.Oid or SqlTypeKind.Regproc or SqlTypeKind.Regprocedure or SqlTypeKind.Regclass or SqlTypeKind.Regtype or SqlTypeKind.Regnamespace or SqlTypeKind.Regrole => "BIGINT",
        SqlTypeKind.Text or SqlTypeKind.Varchar => "TEXT",
        _ => type.Kind.ToString().ToUpperInvariant() + " TEXT",
    };

    private static IEnumerable<CatalogRelation> Parse(string schema, string layout)
    {
        string[]? head = null;
        var columns = new List<CatalogColumn>();
        foreach (var line in layout.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith(' '))
            {
                columns.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Column));
                continue;
            }

            if (head is not null) yield return Made(schema, head, columns);
            head = line.Split(' ');
            columns = [];
        }

        if (head is not null) yield return Made(schema, head, columns);
    }

    private static CatalogRelation Made(string schema, string[] head, List<CatalogColumn> columns) => new(schema, head[0], int.Parse(head[1], CultureInfo.InvariantCulture), head[2][0], columns);

    private static CatalogColumn Column(string written)
    {
        var notNull = written.EndsWith('!');
        var colon = written.IndexOf(':', StringComparison.Ordinal);
        var name = written[(colon + 1)..(notNull ? ^1 : ^0)];
        var type = CatalogType.Find(name, out var isArray) ?? throw new InvalidOperationException($"the catalog has no type {name}");
        return new CatalogColumn(written[..colon], type, isArray, notNull);
    }
}
