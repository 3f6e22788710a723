namespace Shale.Vitess;

/// <summary><c>pg_constraint</c>, <c>pg_depend</c> and <c>pg_trigger</c>.</summary>
internal sealed class ConstraintRows(CatalogModel model)
{
    private const int ClassCatalog = 1259, ConstraintCatalog = 2606, DefaultCatalog = 2604;

    /// <summary><c>pg_constraint</c>.</summary>
    public IEnumerable<CatalogRow> Constraints()
    {
        foreach (var relation in model.Relations)
        {
            foreach (var constraint in relation.Constraints)
            {
                var row = new CatalogRow
                {
                    { "oid", constraint.Oid }, { "conname", constraint.Name }, { "connamespace", relation.Schema.Oid }, { "contype", constraint.Kind }, { "condeferrable", constraint.Deferral.Deferrable },
                    { "condeferred", constraint.Deferral.Deferred }, { "convalidated", !constraint.NotValid },
                    { "conrelid", relation.Oid }, { "conindid", constraint.Index?.Oid ?? 0 }, { "confrelid", constraint.Parent?.Oid ?? 0 },
                    { "confupdtype", constraint.Kind == 'f' ? Action(constraint.ForeignKey!.OnUpdate) : ' ' }, { "confdeltype", constraint.Kind == 'f' ? Action(constraint.ForeignKey!.OnDelete) : ' ' },
                    { "confmatchtype", constraint.Kind == 'f' ? 's' : ' ' }, { "conislocal", true }, { "connoinherit", constraint.Kind != 'c' }, { "conkey", constraint.Columns },
                };
                if (constraint.Kind == 'f') row.Add("confkey", constraint.ParentColumns);
                if (constraint.Kind == 'c') row.Add("conbin", constraint.Condition.Tree);
                yield return row;
            }
        }
    }

    /// <summary><c>pg_depend</c>: sequences on the columns they number, whose defaults need them, indexes on their constraints, defaults on their columns.</summary>
    public IEnumerable<CatalogRow> Dependencies()
    {
        foreach (var relation in model.Relations.Where(relation => relation.Table is not null))
        {
            if (model.SequenceOf(relation) is { } sequence && relation.NumberOf(relation.Table!.AutoIncrement!.Column) is > 0 and var number)
            {
                yield return Depends(ClassCatalog, sequence.Oid, ClassCatalog, relation.Oid, number, relation.Columns[number - 1].IsIdentity ? 'i' : 'a');
                if (relation.Defaults.ContainsKey(number)) yield return Depends(DefaultCatalog, model.DefaultOid(relation, number), ClassCatalog, sequence.Oid, 0, 'n');
            }

            foreach (var constraint in relation.Constraints)
            {
                foreach (var column in constraint.Columns) yield return Depends(ConstraintCatalog, constraint.Oid, ClassCatalog, relation.Oid, column, 'a');
                if (constraint is { Kind: 'p' or 'u', Index: { } index }) yield return Depends(ClassCatalog, index.Oid, ConstraintCatalog, constraint.Oid, 0, 'i');
            }

            foreach (var (column, _) in relation.Defaults) yield return Depends(DefaultCatalog, model.DefaultOid(relation, column), ClassCatalog, relation.Oid, column, 'a');
        }
    }

    /// <summary><c>pg_trigger</c>.</summary>
    public IEnumerable<CatalogRow> Triggers() => model.Relations.Where(relation => relation.Table is not null).SelectMany(relation => relation.Table!.Triggers.Select(trigger => new CatalogRow
    {
        { "oid", model.TriggerOid(relation, trigger) }, { "tgrelid", relation.Oid }, { "tgname", trigger.Name }, { "tgenabled", 'O' }, { "tgisinternal", false },
    }));

    private static CatalogRow Depends(long catalog, long oid, long onCatalog, long on, int column, char kind) => new()
    {
        { "classid", catalog }, { "objid", oid }, { "objsubid", 0 }, { "refclassid", onCatalog }, { "refobjid", on }, { "refobjsubid", column }, { "deptype", kind },
    };

    private static char Action(string written) => written switch
    {
        "restrict" => 'r',
        "cascade" => 'c',
        "set null" => 'n',
        "set default" => 'd',
        _ => 'a',
    };
}
