using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Fills the relations of PostgreSQL's catalog from a <see cref="CatalogModel"/>, and from what runs. Those that nothing is said of here are empty. Immutable.</summary>
internal sealed class CatalogRows(CatalogModel model, ProcessList? processes)
{
    /// <summary>The oid of PostgreSQL's own schema.</summary>
    public const int CatalogSchema = 11;

    /// <summary>The oid of the standard's schema, as in PostgreSQL 15.</summary>
    public const int InformationSchema = 13222;

    /// <summary>The oid of the one role that there is: everybody is it.</summary>
    public const int Role = 10;

    /// <summary>Its name.</summary>
    public const string RoleName = "shale";

    private readonly RelationRows _relations = new(model);
    private readonly ConstraintRows _constraints = new(model);
    private readonly ServerRows _server = new(model);
    private readonly TextRows _texts = new(model);
    private readonly InformationRows _information = new(model);
    private readonly SessionRows _sessions = new(model, processes);

    /// <summary>The rows of a relation, the asked columns only.</summary>
    public RowSet Of(CatalogRelation relation, IReadOnlyList<ColumnSchema> columns)
    {
        var rows = new RowSet([.. columns.Select(column => new Field(column.Name, column.Type.Name, column.DeclaredType))]);
        foreach (var each in relation.Schema == CatalogRelation.InformationSchema ? _information.Of(relation.Name) : Own(relation.Name))
        {
            var row = rows.AddRow();
            for (var i = 0; i < columns.Count; i++)
            {
                row[i] = each.TryGetValue(columns[i].Name, out var value) ? value : columns[i].Name switch
                {
                    "tableoid" => SqlValue.Integer(relation.Oid),
                    "xmin" => SqlValue.Integer(1),
                    _ => CatalogRow.Nothing(columns[i]),
                };
            }
        }

        return rows;
    }

    private IEnumerable<CatalogRow> Own(string name) => name switch
    {
        "pg_description" => new CommentRows(model).Descriptions(),
        "pg_shdescription" => new CommentRows(model).SharedDescriptions(),
        "pg_namespace" => _server.Namespaces(),
        "pg_class" => _relations.Classes(),
        "pg_attribute" => _relations.Attributes(),
        "pg_attrdef" => _relations.Defaults(),
        "pg_index" => _relations.Indexes(),
        "pg_sequence" => _relations.Sequences(),
        "pg_tables" => _relations.TableList(),
        "pg_views" => _relations.ViewList(),
        "pg_indexes" => _relations.IndexList(),
        "pg_sequences" => _relations.SequenceList(),
        "pg_stat_all_tables" or "pg_stat_user_tables" or "pg_statio_all_tables" or "pg_statio_user_tables" => _relations.UncountedTables(),
        "pg_stat_all_indexes" or "pg_stat_user_indexes" or "pg_statio_all_indexes" or "pg_statio_user_indexes" => _relations.UncountedIndexes(),
        "pg_statio_all_sequences" or "pg_statio_user_sequences" => _relations.UncountedSequences(),
        "pg_stat_bgwriter" or "pg_stat_archiver" or "pg_stat_wal" => [[]],
        "pg_constraint" => _constraints.Constraints(),
        "pg_depend" => _constraints.Dependencies(),
        "pg_trigger" => _constraints.Triggers(),
        "pg_type" => TypeRows.Types().Concat(_relations.RowTypes()),
        "pg_range" or "pg_enum" => [],
        "pg_proc" => TypeRows.Functions(),
        "pg_cast" => CastRows.All(),
        "pg_database" => _server.Databases(),
        "pg_roles" or "pg_authid" => ServerRows.Roles(),
        "pg_user" or "pg_shadow" => ServerRows.Users(),
        "pg_am" => ServerRows.AccessMethods(),
        "pg_collation" => ServerRows.Collations(),
        "pg_tablespace" => ServerRows.Tablespaces(),
        "pg_language" => ServerRows.Languages(),
        "pg_settings" => ServerRows.Settings(),
        "pg_stat_activity" => _sessions.Activity(),
        "pg_locks" => _sessions.Locks(),
        "pg_opclass" => ServerRows.OperatorClasses(),
        "pg_available_extensions" => ServerRows.AvailableExtensions(),
        "pg_available_extension_versions" => ServerRows.AvailableExtensionVersions(),
        "pg_extension" => ServerRows.Extensions(),
        "pg_get_keywords" => ServerRows.Keywords(),
        "shale_text" => _texts.Texts(),
        "shale_rowtype" => _texts.RowTypes(),
        "shale_name" => _texts.OidsByName(),
        _ => [],
    };
}
