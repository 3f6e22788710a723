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

public sealed class NpgsqlStatementTests : StatementSpecification
{
    protected override IStorageEngine Create() => TestPostgres.NpgsqlEngineAsync().Result;
}

public sealed class NpgsqlTransactionTests : TransactionSpecification
{
    protected override IStorageEngine Create() => TestPostgres.NpgsqlEngineAsync().Result;
}
