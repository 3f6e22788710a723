using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Where one shard is addressed, what the parser does not know goes to it as text, if the session speaks the engine's dialect. The engine judges it.
/// </summary>
internal static class PassThrough
{
    /// <summary>Whether text can go to the session's one shard.</summary>
    public static bool IsPossible(GateSession session, GateTransaction? transaction) =>
        session.Dialect == session.Engine && session.Tablets.Of(session.Keyspace).Length == 1 && transaction?.IsReadOnly != true && !session.IsPast;

    /// <summary>Sends the text; where the engine too finds a syntax error, or misses what may be a view of the gate, the parser's own failure is thrown, which says where.</summary>
    public static async ValueTask<GateResult> RunAsync(
        GateRequest request, GateSession session, CrossShardTransaction? transaction, VitessException? failure, CancellationToken cancellationToken)
    {
        var tablet = session.Tablets.Of(session.Keyspace)[0];
        var txId = transaction is null ? null : await transaction.WriteOnAsync(tablet, cancellationToken);
        transaction?.CannotRepeat(tablet);
        try
        {
            var result = await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, request.Sql, request.Params, txId), cancellationToken);
            return new GateResult(result.Rows, result.Affected, result.LastInsertId) { Tier = "T0", Shards = [tablet.Shard] };
        }
        catch (VitessException again) when (failure is not null && (again.Code == ErrorCodes.SyntaxError.Code || (again.SqlState == "42P01" && !session.Keyspace.Views.IsEmpty)))
        {
            throw failure;
        }
    }
}
