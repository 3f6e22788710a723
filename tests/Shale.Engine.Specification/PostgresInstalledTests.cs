using Shale.Postgres;

namespace Shale.Engine.Specification;

/// <summary>Says why the specification has not run on PostgreSQL.</summary>
public sealed class PostgresInstalledTests
{
    [InstalledFact]
    public void Specification_OnPostgres_Runs() => Assert.Contains(typeof(PostgresInstalledTests).Assembly.GetTypes(), type => type.BaseType == typeof(StatementSpecification) && type.Name.StartsWith("Postgres", StringComparison.Ordinal));

    private sealed class InstalledFactAttribute : FactAttribute
    {
        public InstalledFactAttribute() => Skip = PrivateServer.Missing;
    }
}
