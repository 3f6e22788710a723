using Shale.Sql;

namespace Shale.Vitess;

/// <summary><c>pg_class</c> and what belongs to its relations.</summary>
internal sealed class RelationRows(CatalogModel model)
{
    private const int HeapMethod = 2;
    private const int BtreeMethod = 403;

    /// <summary><c>pg_class</c>: PostgreSQL's own relations, then those of users with their indexes.</summary>
    public IEnumerable<CatalogRow> Classes()
    {
        foreach (var own in CatalogRelation.All.Where(relation => relation.Oid != 0))
        {
            var schema = own.Schema == CatalogRelation.PgCatalog ? CatalogRows.CatalogSchema : CatalogRows.InformationSchema;
            yield return Class(own.Oid, own.Name, schema, own.Kind, own.Columns.Count);
        }

        foreach (var relation in model.Relations)
        {
            var row = Class(relation.Oid, relation.Name, relation.Schema.Oid, relation.Kind, relation.Columns.Count);
            row["reltype"] = SqlValue.Integer(model.RowTypeOid(relation));
            row["relhasindex"] = SqlValue.Boolean(relation.Indexes.Count > 0);
            row["relchecks"] = SqlValue.Integer(relation.Constraints.Count(constraint => constraint.Kind == 'c'));
            row["relhastriggers"] = SqlValue.Boolean(HasTriggers(relation));
            row["relhasrules"] = SqlValue.Boolean(relation.Kind == 'v');
            yield return row;
            foreach (var index in relation.Indexes) yield return Class(index.Oid, index.Name, relation.Schema.Oid, 'i', index.Parts.Count + index.Included.Count);
        }
    }

    /// <summary><c>pg_type</c>, of the relations' rows: no column has them, but whoever tells tables by their types finds them.</summary>
    public IEnumerable<CatalogRow> RowTypes() => model.Relations.Where(relation => relation.Kind != 'S').Select(relation => new CatalogRow
    {
        { "oid", model.RowTypeOid(relation) }, { "typname", relation.Name }, { "typnamespace", relation.Schema.Oid }, { "typowner", CatalogRows.Role }, { "typlen", -1 }, { "typbyval", false },
        { "typtype", 'c' }, { "typcategory", 'C' }, { "typispreferred", false }, { "typisdefined", true }, { "typdelim", ',' }, { "typrelid", relation.Oid }, { "typalign", 'd' }, { "typstorage", 'x' }, { "typtypmod", -1 },
    });

    /// <summary><c>pg_attribute</c>.</summary>
    public IEnumerable<CatalogRow> Attributes()
    {
        foreach (var own in CatalogRelation.All.Where(relation => relation.Oid != 0))
        {
            for (var i = 0; i < own.Columns.Count; i++)
            {
                var column = own.Columns[i];
                yield return Attribute(own.Oid, i + 1, column.Name, column.Type, column.IsArray, -1, column.NotNull);
            }
        }

        foreach (var relation in model.Relations)
        {
            for (var i = 0; i < relation.Columns.Count; i++) yield return OfUser(relation, i);
            foreach (var index in relation.Indexes)
            {
                for (var i = 0; i < index.Parts.Count; i++) yield return Attribute(index.Oid, i + 1, index.Parts[i].Name, index.Parts[i].Type, false);
                for (var i = 0; i < index.Included.Count; i++)
                {
                    var column = relation.Columns[index.Included[i] - 1];
                    yield return Attribute(index.Oid, index.Parts.Count + i + 1, column.Name, column.Type, false);
                }
            }
        }
    }

    /// <summary><c>pg_attrdef</c>.</summary>
    public IEnumerable<CatalogRow> Defaults() => model.Relations.SelectMany(relation => relation.Defaults.Select(each => new CatalogRow
    {
        { "oid", model.DefaultOid(relation, each.Key) }, { "adrelid", relation.Oid }, { "adnum", each.Key }, { "adbin", each.Value.Tree },
    }));

