using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>An expression of a definition as PostgreSQL writes it.</summary>
/// <param name="Exact">With every parenthesis.</param>
/// <param name="Pretty">With as few as people need.</param>
internal readonly record struct ModelExpression(string Exact, string Pretty)
{
    /// <summary>What stands for it in a column of type <c>pg_node_tree</c>, which nobody reads but <c>pg_get_expr</c>: both, with a character between them that no statement has.</summary>
    public string Tree => Exact == Pretty ? Exact : $"{Exact}\u0001{Pretty}";
}

/// <summary>A part of an index' key.</summary>
/// <param name="Number">The number of the column it is, from 1; 0 for an expression.</param>
/// <param name="Text">The column or expression.</param>
/// <param name="Name">What the index calls it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Descending">DESC.</param>
/// <param name="NullsFirst">Whether NULLs come first.</param>
internal sealed record ModelIndexPart(int Number, ModelExpression Text, string Name, SqlType Type, bool Descending, bool NullsFirst);

/// <summary>An index.</summary>
/// <param name="Oid">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Unique">Whether it is unique.</param>
/// <param name="Primary">Whether it is the primary key's.</param>
/// <param name="Parts">Its key.</param>
/// <param name="Included">The numbers of the columns behind INCLUDE.</param>
/// <param name="Predicate">WHERE; null for none.</param>
internal sealed record ModelIndex(long Oid, string Name, bool Unique, bool Primary, IReadOnlyList<ModelIndexPart> Parts, IReadOnlyList<int> Included, ModelExpression? Predicate);

/// <summary>A constraint of a table.</summary>
/// <param name="Oid">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its <c>contype</c>: p, u, f, c.</param>
/// <param name="Columns">The numbers of its columns.</param>
internal sealed record ModelConstraint(long Oid, string Name, char Kind, IReadOnlyList<int> Columns)
{
    /// <summary>The index that watches over it; for a foreign key that of the parent. Null for none.</summary>
    public ModelIndex? Index { get; init; }

    /// <summary>The parent of a foreign key.</summary>
    public ModelRelation? Parent { get; init; }

    /// <summary>The numbers of the parent's columns.</summary>
    public IReadOnlyList<int> ParentColumns { get; init; } = [];

    /// <summary>What happens to a foreign key's rows.</summary>
    public ForeignKeySchema? ForeignKey { get; init; }

    /// <summary>DEFERRABLE, and INITIALLY DEFERRED.</summary>
    public (bool Deferrable, bool Deferred) Deferral { get; init; }

    /// <summary>Whether rows that were there before it need not keep it.</summary>
    public bool NotValid { get; init; }

    /// <summary>The condition of a check.</summary>
    public ModelExpression Condition { get; init; }
}

/// <summary>A table, view or sequence of users.</summary>
/// <param name="Oid">Its number.</param>
/// <param name="Keyspace">Its keyspace.</param>
/// <param name="Schema">The schema it is seen in.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its <c>relkind</c>: r, v, S.</param>
/// <param name="Columns">Its columns.</param>
internal sealed record ModelRelation(long Oid, VKeyspace Keyspace, ModelSchema Schema, string Name, char Kind, IReadOnlyList<ColumnSchema> Columns)
{
    /// <summary>The table; null for others.</summary>
    public VTable? Table { get; init; }

    /// <summary>The view; null for others.</summary>
    public VView? View { get; init; }

    /// <summary>The sequence; null for others.</summary>
    public VSequence? Sequence { get; init; }

    /// <summary>Its indexes.</summary>
    public List<ModelIndex> Indexes { get; } = [];

    /// <summary>Its constraints.</summary>
    public List<ModelConstraint> Constraints { get; } = [];

    /// <summary>DEFAULTs and expressions of generated columns, by the column's number.</summary>
    public SortedDictionary<int, ModelExpression> Defaults { get; } = [];

    /// <summary>The number of a column, from 1; 0 for none.</summary>
    public int NumberOf(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (VSchemaNames.Comparer.Equals(Columns[i].Name, column)) return i + 1;
        }

        return 0;
    }
}

/// <summary>A schema: a keyspace as the target's sessions see it.</summary>
/// <param name="Oid">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsVisible">Whether its relations need no schema in front.</param>
internal sealed record ModelSchema(long Oid, string Name, bool IsVisible)
{
    /// <summary>The name of a relation in it as people write it: with the schema where that is needed.</summary>
    public string Written(string relation) => IsVisible ? Names.Quote(relation) : $"{Names.Quote(Name)}.{Names.Quote(relation)}";

    /// <summary>The name with its schema.</summary>
    public string Qualified(string relation) => $"{Names.Quote(Name)}.{Names.Quote(relation)}";
}

/// <summary>What PostgreSQL's catalog would have of a VSchema: schemas, relations, indexes, constraints, all with their numbers. Immutable once it is built.</summary>
internal sealed class CatalogModel
{
    private readonly CatalogOids _oids;

    private CatalogModel(Catalog catalog, IReadOnlyList<ModelSchema> schemas, IReadOnlyList<ModelRelation> relations, IReadOnlyDictionary<string, long> databases, CatalogOids oids) =>
        (Catalog, Schemas, Relations, Databases, _oids) = (catalog, schemas, relations, databases, oids);

