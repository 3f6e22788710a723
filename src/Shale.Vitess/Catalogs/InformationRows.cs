using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The relations of <c>information_schema</c>, which the standard describes.</summary>
internal sealed class InformationRows(CatalogModel model)
{
    private string Database => model.Catalog.Keyspace.Name;

    /// <summary>The rows of one of them.</summary>
    public IEnumerable<CatalogRow> Of(string name) => name switch
    {
        "information_schema_catalog_name" => [new CatalogRow { { "catalog_name", Database } }],
        "schemata" => Schemata(),
        "tables" => Tables(),
        "columns" or "column_udt_usage" => Columns(),
        "element_types" => ElementTypes(),
        "views" => model.Relations.Where(relation => relation.Kind == 'v').Select(View),
        "sequences" => Sequences(),
        "table_constraints" => TableConstraints(),
        "key_column_usage" => KeyColumns(),
        "referential_constraints" => References(),
        "constraint_column_usage" => ConstraintColumns(),
        "constraint_table_usage" => ConstraintTables(),
        "check_constraints" => Checks(),
        "enabled_roles" or "applicable_roles" => [new CatalogRow { { "role_name", CatalogRows.RoleName }, { "grantee", CatalogRows.RoleName }, { "is_grantable", "NO" } }],
        "character_sets" => [new CatalogRow { { "character_set_name", "UTF8" }, { "character_repertoire", "UCS" }, { "form_of_use", "UTF8" }, { "default_collate_catalog", Database } }],
        _ => [],
    };

    private IEnumerable<CatalogRow> Schemata() => new ServerRows(model).NumberedSchemas().Select(schema => new CatalogRow { { "catalog_name", Database }, { "schema_name", schema.Name }, { "schema_owner", CatalogRows.RoleName } });

    private IEnumerable<CatalogRow> Tables()
    {
        foreach (var relation in model.Relations.Where(relation => relation.Kind is 'r' or 'v')) yield return Table(relation.Schema.Name, relation.Name, relation.Kind == 'r');
        foreach (var own in CatalogRelation.All.Where(relation => relation.Oid != 0)) yield return Table(own.Schema, own.Name, own.Kind == 'r');
    }

    private CatalogRow Table(string schema, string name, bool isTable) => new()
    {
        { "table_catalog", Database }, { "table_schema", schema }, { "table_name", name }, { "table_type", isTable ? "BASE TABLE" : "VIEW" }, { "is_insertable_into", YesNo(isTable) }, { "is_typed", "NO" },
    };

    private IEnumerable<CatalogRow> Columns()
    {
        foreach (var relation in model.Relations.Where(relation => relation.Kind is 'r' or 'v'))
        {
            for (var i = 0; i < relation.Columns.Count; i++) yield return Column(relation, relation.Columns[i], i + 1);
        }
    }

    private IEnumerable<CatalogRow> ElementTypes()
    {
        foreach (var relation in model.Relations.Where(relation => relation.Kind is 'r' or 'v'))
        {
            for (var i = 0; i < relation.Columns.Count; i++)
            {
                if (!relation.Columns[i].Type.IsArray) continue;
                var element = TypeRows.Of(relation.Columns[i].Type);
                yield return new CatalogRow
                {
                    { "object_catalog", Database }, { "object_schema", relation.Schema.Name }, { "object_name", relation.Name }, { "object_type", "TABLE" },
                    { "collection_type_identifier", $"{i + 1}" }, { "dtd_identifier", $"a{i + 1}" }, { "data_type", element.Display },
                    { "udt_catalog", Database }, { "udt_schema", CatalogRelation.PgCatalog }, { "udt_name", element.Name },
                };
            }
        }
    }

    private CatalogRow Column(ModelRelation relation, ColumnSchema column, int number)
    {
        var type = column.Type;
        var isTable = relation.Kind == 'r';
        var known = TypeRows.Of(type);
        var row = new CatalogRow
        {
            { "table_catalog", Database }, { "table_schema", relation.Schema.Name }, { "table_name", relation.Name }, { "column_name", column.Name }, { "ordinal_position", number },
            { "is_nullable", YesNo(!column.NotNull) }, { "data_type", type.IsArray ? "ARRAY" : known.Display }, { "udt_catalog", Database }, { "udt_schema", CatalogRelation.PgCatalog },
            { "udt_name", type.IsArray ? known.ArrayName : known.Name }, { "dtd_identifier", number.ToString(System.Globalization.CultureInfo.InvariantCulture) }, { "is_self_referencing", "NO" },
            { "is_identity", YesNo(column.IsIdentity) }, { "identity_generation", column.IsIdentityAlways ? "ALWAYS" : column.IsIdentity ? "BY DEFAULT" : null },
            { "identity_cycle", "NO" }, { "is_generated", column.Generated ? "ALWAYS" : "NEVER" }, { "is_updatable", YesNo(isTable) },
        };
        if (relation.Defaults.TryGetValue(number, out var text)) row.Add(column.Generated ? "generation_expression" : "column_default", text.Exact);
        if (!type.IsArray) AddSizes(row, type);
        if (column.IsIdentity && model.SequenceOf(relation) is { Sequence: { } sequence }) AddIdentity(row, sequence, type);
        return row;
    }

