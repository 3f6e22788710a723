using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Shale.Cli.Output;
using Shale.Cli.Sql;
using Shale.Client;
using Shale.Engines;
using Shale.Server;

namespace Shale.Cli.Tests;

/// <summary>What `shale sql` does with a text, against a whole Shale.</summary>
public sealed class SqlScriptTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _errors = new() { NewLine = "\n" };
    private LocalCluster _cluster = null!;
    private WebApplication _app = null!;
    private SqlSession _session = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = 2 });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddVTGate(_cluster.Gate);
        _app = builder.Build();
        _app.MapVTGate("/");
        await _app.StartAsync();
        _session = new SqlSession(new VitessConfig { Endpoint = _app.Urls.First(), Dialect = "postgres" }, _output, _errors);
        Assert.True(await RunAsync("CREATE TABLE t (id INT PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 'Ann'), (2, NULL);"));
        _output.GetStringBuilder().Clear();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _output.DisposeAsync();
        await _errors.DisposeAsync();
        await _session.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private Task<bool> RunAsync(string text) => new SqlScript(_session, _errors).RunAsync(new StringReader(text), CancellationToken.None);

    [Fact]
    public async Task Run_SeveralStatements_WritesEachResult()
    {
        Assert.True(await RunAsync("SELECT id, name FROM t\nORDER BY id;\nDELETE FROM t WHERE id = 2;SELECT count(*) AS n FROM t"));
        Assert.Equal(" id |  name\n----+--------\n  1 | Ann\n  2 | [NULL]\n(2 rows)\n\nOK, 1 row affected\n n\n---\n 1\n(1 row)\n\n", _output.ToString());
        Assert.Equal("", _errors.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SetPartialResults_AShardIsDown_GivesTheOthersRowsAndSaysSo(bool asCsv)
    {
        _session.Format = asCsv ? OutputFormat.Csv : OutputFormat.Table;
        await _cluster.Tablets[1].CloseAsync();
        Assert.False(await RunAsync("SELECT count(id) FROM t"));
        Assert.True(await RunAsync("SET partial_results = on; SELECT count(id) FROM t;"), _errors.ToString());
        Assert.Contains("NOTICE: the answer lacks the rows of 1 of 2 shards: 80-", _errors.ToString(), StringComparison.Ordinal);
        Assert.False(await RunAsync("SET partial_results = off; SELECT count(id) FROM t"));
    }

    [Fact]
    public async Task Run_AFailure_StopsThereAndSaysWhy()
    {
        Assert.False(await RunAsync("SELECT 1 AS x; SELECT * FROM nope; SELECT 2 AS y;"));
        Assert.Contains("x", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("y", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("NOT_FOUND, SQLSTATE 42P01", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("Hint:", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_BeginAndRollback_AreATransaction()
    {
        Assert.True(await RunAsync("BEGIN; DELETE FROM t; SELECT count(*) AS inside FROM t; ROLLBACK; \n\\x on\nSELECT count(*) AS after FROM t;"));
        Assert.Contains(" inside\n--------\n      0\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("after | 2", _output.ToString(), StringComparison.Ordinal);
        Assert.True(await RunAsync("BEGIN; DELETE FROM t WHERE id = 1; COMMIT;"));
        Assert.True(await RunAsync("START TRANSACTION; DELETE FROM t;"));
        Assert.EndsWith("*", _session.PromptName, StringComparison.Ordinal);
        Assert.False(await RunAsync("BEGIN;"));
        Assert.False(await RunAsync("USE other;"));
        await _session.DisposeAsync();
        var left = await VitessClient.Create(new VitessConfig { Endpoint = _app.Urls.First() }).QueryAsync<long>("SELECT count(*) FROM t");
        Assert.Equal(1, left.Rows.Single());
    }

    [Fact]
    public async Task Run_CommitWithoutATransaction_IsRefused()
    {
        Assert.False(await RunAsync("COMMIT;"));
        Assert.Contains("25P01", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UseAndDialect_ChangeTheSession()
    {
        Assert.True(await RunAsync("USE main:-80; SET dialect = sqlite; SELECT count(*) FROM t;"));
        Assert.Equal(("main:-80", true), (_session.PromptName, _session.IsSqlite));
        Assert.Contains("count(*)", _output.ToString(), StringComparison.Ordinal);
        Assert.False(await RunAsync("USE nowhere;"));
        Assert.Equal("main:-80", _session.PromptName);
    }

    [Fact]
    public async Task Run_Formats_CsvAndJsonHoldNothingButRows()
    {
        _session.Format = OutputFormat.Csv;
        Assert.True(await RunAsync("BEGIN; UPDATE t SET name = 'a,b' WHERE id = 1; COMMIT; SELECT * FROM t ORDER BY id;"));
        Assert.Equal("id,name\r\n1,\"a,b\"\r\n2,\r\n", _output.ToString());
        _output.GetStringBuilder().Clear();
        _session.Format = OutputFormat.Json;
        Assert.True(await RunAsync("SELECT * FROM t ORDER BY id; WITH a AS (SELECT 1 AS x) SELECT * FROM a;"));
        Assert.Equal("[\n{\"id\":1,\"name\":\"a,b\"},\n{\"id\":2,\"name\":null}\n]\n[\n{\"x\":1}\n]\n", _output.ToString());
    }

    [Fact]
    public async Task Run_MetaCommands_Answer()
    {
        Assert.True(await RunAsync("\\d\n\\d t\n\\dt\n\\l\n\\shards\n\\timing on\n\\format table\n\\?\nSELECT 1;"));
        var text = _output.ToString();
        Assert.Contains(" t     | table | hash(id)", text, StringComparison.Ordinal);
        Assert.Contains("table t, hash(id)", text, StringComparison.Ordinal);
        Assert.Contains(" id     | int4 | no", text, StringComparison.Ordinal);
        Assert.Contains(" main     | -80   | sqlite | yes", text, StringComparison.Ordinal);
        Assert.Contains("Time: ", text, StringComparison.Ordinal);
        Assert.False(await RunAsync("\\d nothing"));
        Assert.False(await RunAsync("\\nonsense"));
        Assert.False(await RunAsync("\\format xml"));
        Assert.False(await RunAsync("\\i /no/such/file"));
        Assert.True(await RunAsync("\\q\nSELECT * FROM nothing;"));
        Assert.True(await RunAsync("quit\nSELECT * FROM nothing;"));
    }

    [Fact]
    public async Task Run_Shards_OfBranchesAreToldFromThoseOfTheKeyspace()
    {
        Assert.True(await RunAsync("CALL dosql_branch('dev');\n\\shards"));
        var text = _output.ToString();
        Assert.Contains(" main     | -80   | sqlite", text, StringComparison.Ordinal);
        Assert.Contains(" main/dev | -80   | sqlite", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\d", " u     | view", " s     | sequence", " t     | table")]
    [InlineData("\\dt", " t     | table")]
    [InlineData("\\dt", " r     | table | reference: on every shard")]
    [InlineData("\\d r", "table r, reference: on every shard")]
    [InlineData("\\dt x*", " table | type")]
    [InlineData("\\dv", "u    | CREATE VIEW u AS SELECT name FROM t")]
    [InlineData("\\ds", " s        | 7     | 1")]
    [InlineData("\\di", " i     | t     | false  | name")]
    [InlineData("\\di nothing*", "(0 rows)")]
    [InlineData("\\d t;", "index i on name")]
    [InlineData("\\d u", "CREATE VIEW u AS SELECT name FROM t")]
    [InlineData("\\l", " main")]
    [InlineData("\\use main:-80\nSELECT 'at ' || 'shard';\n\\conninfo", "target main:-80, dialect postgres")]
    [InlineData("\\dialect sqlite\n\\dialect", "sqlite")]
    [InlineData("help", "\\timing [on|off]")]
    public async Task Run_EachMetaCommand_ShowsWhatItIsFor(string text, params string[] expected)
    {
        Assert.True(await RunAsync("CREATE VIEW u AS SELECT name FROM t; CREATE SEQUENCE s START 7; CREATE INDEX i ON t (name); CREATE TABLE r (id INT PRIMARY KEY) WITH (reference = true);"));
        _output.GetStringBuilder().Clear();
        Assert.True(await RunAsync(text));
        Assert.All(expected, part => Assert.Contains(part, _output.ToString(), StringComparison.Ordinal));
        Assert.Equal("", _errors.ToString());
    }

    [Theory]
    [InlineData("\\dialect mysql")]
    [InlineData("\\use nowhere")]
    [InlineData("\\i")]
    public async Task Run_MetaCommandThatCannot_Fails(string text)
    {
        Assert.False(await RunAsync(text));
        Assert.NotEqual("", _errors.ToString());
    }

    [Fact]
    public async Task Run_AFile_RunsItsStatements()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "INSERT INTO t VALUES (3, 'x;y');\nINSERT INTO t VALUES (4, 'z')");
            Assert.True(await RunAsync($"\\i {path}\nSELECT count(*) AS n FROM t;"));
            Assert.Contains(" 4\n", _output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Run_AFileThatIsNotUtf8_StoresNothingElseInstead()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, [.. "INSERT INTO t VALUES (5, '"u8, 0xff, .. "');"u8]);
            Assert.False(await RunAsync($"\\i {path}"));
            Assert.Contains("not UTF-8", _errors.ToString(), StringComparison.Ordinal);
            Assert.True(await RunAsync("SELECT count(*) AS n FROM t;"));
            Assert.Contains(" 2\n", _output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Run_Cancelled_SaysSo()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        Assert.False(await _session.RunAsync("SELECT 1", cancel.Token));
        Assert.StartsWith("Cancelled", _errors.ToString(), StringComparison.Ordinal);
    }
}
