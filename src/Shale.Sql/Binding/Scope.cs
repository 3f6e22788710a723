namespace Shale.Sql;

/// <summary>The names that expressions of one block can use. Mutable while its FROM is being bound, then only read.</summary>
internal sealed class Scope(Scope? parent, QueryBlock block, CommonTables? tables)
{
    /// <summary>The scope around it.</summary>
    public Scope? Parent { get; } = parent;

    /// <summary>The block it belongs to.</summary>
    public QueryBlock Block { get; } = block;

    /// <summary>The common tables in reach.</summary>
    public CommonTables? Tables { get; } = tables;

    /// <summary>What a qualified name can name; the aliases of a join with an alias of its own are not here.</summary>
    public List<Relation> Relations { get; } = [];

    /// <summary>What an unqualified name can name, and what a star stands for.</summary>
    public List<ExpandedColumn> Visible { get; } = [];

    /// <summary>Where unqualified names start to count: behind 0 only while an ON clause is bound.</summary>
    public int VisibleFrom { get; set; }

    /// <summary>The target of ON CONFLICT's excluded; null elsewhere.</summary>
    public Relation? Excluded { get; set; }

    /// <summary>Output names that expressions may use (SQLite); null where they may not.</summary>
    public OutputNames? Aliases { get; set; }

    /// <summary>Aggregate calls that belong to this block.</summary>
    public List<FunctionCall> Aggregates { get; } = [];

    /// <summary>Whether a relation's columns are unknown, so that any name may be one of them.</summary>
    public Relation? Opaque => Relations.FirstOrDefault(relation => relation.Columns is null);
}

/// <summary>The named outputs of a select list.</summary>
/// <param name="Columns">The outputs, stars expanded.</param>
/// <param name="Items">The select item of each.</param>
internal sealed record OutputNames(IReadOnlyList<OutputColumn> Columns, IReadOnlyList<SelectItem> Items)
{
    /// <summary>The output of that name: its index, -1 for none, -2 for several that are not the same expression.</summary>
    public int Find(string name, SqlDialect dialect, bool aliasesOnly)
    {
        var found = -1;
        for (var i = 0; i < Columns.Count; i++)
        {
            var itemName = aliasesOnly ? Items[i].Alias?.Name : Columns[i].Name;
            if (itemName is null || !Names.Equal(itemName, name, dialect)) continue;
            if (found >= 0 && dialect == SqlDialect.Postgres && !Items[i].Value.Equals(Items[found].Value)) return -2;
            if (found < 0) found = i;
        }

        return found;
    }
}

/// <summary>Common tables in reach: a chain, the innermost first.</summary>
internal sealed class CommonTables(CommonTables? outer, CommonTable table, Scope? around)
{
    /// <summary>The next one in reach.</summary>
    public CommonTables? Outer { get; } = outer;

    /// <summary>The definition.</summary>
    public CommonTable Table { get; } = table;

    /// <summary>The scope that its query may use.</summary>
    public Scope? Around { get; } = around;

    /// <summary>What its own query can reach: set for RECURSIVE, where that includes itself and those behind it.</summary>
    public CommonTables? Inside { get; set; }

    /// <summary>Its columns, once known.</summary>
    public IReadOnlyList<OutputColumn>? Columns { get; set; }

    /// <summary>Whether its query is being bound right now.</summary>
    public bool Busy { get; set; }
}
