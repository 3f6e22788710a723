using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Sqlite;

public sealed class SqliteLogStatementTests : StatementSpecification
{
    protected override IStorageEngine Create() => new SqliteEngine(new SqliteEngineOptions { HasHistory = true });
}

public sealed class SqliteLogTransactionTests : TransactionSpecification
{
    protected override IStorageEngine Create() => new SqliteEngine(new SqliteEngineOptions { HasHistory = true });
}
