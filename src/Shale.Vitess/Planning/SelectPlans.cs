using Shale.Sql;

namespace Shale.Vitess;

/// <summary>How a SELECT is run; one of few shapes (DESIGN.md, the way of a query).</summary>
internal abstract class SelectPlan
{
    /// <summary>T0, T1 or T2.</summary>
    public abstract string Tier { get; }

    /// <summary>What it touches.</summary>
    public required Routing Routing { get; init; }
}

/// <summary>T0 where one shard is proved when values are bound; else the other plan, made when it is first needed.</summary>
internal sealed class SingleShardPlan(Fragment statement, Func<SelectPlan>? otherwise) : SelectPlan
{
    private readonly Lazy<SelectPlan>? _otherwise = otherwise is null ? null : new Lazy<SelectPlan>(otherwise);

    /// <inheritdoc/>
    public override string Tier => "T0";

    /// <summary>The whole statement.</summary>
    public Fragment Statement => statement;

    /// <summary>Whether the statement only reads a row by its key; see <see cref="Vitess.OneRow"/>.</summary>
    public bool IsOneRow { get; set; }

    /// <summary>Whether there is a plan for several shards.</summary>
    public bool HasOtherwise => _otherwise is not null;

    /// <summary>What runs when one shard is not enough.</summary>
    public SelectPlan Otherwise => _otherwise?.Value ?? throw new InvalidOperationException("a plan of one shard met several");
}

/// <summary>T1: the same statement on several shards, their rows put together by a merge that is proved.</summary>
internal sealed class ScatterPlan : SelectPlan
{
    /// <inheritdoc/>
    public override string Tier => "T1";

    /// <summary>What each shard runs.</summary>
    public required Fragment PerShard { get; init; }

    /// <summary>How the rows become the result; null where they only follow one another.</summary>
    public Merge? Merge { get; init; }

    /// <summary>Whether the merge computes aggregates of what the shards answer.</summary>
    public bool Computes { get; init; }

    /// <summary>The plan to take where the merge overflows and one database might not; also what T1 is tested against.</summary>
    public required Lazy<SelectPlan> Assembly { get; init; }
}

/// <summary>The second half of a T1: the rows of all shards stand in one scratch table, and a statement makes the result of them.</summary>
/// <param name="Final">The statement, over table <c>_merge</c> with columns <c>c0, c1, …</c>.</param>
/// <param name="Collations">For each column its collation, or null.</param>
internal sealed record Merge(Fragment Final, string?[] Collations)
{
    /// <summary>The scratch table.</summary>
    public const string Table = "_merge";

    /// <summary>The order in which the shards' rows come, where the gate can keep it; then they need no scratch table.</summary>
    public MergeOrder? Order { get; init; }

    /// <summary>Whether each shard gives one row.</summary>
    public bool OneRowEach { get; init; }

    /// <summary>The name of a column of it.</summary>
    public static Identifier Column(int index) => new($"c{index}");

    /// <summary>A merge that orders, makes distinct and cuts.</summary>
    /// <param name="statement">The statement, for its ORDER BY, LIMIT and OFFSET.</param>
    /// <param name="keys">For each item of its ORDER BY the column, and the collation it is compared with.</param>
    /// <param name="collations">The collations of all columns.</param>
    /// <param name="width">How many of them are the result's.</param>
    /// <param name="distinct">Whether equal rows are one.</param>
    /// <param name="engine">The engine.</param>
    public static Merge OfRows(SelectStatement statement, List<(int Column, string? Collation)> keys, List<string?> collations, int width, bool distinct, SqlDialect engine)
    {
        var final = new SelectStatement(null, new SelectCore(Enumerable.Range(0, width).Select(i => new SelectItem(new ColumnRef(null, null, Column(i)), null)).ToNodeList())
        {
            Distinct = distinct,
            From = [new TableRef(new ObjectName(null, new Identifier(Table)), null, [])],
        })
        {
            OrderBy = statement.OrderBy.Select((item, i) => item with { Value = Key(keys[i]) }).ToNodeList(), Limit = statement.Limit, Offset = statement.Offset,
        };
        return new Merge(Fragment.Print(final, engine), [.. collations]) { Order = MergeOrder.TryMake(statement, keys, collations[..width], distinct, engine) };
    }

    private static Expr Key((int Column, string? Collation) key)
    {
        Expr value = new ColumnRef(null, null, Column(key.Column));
        return key.Collation is { } collation ? new Collate(value, new ObjectName(null, new Identifier(collation, true))) : value;
    }
}

/// <summary>T2: the rows of each base table that can matter are fetched into a scratch database, and the whole statement runs there.</summary>
internal sealed class AssemblyPlan : SelectPlan
{
    /// <inheritdoc/>
    public override string Tier => "T2";

    /// <summary>One for each base table.</summary>
    public required IReadOnlyList<TableFetch> Fetches { get; init; }

    /// <summary>The statement, over the scratch tables.</summary>
    public required Fragment Final { get; init; }

    /// <summary>Whether it reads the gate's own tables alone, and so runs on SQLite whatever the shards are.</summary>
    public bool IsOverCatalog { get; init; }
}

/// <summary>The fetch of one base table.</summary>
/// <param name="Place">Where it lives; null for a table that the gate fills itself.</param>
/// <param name="Table">The name of the scratch table.</param>
/// <param name="Columns">The columns that are fetched.</param>
/// <param name="Routing">Which shards can hold rows that matter.</param>
/// <param name="Statement">What each shard runs.</param>
/// <param name="Lookups">The columns that a query block compares with a block around it, once for each row there: they get an index.</param>
internal sealed record TableFetch(
    TablePlace? Place, string Table, IReadOnlyList<ColumnSchema> Columns, Routing Routing, Fragment Statement, IReadOnlyList<string> Lookups)
{
    /// <summary>What tells values that the rows must have, when other tables have been fetched; empty where the table is used more than once.</summary>
    public IReadOnlyList<KeySource> Sources { get; init; } = [];

    /// <summary>The lookup vindexes that tell the shards of such values.</summary>
    public IReadOnlyList<KeyLookup> KeyLookups { get; init; } = [];

    /// <summary>The fetch with such values; null where there are no sources.</summary>
    public KeyedFetches? Keyed { get; init; }

    /// <summary>How soon to fetch it: 0 for one that is narrowed by values, 3 for one that nothing is said of.</summary>
    public int Rank { get; init; }
}

/// <summary>A lookup vindex of one column of a table that is fetched.</summary>
/// <param name="Column">The column, by its place in the table.</param>
/// <param name="Lookup">The vindex.</param>
/// <param name="Entries">The table of its entries.</param>
internal sealed record KeyLookup(int Column, VLookup Lookup, TablePlace Entries);
