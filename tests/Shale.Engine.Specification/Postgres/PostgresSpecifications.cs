using Shale.Vitess;

namespace Shale.Engine.Specification.Postgres;

public sealed class PostgresStatementTests : StatementSpecification
{
    protected override IStorageEngine Create() => TestPostgres.EngineAsync().Result;
}

public sealed class PostgresTransactionTests : TransactionSpecification
{
    protected override IStorageEngine Create() => TestPostgres.EngineAsync().Result;
}

public sealed class PostgresScratchTests : ScratchSpecification
{
    protected override IStorageEngine Create() => TestPostgres.EngineAsync().Result;
}