    /// <summary>The tables of the session.</summary>
    public Catalog Catalog { get; }

    /// <summary>The schemas of users: public, and the other keyspaces.</summary>
    public IReadOnlyList<ModelSchema> Schemas { get; }

    /// <summary>The tables, views and sequences of users, in order of schemas and names.</summary>
    public IReadOnlyList<ModelRelation> Relations { get; }

    /// <summary>The targets there are, with their numbers.</summary>
    public IReadOnlyDictionary<string, long> Databases { get; }

    /// <summary>The number of <c>public</c>.</summary>
    public const int PublicOid = 2200;

    /// <summary>Reads the VSchema of a session's catalog.</summary>
    public static CatalogModel Of(Catalog catalog)
    {
        var oids = catalog.Oids;
        var schemas = new List<ModelSchema>();
        var relations = new List<ModelRelation>();
        foreach (var keyspace in ModelKeys.KeyspacesOf(catalog).OrderBy(each => !ReferenceEquals(each, catalog.Keyspace)))
        {
            var isOwn = ReferenceEquals(keyspace, catalog.Keyspace);
            var schema = isOwn ? new ModelSchema(PublicOid, "public", !catalog.NamesSchemas) : new ModelSchema(oids.Of(ModelKeys.OfSchema(keyspace.Name)), keyspace.Name, false);
            schemas.Add(schema);
            relations.AddRange(RelationsOf(keyspace, schema, catalog, oids));
        }

        var model = new CatalogModel(catalog, schemas, relations, ModelKeys.DatabasesOf(catalog).ToImmutableSortedDictionary(name => name, name => oids.Of(ModelKeys.OfDatabase(name)), StringComparer.Ordinal), oids);
        foreach (var relation in relations.Where(relation => relation.Table is not null)) new ModelTableReader(model, relation, oids).ReadKeys();
        foreach (var relation in relations.Where(relation => relation.Table is not null)) new ModelTableReader(model, relation, oids).ReadForeignKeys();
        return model;
    }

    /// <summary>The table, view or sequence of a keyspace; null for none.</summary>
    public ModelRelation? Find(VKeyspace keyspace, string name) =>
        Relations.FirstOrDefault(relation => ReferenceEquals(relation.Keyspace, keyspace) && VSchemaNames.Comparer.Equals(relation.Name, name));

    /// <summary>The number of the default of a relation's column, which counts from 1.</summary>
    public long DefaultOid(ModelRelation relation, int column) => _oids.Of(ModelKeys.OfDefault(relation.Keyspace.Name, relation.Name, relation.Columns[column - 1].Name));

    /// <summary>The number of the type of a relation's rows; 0 for a sequence, which has none.</summary>
    public long RowTypeOid(ModelRelation relation) => relation.Kind == 'S' ? 0 : _oids.Of(ModelKeys.OfRowType(relation.Keyspace.Name, relation.Name));

    /// <summary>The number of a table's trigger.</summary>
    public long TriggerOid(ModelRelation relation, VTrigger trigger) => _oids.Of(ModelKeys.OfTrigger(relation.Keyspace.Name, relation.Name, trigger.Name));

    /// <summary>The sequence that numbers a table's column, if there is one that the catalog shows.</summary>
    public ModelRelation? SequenceOf(ModelRelation table)
    {
        if (table.Table?.AutoIncrement is not { } auto || Catalog.VSchema.FindSequence(table.Keyspace, auto.Sequence) is not { } found) return null;
        return Relations.FirstOrDefault(relation => relation.Sequence is not null && VSchemaNames.Comparer.Equals(relation.Keyspace.Name, found.Keyspace.Name) && ReferenceEquals(relation.Sequence, found.Sequence));
    }

    private static IEnumerable<ModelRelation> RelationsOf(VKeyspace keyspace, ModelSchema schema, Catalog catalog, CatalogOids oids)
    {
        ModelRelation Made(string name, char kind, IReadOnlyList<ColumnSchema> columns) => new(oids.Of(ModelKeys.OfRelation(keyspace.Name, name)), keyspace, schema, name, kind, columns);
        foreach (var table in ModelKeys.TablesOf(keyspace)) yield return Made(table.Name, 'r', table.Schema!.Columns) with { Table = table };
        foreach (var view in keyspace.Views.Values) yield return Made(view.Name, 'v', ViewColumns.Of(view, keyspace, catalog)) with { View = view };
        foreach (var sequence in keyspace.Sequences.Values) yield return Made(sequence.Name, 'S', SequenceColumns) with { Sequence = sequence };
    }

    private static readonly ColumnSchema[] SequenceColumns =
    [
        new("last_value", new SqlType(SqlTypeKind.Int8), "BIGINT") { NotNull = true }, new("log_cnt", new SqlType(SqlTypeKind.Int8), "BIGINT") { NotNull = true },
        new("is_called", new SqlType(SqlTypeKind.Bool), "BOOLEAN") { NotNull = true },
    ];
}
