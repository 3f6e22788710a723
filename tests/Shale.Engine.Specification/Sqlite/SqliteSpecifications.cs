using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Sqlite;

public sealed class SqliteStatementTests : StatementSpecification
{
    protected override IStorageEngine Create() => SqliteEngine.InMemory();
}

public sealed class SqliteTransactionTests : TransactionSpecification
{
    protected override IStorageEngine Create() => SqliteEngine.InMemory();
}

public sealed class SqliteScratchTests : ScratchSpecification
{
    protected override IStorageEngine Create() => SqliteEngine.InMemory();
}

public sealed class SqliteLenientTests : LenientSpecification
{
    protected override IStorageEngine Create() => SqliteEngine.InMemory();
}