    private static void AddSizes(CatalogRow row, SqlType type)
    {
        switch (type.Kind)
        {
            case SqlTypeKind.Varchar or SqlTypeKind.Char:
                row.Add("character_maximum_length", type.Modifier);
                row.Add("character_octet_length", type.Modifier is { } length ? length * 4L : 1L << 30);
                break;
            case SqlTypeKind.Text or SqlTypeKind.Unknown:
                row.Add("character_octet_length", 1L << 30);
                break;
            case SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8:
                AddNumber(row, type.Kind switch { SqlTypeKind.Int2 => 16, SqlTypeKind.Int4 => 32, _ => 64 }, 2, 0);
                break;
            case SqlTypeKind.Float4 or SqlTypeKind.Float8:
                AddNumber(row, type.Kind == SqlTypeKind.Float4 ? 24 : 53, 2, null);
                break;
            case SqlTypeKind.Numeric:
                AddNumber(row, type.Modifier, 10, type.Modifier is null ? null : type.Scale ?? 0);
                break;
            case SqlTypeKind.Date:
                row.Add("datetime_precision", 0);
                break;
            case SqlTypeKind.Time or SqlTypeKind.TimeTz or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Interval:
                row.Add("datetime_precision", type.Modifier ?? 6);
                break;
        }
    }

    private static void AddNumber(CatalogRow row, long? precision, int radix, long? scale)
    {
        row.Add("numeric_precision", precision);
        row.Add("numeric_precision_radix", radix);
        row.Add("numeric_scale", scale);
    }

