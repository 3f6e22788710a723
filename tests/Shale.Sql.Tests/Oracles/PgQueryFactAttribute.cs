namespace Shale.Sql.Tests.Oracles;

/// <summary>A test that needs libpg_query and says so where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PgQueryFactAttribute : FactAttribute
{
    public PgQueryFactAttribute()
    {
        if (!PgQuery.IsAvailable) Skip = "libpg_query.so is missing: apt-get install libpg-query-dev";
    }
}
