using System.Reflection;
using Shale.Contracts;
using Xunit.Sdk;

namespace Shale.Postgres.Tests.Support;

/// <summary>Which shards a door stands before.</summary>
/// <param name="Engine">What they are on.</param>
/// <param name="Count">How many.</param>
public sealed record Shards(StorageEngineType Engine, int Count)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Count} on {Engine}";
}

/// <summary>Runs a theory on SQLite shards, as many as said.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnSqliteAttribute(int count) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[new Shards(StorageEngineType.Sqlite, count)]];
}

/// <summary>Runs a theory on PostgreSQL shards of a private server; skips, and says so, where PostgreSQL is missing.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnPostgresAttribute : DataAttribute
{
    private readonly int _count;

    public OnPostgresAttribute(int count) => (_count, Skip) = (count, PrivateServer.Missing!);

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[new Shards(StorageEngineType.Postgres, _count)]];
}
