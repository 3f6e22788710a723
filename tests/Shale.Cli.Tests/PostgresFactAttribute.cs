using Shale.Postgres;

namespace Shale.Cli.Tests;

/// <summary>A test that needs PostgreSQL's programs.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PrivateServer.Missing;
}
