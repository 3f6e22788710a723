using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Rows that go to their shards as COPY has written them; for one statement, made of the plan of an INSERT.</summary>
/// <param name="place">The table.</param>
/// <param name="keyTypes">What the cells of the key are converted to.</param>
/// <param name="source">The rows.</param>
internal sealed class CopyPlan(TablePlace place, SqlType[] keyTypes, CopySource source) : StatementPlan
{
    /// <summary>The table.</summary>
    public TablePlace Place => place;

    /// <summary>What the cells of the key are converted to; empty where no key decides.</summary>
    public SqlType[] KeyTypes => keyTypes;

    /// <summary>The rows.</summary>
    public CopySource Source => source;

    /// <summary>What the shards run.</summary>
    public string Sql { get; } = $"COPY {Quoted(place.Table.Name)} ({string.Join(", ", source.Columns.Select(Quoted))}) FROM STDIN WITH ({source.Options})";

    /// <inheritdoc/>
    public override bool Writes => true;

    /// <summary>
    /// The parameters of an INSERT that decide on which shard its row is, where shards can take rows as they come: they are on PostgreSQL, each value is a parameter in the order of the
    /// columns, and the gate adds nothing, neither numbers nor defaults nor entries of lookup vindexes. Else null.
    /// </summary>
    public static int[]? KeysOf(StatementPlan plan, Catalog catalog, TabletMap tablets)
    {
        if (plan is not { Command: "INSERT", Written: null, SequenceCalls.Count: 0, WrittenTable: { } name } || plan.Shape!.Fields.Count > 0) return null;
        var keys = plan switch
        {
            DirectWritePlan { Otherwise: null, Broadcast: false, Lookups.Count: 0 } => [],
            InsertPlan { Source: null, Rows.Count: 1, Conflicts: null, Once: null, RowNumbers.Count: 0 } insert when insert.GivenCells == plan.UserParameters && insert.Template.CellTypes.Length == insert.GivenCells
                && insert.Template.Tail.Length == 0 => insert.Place.IsSharded ? insert.Template.KeyCells : [],
            _ => null,
        };
        return keys is not null && Array.TrueForAll(tablets.Of(catalog.Require(name).Keyspace), tablet => tablet.Engine == StorageEngineType.Postgres) ? keys : null;
    }

    /// <summary>The plan for rows. Errors: QUERY_ERROR (0A000) where they must be given as values.</summary>
    public static CopyPlan Of(StatementPlan plan, CopySource source, Catalog catalog, TabletMap tablets)
    {
        var keys = KeysOf(plan, catalog, tablets) ?? throw new VitessException(ErrorCodes.QueryError, "the rows of this table cannot be taken as they come any more", sqlState: "0A000", hint: "Its definition has changed meanwhile: send the COPY again.");
        return new CopyPlan(catalog.Require(plan.WrittenTable!), [.. keys.Select(cell => ((InsertPlan)plan).Template.CellTypes[cell])], source)
        {
            Command = plan.Command, Dialect = plan.Dialect, Shape = plan.Shape, WrittenTable = plan.WrittenTable,
        };
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
