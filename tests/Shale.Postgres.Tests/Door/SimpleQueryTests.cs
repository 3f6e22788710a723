using Shale.Contracts;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>The simple query protocol: strings of statements, transactions, variables, errors.</summary>
public abstract class SimpleQueryTests(StorageEngineType engine) : DoorSuite(engine), IAsyncLifetime
{
    private DoorCluster _cluster = null!;
    private RawClient _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await StartAsync();
        await _cluster.RunAsync("CREATE TABLE t (id bigint PRIMARY KEY, name text, price numeric(10, 2))", "INSERT INTO t VALUES (1, 'Ada', 9.5), (2, NULL, 20), (3, 'Cleo', 0.25)");
        _client = await RawClient.OpenAsync(_cluster.Port);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData("", "I Z(I)")]
    [InlineData(" ; -- nothing\n /* at /* all */ */ ;", "I Z(I)")]
    [InlineData("SELECT id, name FROM t ORDER BY id", "T D(1,Ada) D(2,null) D(3,Cleo) C(SELECT 3) Z(I)")]
    [InlineData("SELECT name FROM t WHERE id = 1;", "T D(Ada) C(SELECT 1) Z(I)")]
    [InlineData("SELECT name FROM t WHERE id = 4", "T C(SELECT 0) Z(I)")]
    [InlineData("(SELECT 1)", "T D(1) C(SELECT 1) Z(I)")]
    [InlineData("VALUES (1, true), (2, NULL)", "T D(1,t) D(2,null) C(SELECT 2) Z(I)")]
    [InlineData("INSERT INTO t (id) VALUES (10), (11)", "C(INSERT 0 2) Z(I)")]
    [InlineData("INSERT INTO t (id) VALUES (10), (11) RETURNING id - 10", "T D(0) D(1) C(INSERT 0 2) Z(I)")]
    [InlineData("UPDATE t SET name = 'x' WHERE id < 3", "C(UPDATE 2) Z(I)")]
    [InlineData("DELETE FROM t", "C(DELETE 3) Z(I)")]
    [InlineData("WITH gone AS (DELETE FROM t WHERE id = 3 RETURNING name) SELECT * FROM gone", "T D(Cleo) C(SELECT 1) Z(I)")]
    [InlineData("WITH new AS (SELECT 9 AS id) INSERT INTO t (id) SELECT id FROM new", "C(INSERT 0 1) Z(I)")]
    [InlineData("/* c */ select 1; -- end", "T D(1) C(SELECT 1) Z(I)")]
    [InlineData("CREATE TABLE u (id int PRIMARY KEY)", "C(CREATE TABLE) Z(I)")]
    [InlineData("CREATE UNIQUE INDEX ti ON t (id, name)", "C(CREATE INDEX) Z(I)")]
    [InlineData("CREATE OR REPLACE VIEW v AS SELECT 1 AS a", "C(CREATE VIEW) Z(I)")]
    [InlineData("TRUNCATE t", "C(TRUNCATE TABLE) Z(I)")]
    [InlineData("DROP TABLE t", "C(DROP TABLE) Z(I)")]
    [InlineData("CREATE TABLE c AS SELECT id FROM t WITH DATA", "N(00000) C(SELECT 3) Z(I)")]
    [InlineData("SHOW server_version", "T D(15.0 (Shale)) C(SHOW) Z(I)")]
    [InlineData("SHOW KEYSPACES", "T D(main) C(SHOW) Z(I)")]
    [InlineData("CREATE EXTENSION IF NOT EXISTS \"plpgsql\" WITH SCHEMA pg_catalog", "N(00000) C(CREATE EXTENSION) Z(I)")]
    [InlineData("CREATE EXTENSION plpgsql", "E(42710) Z(I)")]
    [InlineData("DROP FUNCTION f()", "E(0A000) Z(I)")]
    [InlineData("CREATE EXTENSION IF NOT EXISTS postgis", "E(0A000) Z(I)")]
    [InlineData("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public CASCADE", "E(0A000) Z(I)")]
    [InlineData("DROP EXTENSION IF EXISTS \"uuid-ossp\", citext CASCADE", "N(00000) N(00000) C(DROP EXTENSION) Z(I)")]
    [InlineData("DROP EXTENSION hstore", "E(42704) Z(I)")]
    [InlineData("DROP EXTENSION plpgsql", "E(0A000) Z(I)")]
    [InlineData("ALTER EXTENSION plpgsql UPDATE", "N(00000) C(ALTER EXTENSION) Z(I)")]
    [InlineData("ALTER EXTENSION postgis UPDATE TO '3'", "E(42704) Z(I)")]
    [InlineData("COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language'", "C(COMMENT) Z(I)")]
    [InlineData("PREPARE TRANSACTION 'x'", "E(55000) Z(I)")]
    [InlineData("CREATE SCHEMA IF NOT EXISTS public", "N(00000) C(CREATE SCHEMA) Z(I)")]
    [InlineData("CREATE SCHEMA public", "E(42P06) Z(I)")]
    [InlineData("CREATE SCHEMA sales", "E(0A000) Z(I)")]
    [InlineData("SELECT ctid FROM t", "E(0A000) Z(I)")]
    [InlineData("SELECT name FROM t ORDER BY xmin", "E(0A000) Z(I)")]
    [InlineData("SELECT * FROM nope", "E(42P01) Z(I)")]
    [InlineData("SELEC 1", "E(42601) Z(I)")]
    [InlineData("SELECT 1/0", "E(22012) Z(I)")]
    [InlineData("SELECT 'open", "E(42601) Z(I)")]
    [InlineData("INSERT INTO t (id) VALUES (1)", "E(23505) Z(I)")]
    [InlineData("FETCH ALL FROM c", "E(34000) Z(I)")]
    [InlineData("VACUUM", "N(00000) C(VACUUM) Z(I)")]
    public async Task Query_IsAnsweredSo(string sql, string expected) => Assert.Equal(expected, await AskAsync(sql));

    [Fact]
    public async Task Query_SeveralStatements_AreOneTransaction()
    {
        Assert.Equal("C(INSERT 0 1) T D(4) C(SELECT 1) E(22012) Z(I)", await AskAsync("INSERT INTO t (id) VALUES (4); SELECT count(*) FROM t; SELECT 1/0; INSERT INTO t (id) VALUES (5)"));
        Assert.Equal("T D(3) C(SELECT 1) Z(I)", await AskAsync("SELECT count(*) FROM t"));
        Assert.Equal("C(INSERT 0 1) C(INSERT 0 1) Z(I)", await AskAsync("INSERT INTO t (id) VALUES (4); INSERT INTO t (id) VALUES (5);"));
        Assert.Equal("T D(5) C(SELECT 1) Z(I)", await AskAsync("SELECT count(*) FROM t"));
        Assert.Equal("T D(t) C(SELECT 1) Z(I)", (await AskAsync("CREATE TABLE a (at timestamptz PRIMARY KEY); INSERT INTO a VALUES (now()); SELECT now() = at FROM a"))[^"T D(t) C(SELECT 1) Z(I)".Length..]);
    }

    [Fact]
    public async Task Query_SyntaxErrorInALaterStatement_KeepsAllFromRunning()
    {
        var messages = await MessagesAsync("COMMIT; INSERT INTO t (id) VALUES (4); COMMIT; SELEC 1");
        Assert.Equal("E(42601) Z(I)", RawClient.Words(messages));
        Assert.Equal("48", RawClient.Field(messages[0].Body, 'P'));
        Assert.Equal("T D(3) C(SELECT 1) Z(I)", await AskAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Query_BeginInTheMiddle_TakesWhatWasBefore()
    {
        Assert.Equal("C(INSERT 0 1) C(BEGIN) C(INSERT 0 1) Z(T)", await AskAsync("INSERT INTO t (id) VALUES (4); BEGIN; INSERT INTO t (id) VALUES (5)"));
        Assert.Equal("C(ROLLBACK) Z(I)", await AskAsync("ROLLBACK"));
        Assert.Equal("T D(3) C(SELECT 1) Z(I)", await AskAsync("SELECT count(*) FROM t"));
        Assert.Equal("C(INSERT 0 1) N(25P01) C(COMMIT) E(22012) Z(I)", await AskAsync("INSERT INTO t (id) VALUES (4); COMMIT; SELECT 1/0"));
        Assert.Equal("T D(4) C(SELECT 1) Z(I)", await AskAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Transaction_FailedStatement_AbortsItUntilItsEnd()
    {
        Assert.Equal("C(BEGIN) Z(T)", await AskAsync("BEGIN"));
        Assert.Equal("N(25001) C(BEGIN) Z(T)", await AskAsync("BEGIN"));
        Assert.Equal("C(INSERT 0 1) Z(T)", await AskAsync("INSERT INTO t (id) VALUES (4)"));
        Assert.Equal("E(42P01) Z(E)", await AskAsync("SELECT * FROM nope"));
        Assert.Equal("E(25P02) Z(E)", await AskAsync("SELECT 1"));
        Assert.Equal("E(25P02) Z(E)", await AskAsync("SHOW server_version"));
        Assert.Equal("C(ROLLBACK) Z(I)", await AskAsync("COMMIT"));
        Assert.Equal("T D(3) C(SELECT 1) Z(I)", await AskAsync("SELECT count(*) FROM t"));
        Assert.Equal("N(25P01) C(ROLLBACK) Z(I)", await AskAsync("ROLLBACK"));
    }

    [Fact]
    public async Task Transaction_Savepoints_AreGoneBackTo()
    {
        Assert.Equal("E(25P01) Z(I)", await AskAsync("SAVEPOINT a"));
        await AskAsync("START TRANSACTION");
        await AskAsync("INSERT INTO t (id) VALUES (4)");
        Assert.Equal("C(SAVEPOINT) Z(T)", await AskAsync("SAVEPOINT a"));
        await AskAsync("SET application_name = 'inner'");
        await AskAsync("INSERT INTO t (id) VALUES (5)");
        Assert.Equal("E(23505) Z(E)", await AskAsync("INSERT INTO t (id) VALUES (5)"));
        Assert.Equal("E(25P02) Z(E)", await AskAsync("RELEASE a"));
        Assert.Equal("C(ROLLBACK) S Z(T)", await AskAsync("ROLLBACK TO a"));
        Assert.Equal("T D() C(SHOW) Z(T)", await AskAsync("SHOW application_name"));
        Assert.Equal("C(RELEASE) Z(T)", await AskAsync("RELEASE SAVEPOINT a"));
        Assert.Equal("C(COMMIT) Z(I)", await AskAsync("COMMIT"));
        Assert.Equal("T D(4) C(SELECT 1) Z(I)", await AskAsync("SELECT count(*) FROM t"));
        Assert.Equal("C(BEGIN) E(3B001) Z(E)", await AskAsync("BEGIN; ROLLBACK TO nope"));
    }

    [Fact]
    public async Task Transaction_OfOthers_AreNotSeen_AndAFailedOneKeepsNobodyWaiting()
    {
        using var other = await RawClient.OpenAsync(_cluster.Port);
        await AskAsync("BEGIN");
        await AskAsync("UPDATE t SET name = 'mine'");
        await other.SendAsync(RawClient.Query("SELECT name FROM t WHERE id = 1"));
        Assert.Equal("T D(Ada) C(SELECT 1) Z(I)", await other.ReadWordsAsync());
        await AskAsync("SELECT 1/0");
        await other.SendAsync(RawClient.Query("UPDATE t SET name = 'other' WHERE id = 1"));
        Assert.Equal("C(UPDATE 1) Z(I)", await other.ReadWordsAsync());
        Assert.Equal("C(ROLLBACK) Z(I)", await AskAsync("COMMIT"));
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Transaction_ModesAreThoseOfBeginSetAndTheSession()
    {
        Assert.Equal("C(BEGIN) E(25006) Z(E)", await AskAsync("BEGIN READ ONLY; DELETE FROM t"));
        Assert.Equal("C(ROLLBACK) Z(I)", await AskAsync("ROLLBACK"));
        Assert.Equal("C(BEGIN) C(SET) T D(repeatable read) C(SHOW) C(ROLLBACK) Z(I)", await AskAsync("BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SHOW transaction_isolation; ROLLBACK"));
        Assert.Equal("C(BEGIN) T D(1) C(SELECT 1) E(25001) Z(E)", await AskAsync("BEGIN; SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"));
        await AskAsync("ROLLBACK");
        Assert.Equal("C(SET) S Z(I)", await AskAsync("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"));
        Assert.Equal("C(BEGIN) E(25006) Z(E)", await AskAsync("BEGIN; DELETE FROM t"));
        await AskAsync("ROLLBACK");
        Assert.Equal("C(BEGIN) C(DELETE 3) C(ROLLBACK) Z(I)", await AskAsync("BEGIN READ WRITE; DELETE FROM t; ROLLBACK"));
        Assert.Equal("N(25P01) C(SET) Z(I)", await AskAsync("SET TRANSACTION READ WRITE"));
    }

    [Theory]
    [InlineData("SET application_name = 'me'", "SHOW application_name", "me")]
    [InlineData("SET statement_timeout = 90000", "SHOW statement_timeout", "90s")]
    [InlineData("SET statement_timeout = '2min'", "SHOW statement_timeout", "2min")]
    [InlineData("SET search_path TO public, pg_catalog", "SHOW search_path", "public, pg_catalog")]
    [InlineData("SET TIME ZONE 'GMT'", "SHOW TIME ZONE", "GMT")]
    [InlineData("SET TIME ZONE INTERVAL '+00:00' HOUR TO MINUTE", "SHOW TIME ZONE", "+00:00")]
    [InlineData("SET extra_float_digits = 3", "SHOW extra_float_digits", "3")]
    [InlineData("SET datestyle = ISO", "SHOW DateStyle", "ISO, MDY")]
    [InlineData("SET my.own = 'x'", "SHOW my.own", "x")]
    [InlineData("SET work_mem = '1GB'", "SHOW work_mem", "1GB")]
    [InlineData("RESET ALL", "SHOW client_encoding", "UTF8")]
    [InlineData("SET SESSION AUTHORIZATION DEFAULT", "SHOW session_authorization", "app")]
    [InlineData("SET default_transaction_isolation = 'serializable'", "SHOW transaction_isolation", "serializable")]
    public async Task Set_AVariable_IsShown(string set, string show, string expected)
    {
        Assert.Contains("Z(I)", await AskAsync(set), StringComparison.Ordinal);
        Assert.Equal($"T D({expected}) C(SHOW) Z(I)", await AskAsync(show));
    }

    [Theory]
    [InlineData("SET TimeZone = 'Europe/Oslo'", "0A000")]
    [InlineData("SET DateStyle = 'German'", "0A000")]
    [InlineData("SET client_encoding = 'LATIN1'", "0A000")]
    [InlineData("SET extra_float_digits = 0", "0A000")]
    [InlineData("SET bytea_output = 'escape'", "0A000")]
    [InlineData("SET standard_conforming_strings = off", "0A000")]
    [InlineData("SET search_path = other", "0A000")]
    [InlineData("SET statement_timeout = 'soon'", "22023")]
    [InlineData("SET extra_float_digits = 7", "22023")]
    [InlineData("SET nope = 1", "42704")]
    [InlineData("SHOW nope", "42704")]
    [InlineData("SET server_version = '9'", "55P02")]
    [InlineData("SET SESSION AUTHORIZATION boss", "0A000")]
    [InlineData("USE nope", "3D000")]
    public async Task Set_WhatWouldBeSilentlyDifferent_IsRefused(string sql, string sqlState) => Assert.Equal($"E({sqlState}) Z(I)", await AskAsync(sql));

    [Fact]
    public async Task Set_InATransaction_EndsWithIt()
    {
        await AskAsync("BEGIN; SET LOCAL application_name = 'local'; SET work_mem = '8MB'");
        Assert.Equal("T D(local) C(SHOW) Z(T)", await AskAsync("SHOW application_name"));
        Assert.Equal("C(COMMIT) S Z(I)", await AskAsync("COMMIT"));
        Assert.Equal("T D(8MB) C(SHOW) T D() C(SHOW) Z(I)", await AskAsync("SHOW work_mem; SHOW application_name"));
        await AskAsync("BEGIN; SET work_mem = '9MB'; ROLLBACK");
        Assert.Equal("T D(8MB) C(SHOW) Z(I)", await AskAsync("SHOW work_mem"));
        Assert.Equal("C(DISCARD ALL) Z(I)", await AskAsync("DISCARD ALL"));
        Assert.Equal("T D(4MB) C(SHOW) Z(I)", await AskAsync("SHOW work_mem"));
        Assert.Equal("C(BEGIN) E(25001) Z(E)", await AskAsync("BEGIN; DISCARD ALL"));
    }

    [Fact]
    public async Task SetConfig_OfWhatAQueryGives_SetsTheSession()
    {
        Assert.Equal("T D(3,3) C(SELECT 1) Z(I)", await AskAsync("SELECT id, set_config('my.id', id::text, false) FROM t WHERE id = 3"));
        Assert.Equal("T D(Cleo) C(SELECT 1) Z(I)", await AskAsync("SELECT name FROM t WHERE id = current_setting('my.id')::int"));
        Assert.Equal("T D(2,x,8MB) C(SELECT 1) Z(I)", await AskAsync("SELECT 1 + 1 AS two, pg_catalog.set_config('my.id', 'x', false) AS a, set_config('work_mem', setting, false) FROM (SELECT '8MB' AS setting) s"));
        Assert.Equal("T D(8MB) C(SHOW) T D(x) C(SELECT 1) Z(I)", await AskAsync("SHOW work_mem; SELECT current_setting('my.id')"));
        Assert.Equal("T D(4MB) C(SELECT 1) Z(I)", await AskAsync("SELECT set_config('work_mem', (SELECT NULL::text), false)"));
        Assert.Equal("C(BEGIN) T D(y) C(SELECT 1) C(ROLLBACK) T D(x) C(SELECT 1) Z(I)", await AskAsync("BEGIN; SELECT set_config('my.id', 'y', true) WHERE 1 = 1; ROLLBACK; SELECT current_setting('my.id')"));
        Assert.Equal("E(42704) Z(I)", await AskAsync("SELECT set_config(name || 'z', 'y', false) FROM t WHERE id = 1"));
        Assert.Equal("E(22004) Z(I)", await AskAsync("SELECT set_config(name, 'y', false) FROM t WHERE id = 2"));
        Assert.Equal("E(0A000) Z(I)", await AskAsync("SELECT upper(set_config('my.id', name, false)) FROM t"));
        Assert.Equal("E(42883) Z(I)", await AskAsync("SELECT set_config('my.id', name) FROM t"));
    }

    [Theory]
    [InlineData("CREATE TYPE mood AS ENUM ('sad', 'glad')", "CHECK")]
    [InlineData("ALTER TABLE t OWNER TO app", "--no-owner")]
    [InlineData("GRANT SELECT ON t TO app", "--no-privileges")]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "functions of users")]
    [InlineData("CREATE DATABASE other", "keyspace")]
    public async Task Refusal_OfWhatShaleHasNot_SaysWhatToDo(string sql, string hint)
    {
        var error = (await MessagesAsync(sql))[0].Body;
        Assert.Equal("0A000", RawClient.Field(error, 'C'));
        Assert.Contains(hint, RawClient.Field(error, 'H'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatementTimeout_EndsWhatTakesLonger()
    {
        await AskAsync("SET statement_timeout = 50");
        Assert.Equal("E(57014) Z(I)", await AskAsync("SELECT count(*) FROM generate_series(1, 100000000000) AS g"));
    }

    [Theory]
    [InlineData("SET idle_session_timeout = 20", "57P05")]
    [InlineData("SET idle_in_transaction_session_timeout = 20; BEGIN", "25P03")]
    public async Task IdleTimeouts_EndTheConnection(string sql, string sqlState)
    {
        Assert.StartsWith("C(SET) ", await AskAsync(sql), StringComparison.Ordinal);
        Assert.Equal($"E({sqlState})", await _client.ReadWordsAsync());
    }

    [Fact]
    public async Task IdleTimeout_OfTransactions_IsNotThatOfSessions()
    {
        await AskAsync("SET idle_in_transaction_session_timeout = 1");
        await AskAsync("SELECT pg_sleep(0.05)");
        Assert.Equal("T D(1) C(SELECT 1) Z(I)", await AskAsync("SELECT 1"));
    }

    [Fact]
    public async Task Error_HasPositionHintAndShard()
    {
        var error = (await MessagesAsync("SELECT '😀', * FROM nope"))[0].Body;
        Assert.Equal(("ERROR", "20", "NOT_FOUND"), (RawClient.Field(error, 'S'), RawClient.Field(error, 'P'), RawClient.Field(error, 'D')));
        Assert.NotEmpty(RawClient.Field(error, 'H')!);
        error = (await MessagesAsync("INSERT INTO t (id) VALUES (1)"))[0].Body;
        var detail = RawClient.Field(error, 'D')!.Split('\n');
        Assert.StartsWith("CONSTRAINT_VIOLATION on shard ", detail[^1], StringComparison.Ordinal);
        Assert.Equal(["Key (id)=(1) already exists."], detail[..^1]);
    }

    [Fact]
    public async Task Notices_ComeUnlessNobodyWantsThem()
    {
        Assert.Equal("N(00000) C(CREATE TABLE) Z(I)", await AskAsync("CREATE TABLE pinned (a int)"));
        await AskAsync("SET client_min_messages = warning");
        Assert.Equal("C(CREATE TABLE) Z(I)", await AskAsync("CREATE TABLE pinned2 (a int)"));
    }

    [Fact]
    public async Task Query_TextThatIsNoUtf8_IsRefusedAndTheConnectionGoesOn()
    {
        await _client.SendAsync(RawClient.Message('Q', [(byte)'S', 0xc3, 0x28, 0]));
        Assert.Equal("E(22021) Z(I)", await _client.ReadWordsAsync());
        await _client.SendAsync(RawClient.Message('Q', [(byte)'S']));
        Assert.Equal("E(08P01) Z(I)", await _client.ReadWordsAsync());
        Assert.Equal("T D(1) C(SELECT 1) Z(I)", await AskAsync("SELECT 1"));
    }

    [Fact]
    public async Task Query_LongerThanThePipe_IsTaken()
    {
        var text = new string('x', 3 << 20);
        Assert.Equal($"T D({text}) C(SELECT 1) Z(I)", await AskAsync($"SELECT '{text}'"));
    }

    protected async Task<string> AskAsync(string sql) => RawClient.Words(await MessagesAsync(sql));

    private async Task<List<(char Type, byte[] Body)>> MessagesAsync(string sql)
    {
        await _client.SendAsync(RawClient.Query(sql));
        return await _client.ReadToReadyAsync();
    }
}
