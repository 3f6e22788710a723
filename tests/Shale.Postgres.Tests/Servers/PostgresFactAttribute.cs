namespace Shale.Postgres.Tests.Servers;

/// <summary>A test that needs PostgreSQL and says so where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PrivateServer.Missing;
}

/// <summary>Such a test with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PrivateServer.Missing;
}

/// <summary>One that also needs to run as root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = PrivateServer.Missing ?? (Environment.IsPrivilegedProcess ? null : "shows what happens where root starts a server: run it as root");
}