    /// <summary><c>pg_index</c>.</summary>
    public IEnumerable<CatalogRow> Indexes()
    {
        foreach (var relation in model.Relations)
        {
            foreach (var index in relation.Indexes)
            {
                var expressions = index.Parts.Where(part => part.Number == 0).Select(part => part.Text.Exact).ToList();
                yield return new CatalogRow
                {
                    { "indexrelid", index.Oid }, { "indrelid", relation.Oid }, { "indnatts", index.Parts.Count + index.Included.Count }, { "indnkeyatts", index.Parts.Count },
                    { "indisunique", index.Unique }, { "indisprimary", index.Primary }, { "indimmediate", true }, { "indisvalid", true }, { "indisready", true }, { "indislive", true },
                    { "indkey", index.Parts.Select(part => part.Number).Concat(index.Included) }, { "indcollation", index.Parts.Select(part => (long)TypeRows.CollationOf(part.Type)) },
                    { "indclass", index.Parts.Select(part => (long)ServerRows.OperatorClassOf(part.Type)) }, { "indoption", index.Parts.Select(part => (part.Descending ? 1 : 0) | (part.NullsFirst ? 2 : 0)) },
                    { "indexprs", expressions.Count == 0 ? null : string.Join(", ", expressions) }, { "indpred", index.Predicate?.Tree },
                };
            }
        }
    }

    /// <summary><c>pg_sequence</c>.</summary>
    public IEnumerable<CatalogRow> Sequences() => Counted().Select(relation => new CatalogRow
    {
        { "seqrelid", relation.Oid }, { "seqtypid", TypeOfSequence(relation) }, { "seqstart", relation.Sequence!.Start }, { "seqincrement", relation.Sequence.Increment },
        { "seqmin", Least(relation) }, { "seqmax", Most(relation) }, { "seqcache", Math.Max(1, relation.Sequence.Cache) }, { "seqcycle", false },
    });

    /// <summary><c>pg_sequences</c>.</summary>
    public IEnumerable<CatalogRow> SequenceList() => Counted().Select(relation => new CatalogRow
    {
        { "schemaname", relation.Schema.Name }, { "sequencename", relation.Name }, { "sequenceowner", CatalogRows.RoleName }, { "data_type", TypeOfSequence(relation) },
        { "start_value", relation.Sequence!.Start }, { "min_value", Least(relation) }, { "max_value", Most(relation) }, { "increment_by", relation.Sequence.Increment },
        { "cycle", false }, { "cache_size", Math.Max(1, relation.Sequence.Cache) },
    });

    /// <summary><c>pg_tables</c>.</summary>
    public IEnumerable<CatalogRow> TableList()
    {
        foreach (var relation in model.Relations.Where(relation => relation.Kind == 'r'))
        {
            yield return new CatalogRow
            {
                { "schemaname", relation.Schema.Name }, { "tablename", relation.Name }, { "tableowner", CatalogRows.RoleName }, { "hasindexes", relation.Indexes.Count > 0 },
                { "hasrules", false }, { "hastriggers", HasTriggers(relation) }, { "rowsecurity", false },
            };
        }

        foreach (var own in CatalogRelation.All.Where(relation => relation is { Kind: 'r', Oid: not 0 }))
        {
            yield return new CatalogRow
            {
                { "schemaname", own.Schema }, { "tablename", own.Name }, { "tableowner", CatalogRows.RoleName }, { "hasindexes", false }, { "hasrules", false }, { "hastriggers", false }, { "rowsecurity", false },
            };
        }
    }

    /// <summary><c>pg_views</c>.</summary>
    public IEnumerable<CatalogRow> ViewList() => model.Relations.Where(relation => relation.Kind == 'v').Select(relation => new CatalogRow
    {
        { "schemaname", relation.Schema.Name }, { "viewname", relation.Name }, { "viewowner", CatalogRows.RoleName }, { "definition", DefinitionTexts.View(relation) },
    });

    /// <summary><c>pg_indexes</c>.</summary>
    public IEnumerable<CatalogRow> IndexList() => model.Relations.SelectMany(relation => relation.Indexes.Select(index => new CatalogRow
    {
        { "schemaname", relation.Schema.Name }, { "tablename", relation.Name }, { "indexname", index.Name }, { "indexdef", DefinitionTexts.Index(relation, index, pretty: false) },
    }));

    /// <summary>The views of PostgreSQL's counters by table: which tables there are. Nobody counts.</summary>
    public IEnumerable<CatalogRow> UncountedTables() => model.Relations.Where(relation => relation.Kind == 'r')
        .Select(relation => new CatalogRow { { "relid", relation.Oid }, { "schemaname", relation.Schema.Name }, { "relname", relation.Name } });

