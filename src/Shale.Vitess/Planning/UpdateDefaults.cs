using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// What DEFAULT means in SET, in dialect postgres: the default of the column, since the gate may have to compute it, and nothing for a generated column, which is computed anyway. Columns that number themselves are
/// left to the binder, which refuses them.
/// </summary>
internal static class UpdateDefaults
{
    /// <summary>The statement without the word DEFAULT.</summary>
    public static UpdateStatement Fill(UpdateStatement update, TablePlace place)
    {
        if (!Has(update.Sets)) return update;
        var sets = Fill(update.Sets, place);
        if (sets.Count > 0) return update with { Sets = sets };
        return update with { Sets = [Same(place, update.Table.Alias ?? new Identifier(update.Table.Name.Name.Name, true))] };
    }

    /// <summary>The same of ON CONFLICT DO UPDATE.</summary>
    public static InsertStatement Fill(InsertStatement insert, TablePlace place)
    {
        if (!insert.OnConflict.Any(conflict => Has(conflict.Sets))) return insert;
        var table = insert.Alias ?? new Identifier(insert.Table.Name.Name, true);
        NodeList<SetClause> Filled(NodeList<SetClause> sets) => !Has(sets) ? sets : Fill(sets, place) is { Count: > 0 } filled ? filled : [Same(place, table)];
        return insert with { OnConflict = insert.OnConflict.Select(conflict => conflict with { Sets = Filled(conflict.Sets) }).ToNodeList() };
    }

    // The rows are written, and stay as they are.
    private static SetClause Same(TablePlace place, Identifier table)
    {
        var columns = place.Schema.Columns.Where(column => !column.Generated).ToList();
        var kept = columns.Find(column => !place.Table.IsShardColumn(column.Name)) ?? columns[0];
        var name = new Identifier(kept.Name, true);
        return new SetClause([name], new ColumnRef(null, table, name));
    }

    private static bool Has(NodeList<SetClause> sets) => sets.Any(set => set.Value is DefaultValue || (set.Value is RowConstructor row && row.Items.Any(item => item is DefaultValue)));

    private static NodeList<SetClause> Fill(NodeList<SetClause> sets, TablePlace place)
    {
        RefuseTwice(sets);
        var filled = new List<SetClause>();
        foreach (var set in sets.SelectMany(Apart))
        {
            var column = set.Value is DefaultValue ? place.Schema.Column(set.Columns[0].Name) : null;
            if (column is null or { AutoNumber: true }) filled.Add(set);
            else if (!column.Generated) filled.Add(set with { Value = column.Default ?? new Literal(LiteralKind.Null) });
        }

        return filled.ToNodeList();
    }

    // What is left out for a generated column would not be seen to be there twice.
    private static void RefuseTwice(NodeList<SetClause> sets)
    {
        var seen = new HashSet<string>();
        if (sets.SelectMany(set => set.Columns).FirstOrDefault(column => !seen.Add(column.Name)) is not { } twice) return;
        throw new VitessException(ErrorCodes.SyntaxError, $"multiple assignments to same column \"{twice.Name}\"", sqlState: "42601", position: twice.Span.Length > 0 ? twice.Span.Start + 1 : null);
    }

    private static IEnumerable<SetClause> Apart(SetClause set) => set is { Multiple: true, Value: RowConstructor row } && row.Items.Count == set.Columns.Count && row.Items.Any(item => item is DefaultValue)
        ? set.Columns.Select((column, i) => new SetClause([column], row.Items[i]) { Span = set.Span }) : [set];
}