    private static void AddIdentity(CatalogRow row, VSequence sequence, SqlType type)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        row.Add("identity_start", sequence.Start.ToString(culture));
        row.Add("identity_increment", sequence.Increment.ToString(culture));
        row.Add("identity_minimum", "1");
        row.Add("identity_maximum", (type.Kind switch { SqlTypeKind.Int2 => short.MaxValue, SqlTypeKind.Int4 => int.MaxValue, _ => long.MaxValue }).ToString(culture));
    }

    private CatalogRow View(ModelRelation relation) => new()
    {
        { "table_catalog", Database }, { "table_schema", relation.Schema.Name }, { "table_name", relation.Name }, { "view_definition", DefinitionTexts.View(relation) }, { "check_option", "NONE" },
        { "is_updatable", "NO" }, { "is_insertable_into", "NO" }, { "is_trigger_updatable", "NO" }, { "is_trigger_deletable", "NO" }, { "is_trigger_insertable_into", "NO" },
    };

    // Those of identity columns belong to their columns.
    private IEnumerable<CatalogRow> Sequences()
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var rows = new RelationRows(model);
        var ofIdentities = model.Relations.Where(relation => relation.Table?.AutoIncrement is { } auto && relation.NumberOf(auto.Column) is > 0 and var number && relation.Columns[number - 1].IsIdentity).Select(model.SequenceOf).ToHashSet();
        foreach (var relation in model.Relations.Where(relation => relation.Kind == 'S' && !ofIdentities.Contains(relation)))
        {
            var type = rows.TypeOfSequence(relation);
            yield return new CatalogRow
            {
                { "sequence_catalog", Database }, { "sequence_schema", relation.Schema.Name }, { "sequence_name", relation.Name }, { "data_type", CatalogType.Format(type, null) },
                { "numeric_precision", type switch { 21 => 16, 23 => 32, _ => 64 } }, { "numeric_precision_radix", 2 }, { "numeric_scale", 0 }, { "start_value", relation.Sequence!.Start.ToString(culture) },
                { "minimum_value", RelationRows.Least(relation).ToString(culture) }, { "maximum_value", rows.Most(relation).ToString(culture) }, { "increment", relation.Sequence.Increment.ToString(culture) }, { "cycle_option", "NO" },
            };
        }
    }

    private IEnumerable<CatalogRow> TableConstraints()
    {
        foreach (var (relation, constraint) in All())
        {
            yield return new CatalogRow
            {
                { "constraint_catalog", Database }, { "constraint_schema", relation.Schema.Name }, { "constraint_name", constraint.Name }, { "table_catalog", Database }, { "table_schema", relation.Schema.Name },
                { "table_name", relation.Name }, { "constraint_type", constraint.Kind switch { 'p' => "PRIMARY KEY", 'u' => "UNIQUE", 'f' => "FOREIGN KEY", _ => "CHECK" } },
                { "is_deferrable", YesNo(constraint.Deferral.Deferrable) }, { "initially_deferred", YesNo(constraint.Deferral.Deferred) }, { "enforced", "YES" }, { "nulls_distinct", constraint.Kind == 'u' ? "YES" : null },
            };
        }

        foreach (var (relation, number) in NotNulls())
        {
            yield return new CatalogRow
            {
                { "constraint_catalog", Database }, { "constraint_schema", relation.Schema.Name }, { "constraint_name", NotNullName(relation, number) }, { "table_catalog", Database }, { "table_schema", relation.Schema.Name },
                { "table_name", relation.Name }, { "constraint_type", "CHECK" }, { "is_deferrable", "NO" }, { "initially_deferred", "NO" }, { "enforced", "YES" },
            };
        }
    }

    private IEnumerable<CatalogRow> KeyColumns()
    {
        foreach (var (relation, constraint) in All().Where(each => each.Constraint.Kind != 'c'))
        {
            for (var i = 0; i < constraint.Columns.Count; i++)
            {
                var row = Used(relation, constraint, relation, constraint.Columns[i]);
                row.Add("ordinal_position", i + 1);
                if (constraint.Index is { } index && constraint.Kind == 'f') row.Add("position_in_unique_constraint", index.Parts.ToList().FindIndex(part => part.Number == constraint.ParentColumns[i]) + 1);
                yield return row;
            }
        }
    }

    private IEnumerable<CatalogRow> References()
    {
        foreach (var (relation, constraint) in All().Where(each => each.Constraint.Kind == 'f'))
        {
            var unique = constraint.Parent!.Constraints.FirstOrDefault(each => each.Kind is 'p' or 'u' && ReferenceEquals(each.Index, constraint.Index));
            yield return new CatalogRow
            {
                { "constraint_catalog", Database }, { "constraint_schema", relation.Schema.Name }, { "constraint_name", constraint.Name }, { "unique_constraint_catalog", unique is null ? null : Database },
                { "unique_constraint_schema", unique is null ? null : constraint.Parent.Schema.Name }, { "unique_constraint_name", unique?.Name }, { "match_option", "NONE" },
                { "update_rule", Rule(constraint.ForeignKey!.OnUpdate) }, { "delete_rule", Rule(constraint.ForeignKey.OnDelete) },
            };
        }
    }

    private IEnumerable<CatalogRow> ConstraintColumns()
    {
        foreach (var (relation, constraint) in All())
        {
            var of = constraint.Parent ?? relation;
            foreach (var column in constraint.Parent is null ? constraint.Columns : constraint.ParentColumns) yield return Used(relation, constraint, of, column);
        }
    }

    private IEnumerable<CatalogRow> ConstraintTables() => All().Where(each => each.Constraint.Kind != 'c').Select(each => new CatalogRow
    {
        { "table_catalog", Database }, { "table_schema", (each.Constraint.Parent ?? each.Relation).Schema.Name }, { "table_name", (each.Constraint.Parent ?? each.Relation).Name },
        { "constraint_catalog", Database }, { "constraint_schema", each.Relation.Schema.Name }, { "constraint_name", each.Constraint.Name },
    });

    private IEnumerable<CatalogRow> Checks()
    {
        foreach (var (relation, constraint) in All().Where(each => each.Constraint.Kind == 'c')) yield return Check(relation, constraint.Name, $"({constraint.Condition.Exact})");
        foreach (var (relation, number) in NotNulls()) yield return Check(relation, NotNullName(relation, number), $"{relation.Columns[number - 1].Name} IS NOT NULL");
    }

    private CatalogRow Check(ModelRelation relation, string name, string clause) => new()
    {
        { "constraint_catalog", Database }, { "constraint_schema", relation.Schema.Name }, { "constraint_name", name }, { "check_clause", clause },
    };

    private CatalogRow Used(ModelRelation owner, ModelConstraint constraint, ModelRelation relation, int column) => new()
    {
        { "constraint_catalog", Database }, { "constraint_schema", owner.Schema.Name }, { "constraint_name", constraint.Name }, { "table_catalog", Database }, { "table_schema", relation.Schema.Name },
        { "table_name", relation.Name }, { "column_name", relation.Columns[column - 1].Name },
    };

    private IEnumerable<(ModelRelation Relation, ModelConstraint Constraint)> All() => model.Relations.SelectMany(relation => relation.Constraints.Select(constraint => (relation, constraint)));

    private IEnumerable<(ModelRelation Relation, int Number)> NotNulls() => model.Relations.Where(relation => relation.Table is not null)
        .SelectMany(relation => Enumerable.Range(1, relation.Columns.Count).Where(number => relation.Columns[number - 1].NotNull).Select(number => (relation, number)));

    private static string NotNullName(ModelRelation relation, int number) => $"{relation.Schema.Oid}_{relation.Oid}_{number}_not_null";

    private static string Rule(string written) => written.Length == 0 ? "NO ACTION" : written.ToUpperInvariant();

    private static string YesNo(bool truth) => truth ? "YES" : "NO";
}