    /// <summary>Those by sequence.</summary>
    public IEnumerable<CatalogRow> UncountedSequences() => model.Relations.Where(relation => relation.Kind == 'S')
        .Select(relation => new CatalogRow { { "relid", relation.Oid }, { "schemaname", relation.Schema.Name }, { "relname", relation.Name } });

    /// <summary>Those by index.</summary>
    public IEnumerable<CatalogRow> UncountedIndexes() => model.Relations.SelectMany(relation => relation.Indexes.Select(index => new CatalogRow
    {
        { "relid", relation.Oid }, { "indexrelid", index.Oid }, { "schemaname", relation.Schema.Name }, { "relname", relation.Name }, { "indexrelname", index.Name },
    }));

    /// <summary>The least value of a sequence.</summary>
    public static long Least(ModelRelation sequence) => sequence.Sequence!.Increment > 0 ? 1 : long.MinValue;

    /// <summary>The greatest value of a sequence.</summary>
    public long Most(ModelRelation sequence) => sequence.Sequence!.Increment < 0 ? -1 : TypeOfSequence(sequence) switch { 21 => short.MaxValue, 23 => int.MaxValue, _ => long.MaxValue };

    /// <summary>The type of a sequence: that of the column it numbers.</summary>
    public long TypeOfSequence(ModelRelation sequence) =>
        model.Relations.FirstOrDefault(table => table.Table is not null && ReferenceEquals(model.SequenceOf(table), sequence)) is { } owner && owner.NumberOf(owner.Table!.AutoIncrement!.Column) is > 0 and var number
            ? TypeRows.OidOf(owner.Columns[number - 1].Type) : PostgresTypes.OidOf(new SqlType(SqlTypeKind.Int8));

    // PostgreSQL watches over foreign keys by triggers, on both sides.
    private bool HasTriggers(ModelRelation relation) => relation.Table is { Triggers.Length: > 0 } || relation.Constraints.Exists(constraint => constraint.Kind == 'f')
        || model.Relations.Any(child => child.Constraints.Exists(constraint => ReferenceEquals(constraint.Parent, relation)));

    private IEnumerable<ModelRelation> Counted() => model.Relations.Where(relation => relation.Kind == 'S');

    private static CatalogRow Class(long oid, string name, long schema, char kind, int columns) => new()
    {
        { "oid", oid }, { "relname", name }, { "relnamespace", schema }, { "relowner", CatalogRows.Role }, { "relam", kind switch { 'r' => HeapMethod, 'i' => BtreeMethod, _ => 0 } },
        { "relfilenode", kind is 'v' ? 0 : oid }, { "relkind", kind }, { "relnatts", columns }, { "relpersistence", 'p' }, { "relispopulated", true },
        { "relreplident", kind == 'r' && oid >= 16_384 ? 'd' : 'n' }, { "reltuples", SqlValue.Real(-1) },
    };

    private static CatalogRow OfUser(ModelRelation relation, int index)
    {
        var column = relation.Columns[index];
        var row = Attribute(relation.Oid, index + 1, column.Name, column.Type, column.NotNull);
        row["atthasdef"] = SqlValue.Boolean(relation.Defaults.ContainsKey(index + 1));
        row["attidentity"] = SqlValue.Text(column.IsIdentityAlways ? "a" : column.IsIdentity ? "d" : "");
        row["attgenerated"] = SqlValue.Text(column.Generated ? "s" : "");
        return row;
    }

    private static CatalogRow Attribute(long relation, int number, string name, SqlType type, bool notNull) =>
        Attribute(relation, number, name, TypeRows.Of(type), type.IsArray, CatalogType.ModifierOf(type), notNull);

    private static CatalogRow Attribute(long relation, int number, string name, CatalogType type, bool isArray, int modifier, bool notNull) => new()
    {
        { "attrelid", relation }, { "attname", name }, { "atttypid", isArray ? type.ArrayOid : type.Oid }, { "attstattarget", -1 }, { "attlen", isArray ? -1 : type.Length },
        { "attnum", number }, { "attndims", isArray ? 1 : 0 }, { "attcacheoff", -1 }, { "atttypmod", modifier }, { "attbyval", !isArray && type.ByValue },
        { "attalign", isArray && type.Align != 'd' ? 'i' : type.Align }, { "attstorage", isArray ? 'x' : type.Storage }, { "attnotnull", notNull }, { "attislocal", true },
        { "attcollation", type.Collation },
    };
}
