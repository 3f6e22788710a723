using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Runs VERIFY VINDEX and REPAIR VINDEX, and says of lookup vindexes how far they are.</summary>
internal static class LookupStatements
{
    /// <summary>Runs one. NOT_FOUND (42704) for a vindex that is none of the table's lookups; 0A000 in a transaction.</summary>
    public static async ValueTask<GateResult> RunAsync(CheckVindexStatement statement, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        if (transaction is not null || session.IsShard)
        {
            throw new VitessException(ErrorCodes.QueryError, "VERIFY VINDEX and REPAIR VINDEX look at all shards, part after part", sqlState: "0A000",
                hint: "Send it outside of transactions, with the keyspace as the target.");
        }

        var place = session.Catalog.Require(statement.Table);
        var name = statement.Vindex.Name.Name;
        var table = OwnerLookups.Of(place, session.Catalog, session.Engine)?.Tables.FirstOrDefault(each => VSchemaNames.Comparer.Equals(each.Lookup.Name, name))
            ?? throw new VitessException(ErrorCodes.NotFound, $"table \"{place.Table.Name}\" has no lookup vindex \"{name}\"", sqlState: "42704",
                hint: $"SHOW VSCHEMA VINDEXES ON {place.Table.Name} lists those that it has.");
        if (session.Fills.TryGet(place.Keyspace.Name, name, out var fill))
        {
            throw new VitessException(ErrorCodes.QueryError, $"lookup vindex \"{name}\" is being filled: {fill}", sqlState: "55006", hint: "Verify it when that is over.");
        }

        var check = new LookupCheck(table, session, statement.Repair, running);
        await check.RunAsync();
        var rows = check.Rows;
        return new GateResult(rows, statement.Repair ? rows.RowCount : 0) { Tier = "gate", Notices = check.Notices, Shards = [.. session.Tablets.Of(session.Keyspace).Select(tablet => tablet.Shard)] };
    }

    /// <summary>What can be said of a lookup vindex beside its definition.</summary>
    public static string StateOf(VLookup lookup, string keyspace, LookupFills fills) =>
        !lookup.WriteOnly ? "ready" : fills.TryGet(keyspace, lookup.Name, out var fill) ? $"write_only, {fill}" : "write_only";
}
