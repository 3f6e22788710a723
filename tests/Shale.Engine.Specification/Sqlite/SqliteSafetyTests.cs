using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Sqlite;

/// <summary>The authorizer of SEMANTICS S7.</summary>
public sealed class SqliteSafetyTests : EngineSpecification
{
    protected override IStorageEngine Create() => SqliteEngine.InMemory();

    [Theory]
    [InlineData("ATTACH 'other.db' AS o")]
    [InlineData("ATTACH '' AS o")]
    [InlineData("ATTACH ':memory:' AS o")]
    [InlineData("DETACH main")]
    [InlineData("SELECT load_extension('evil')")]
    [InlineData("SELECT fts3_tokenizer('x')")]
    [InlineData("PRAGMA writable_schema=ON")]
    [InlineData("PRAGMA writable_schema")]
    [InlineData("PRAGMA journal_mode=DELETE")]
    [InlineData("PRAGMA synchronous=OFF")]
    [InlineData("PRAGMA foreign_keys=OFF")]
    [InlineData("PRAGMA query_only=OFF")]
    [InlineData("PRAGMA temp_store_directory='/tmp'")]
    [InlineData("PRAGMA user_version=5")]
    [InlineData("PRAGMA wal_checkpoint")]
    [InlineData("PRAGMA database_list")]
    [InlineData("SELECT * FROM pragma_database_list")]
    [InlineData("PRAGMA case_sensitive_like=ON")]
    [InlineData("BEGIN")]
    [InlineData("COMMIT")]
    [InlineData("ROLLBACK")]
    [InlineData("CREATE TEMP TABLE x(a)")]
    [InlineData("CREATE TEMP VIEW x AS SELECT 1")]
    [Trait("Rule", "S7")]
    public async Task Execute_WhatReachesOutOfTheShard_IsDenied(string sql)
    {
        foreach (var connection in new[] { Writer, await OpenAsync(EngineAccess.Read) })
        {
            var failure = await FailsAsync("QUERY_ERROR", "42501", () => ExecuteAsync(connection, sql));
            Assert.Contains(" ", failure.Message, StringComparison.Ordinal);
            Assert.False(connection.InTransaction);
            Assert.Equal(SqlValue.Integer(1), await OneAsync(connection, "SELECT 1"));
        }

        Assert.False(File.Exists("other.db"));
    }

    [Fact]
    [Trait("Rule", "S7")]
    public async Task Execute_VacuumInto_IsDenied()
    {
        await FailsAsync("QUERY_ERROR", "42501", () => ExecuteAsync(Writer, "VACUUM INTO 'copy.db'"));
        Assert.False(File.Exists("copy.db"));
    }

    [Theory]
    [InlineData("PRAGMA table_info(t)")]
    [InlineData("PRAGMA table_xinfo('t')")]
    [InlineData("PRAGMA index_list(t)")]
    [InlineData("PRAGMA foreign_key_list(t)")]
    [InlineData("PRAGMA foreign_key_check")]
    [InlineData("PRAGMA integrity_check")]
    [InlineData("PRAGMA user_version")]
    [InlineData("PRAGMA main.page_count")]
    [InlineData("SELECT * FROM pragma_table_info('t')")]
    [InlineData("EXPLAIN QUERY PLAN SELECT * FROM t")]
    [InlineData("EXPLAIN QUERY PLAN DELETE FROM t")]
    [InlineData("SELECT * FROM sqlite_schema")]
    [Trait("Rule", "S7")]
    public async Task Execute_WhatOnlyReads_IsAllowed(string sql)
    {
        await RunAsync(Writer, "CREATE TABLE t(a INTEGER)");
        await RunAsync(await OpenAsync(EngineAccess.Read), sql);
    }

    [Theory]
    [InlineData("VACUUM")]
    [InlineData("ANALYZE")]
    [InlineData("REINDEX")]
    [InlineData("PRAGMA optimize")]
    [InlineData("CREATE VIRTUAL TABLE f USING fts5(a)")]
    [Trait("Rule", "S7")]
    public async Task Execute_Maintenance_IsAllowedOnTheWriter(string sql)
    {
        await RunAsync(Writer, "CREATE TABLE t(a INTEGER)", "INSERT INTO t VALUES (1)", sql);
        Assert.Equal("ok", (await OneAsync(Writer, "PRAGMA quick_check")).AsText());
    }

    [Fact]
    [Trait("Rule", "S7")]
    public async Task Execute_DeferForeignKeys_WorksInATransaction()
    {
        await RunAsync(Writer, "CREATE TABLE p(id INTEGER PRIMARY KEY)", "CREATE TABLE c(p INTEGER REFERENCES p(id))");
        for (var i = 1; i < 3; i++)
        {
            await Writer.BeginAsync(Contracts.IsolationLevel.Serializable, false, default);
            await RunAsync(Writer, "PRAGMA defer_foreign_keys=ON", $"INSERT INTO c VALUES ({i})", $"INSERT INTO p VALUES ({i})");
            await Writer.CommitAsync(default);
        }
    }

    [Fact]
    [Trait("Rule", "S7")]
    public async Task Execute_WritesToTheSchemaTable_AreDenied()
    {
        await RunAsync(Writer, "CREATE TABLE t(a INTEGER)");
        await Assert.ThrowsAsync<VitessException>(() => ExecuteAsync(Writer, "UPDATE sqlite_schema SET sql = 'x'"));
        await Assert.ThrowsAsync<VitessException>(() => ExecuteAsync(Writer, "DELETE FROM sqlite_master"));
        Assert.Single(await Writer.SchemaAsync(default));
    }

    [Theory]
    [InlineData("ATTACH 'other.db' AS o")]
    [InlineData("SELECT load_extension('evil')")]
    [InlineData("PRAGMA database_list")]
    [Trait("Rule", "S7")]
    public async Task Execute_OnAScratch_IsDeniedJustSo(string sql)
    {
        var scratch = await ScratchAsync();
        await FailsAsync("QUERY_ERROR", "42501", () => ExecuteAsync(scratch, sql));
    }
}
