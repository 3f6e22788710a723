namespace Shale.Sql.Tests.Oracles;

/// <summary>A test that needs libsqlite3 and says so where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SqliteFactAttribute : FactAttribute
{
    public SqliteFactAttribute()
    {
        if (!SqlitePrepare.IsAvailable) Skip = "libsqlite3.so.0 is missing: apt-get install libsqlite3-0";
    }
}
