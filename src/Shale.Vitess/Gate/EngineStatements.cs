using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>ALTER KEYSPACE … SET ENGINE.</summary>
internal static class EngineStatements
{
    private static readonly Field[] Fields = [new("shard", "text"), new("rows", "int8")];

    /// <summary>Runs one, and gives a row for each shard: how many rows were copied and compared. Errors: those of <see cref="SchemaChanges.SwitchEngineAsync"/>; QUERY_ERROR (22023) for an engine that is none; TRANSACTION_ERROR (25001) in a transaction.</summary>
    public static async ValueTask<GateResult> RunAsync(SetEngineStatement statement, GateTransaction? transaction, SchemaChanges schema, CancellationToken cancellationToken)
    {
        if (transaction is not null) throw new VitessException(ErrorCodes.TransactionError, "ALTER KEYSPACE cannot be part of a transaction", sqlState: "25001");
        var engine = statement.Engine.ToLowerInvariant() switch
        {
            "sqlite" => StorageEngineType.Sqlite,
            "postgres" => StorageEngineType.Postgres,
            _ => throw new VitessException(ErrorCodes.QueryError, $"there is no engine \"{statement.Engine}\"", sqlState: "22023", hint: "Known are sqlite and postgres."),
        };
        var switched = await schema.SwitchEngineAsync(statement.Keyspace.Name, engine, cancellationToken);
        var rows = new RowSet(Fields);
        foreach (var (shard, count) in switched.Shards) rows.Add([SqlValue.Text(shard), SqlValue.Integer(count)]);
        return new GateResult(rows) { Tier = "gate", Shards = [.. switched.Shards.Select(shard => shard.Shard)], Notices = switched.Notices };
    }
}
