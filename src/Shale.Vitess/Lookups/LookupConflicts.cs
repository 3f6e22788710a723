using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What an INSERT does with a row whose values another row has in a unique lookup.</summary>
internal enum LookupConflict
{
    /// <summary>It fails (23505).</summary>
    Fail,

    /// <summary>It leaves the row out: DO NOTHING, OR IGNORE.</summary>
    Skip,

    /// <summary>It changes the other row, where that lives: DO UPDATE.</summary>
    Update,

    /// <summary>It deletes the other row: OR REPLACE.</summary>
    Replace,
}

/// <summary>What ON CONFLICT and SQLite's OR say of lookups. Immutable, thread-safe.</summary>
/// <param name="Actions">For each lookup of the table what is done.</param>
internal sealed record LookupConflicts(LookupConflict[] Actions)
{
    /// <summary>Whether some row may be left out or change another.</summary>
    public bool Any => Array.Exists(Actions, action => action != LookupConflict.Fail);

    /// <summary>Reads the clauses; null for a statement without them, or a table without lookups.</summary>
    public static LookupConflicts? Of(InsertStatement insert, OwnerLookups? lookups)
    {
        var plain = insert.OnConflict.Count == 0 && insert.Or is not ("ignore" or "replace");
        if (plain || lookups is null) return null;
        return new LookupConflicts([.. lookups.Tables.Select(table => ActionOf(insert, table.Lookup))]);
    }

    private static LookupConflict ActionOf(InsertStatement insert, VLookup lookup)
    {
        if (!lookup.Unique) return LookupConflict.Fail;
        if (insert.OnConflict.FirstOrDefault(conflict => Means(conflict, lookup)) is { } clause) return clause.Sets.Count > 0 ? LookupConflict.Update : LookupConflict.Skip;
        return insert.Or switch
        {
            "ignore" => LookupConflict.Skip,
            "replace" => LookupConflict.Replace,
            _ => LookupConflict.Fail,
        };
    }

    private static bool Means(OnConflict conflict, VLookup lookup)
    {
        if (conflict.Constraint is not null || conflict.TargetWhere is not null) return false;
        if (conflict.Target.Count == 0) return true;
        var named = conflict.Target.Select(item => (item.Value as ColumnRef)?.Column.Name ?? "");
        return named.ToHashSet(VSchemaNames.Comparer).SetEquals(lookup.Columns);
    }
}
