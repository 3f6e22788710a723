using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Says what would keep a statement on fewer shards.</summary>
/// <param name="session">Whose statement it is.</param>
internal sealed class KeyAdvice(GateSession session)
{
    /// <summary>The columns of a statement that filter, join and group.</summary>
    public IReadOnlyList<UsedColumn> UsesOf(Statement statement)
    {
        if (statement is not (SelectStatement or InsertStatement or UpdateStatement or DeleteStatement) || ModifyingWith.Is(statement)) return [];

        // Nothing that is done now would change the past.
        return ReadsThePast(statement) ? [] : UsesAt(statement);
    }

    /// <summary>Whether a statement names points in time, itself or in views.</summary>
    public bool ReadsThePast(Statement statement) => SqlTree.Any(new ViewExpander(session.Catalog).ExpandPresent(statement), node => node is SystemTime);

    /// <summary>The same columns of a statement whose points are known, if it names some: its tables are named as the session names them.</summary>
    public IReadOnlyList<UsedColumn> UsesAt(Statement named)
    {
        var expanded = new ViewExpander(session.Catalog).Expand(named);
        return KeyUsage.Of(expanded, Binder.Bind(expanded, session.Dialect, session.Catalog));
    }

    /// <summary>The rows of VEXPLAIN KEYS.</summary>
    public RowSet Rows(IReadOnlyList<UsedColumn> uses) => SchemaLists.Text(["table", "column", "use", "with", "sharding key", "vindex candidate", "lookup"], uses.Select(use => new[]
    {
        use.Table, use.Column, use.Use, use.With, IsKey(use) ? "yes" : "no", IsCandidate(use) ? "yes" : "no", LookupsOf(use),
    }));

    /// <summary>Advice for a statement that goes to several shards; empty where nothing in it would narrow.</summary>
    public IReadOnlyList<string> For(IReadOnlyList<UsedColumn> uses)
    {
        var advice = new List<string>();
        foreach (var relation in uses.Select(use => use.Relation).Distinct())
        {
            bool HaveValues(IEnumerable<string> columns) => columns.All(column => uses.Any(use => use.Relation == relation && use.HasValues && Same(use.Column, column)));
            if (Place(relation) is not { IsSharded: true } place || HaveValues(place.Table.ShardColumns)) continue;
            if (place.Table.Lookups.Any(lookup => !lookup.WriteOnly && HaveValues(lookup.Columns))) continue;
            foreach (var use in uses.Where(use => use.Relation == relation && use.HasValues && !IsKey(use)))
            {
                advice.Add($"add a lookup vindex on {use.Name}: it is compared with {(use.Use == "=" ? "a value" : "values")}, and its entries could tell the shards (ALTER VSCHEMA ON {place.Table.Name} ADD VINDEX {place.Table.Name}_{use.Column} ({use.Column}) USING lookup); or compare the sharding key {string.Join(", ", place.Table.ShardColumns)}");
            }
        }

        foreach (var use in uses.Where(use => use.Use == "join" && Place(use.Relation) is { IsSharded: true } && !IsKey(use)))
        {
            advice.Add($"{use.Name} is joined with {use.With}: make it the sharding key of \"{use.Relation.Table!.Name}\", with the vindex of the other, or one of the two a reference table");
        }

        return [.. advice.Distinct()];
    }

    private bool IsCandidate(UsedColumn use) => Place(use.Relation) is { IsSharded: true } && !IsKey(use) && use.Use is "=" or "IN" or "join" && LookupsOf(use) is null;

    private string? LookupsOf(UsedColumn use) =>
        Place(use.Relation)?.Table.Lookups.Where(lookup => lookup.Columns.Contains(use.Column, VSchemaNames.Comparer)).Select(lookup => lookup.Name).ToList() is { Count: > 0 } names
            ? string.Join(", ", names) : null;

    private bool IsKey(UsedColumn use) => Place(use.Relation) is { IsSharded: true } place && place.Table.ShardColumns.Any(column => Same(column, use.Column));

    private TablePlace? Place(Relation relation) => relation.Table is { } table ? session.Catalog.PlaceOf(table) : null;

    private static bool Same(string one, string other) => VSchemaNames.Comparer.Equals(one, other);
}
