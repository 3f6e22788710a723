using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Tests;

public sealed class LogCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("shale-log-").FullName;
    private readonly string _directory;

    public LogCommandTests()
    {
        _directory = Path.Combine(_root, "shard");
        using var store = PageStore.Open(new LocalDisk(_directory));
        using var database = new PagedDatabase(store);
        using (var connection = database.OpenWriter("main"))
        {
            connection.ExecuteTrusted("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)");
            connection.ExecuteTrusted("INSERT INTO t VALUES (1, 'x'), (2, 'y')");
            connection.ExecuteTrusted("UPDATE t SET b = 'z' WHERE a = 2");
        }

        store.WaitDurable(store.LastLsn);
        store.CreateBranch("side", "main");
        store.CreateSnapshot("kept", "main");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Dump_OfCommits_ShowsPagesAndRows()
    {
        var (code, output, _) = await ServeTests.RunAsync("log", "dump", _directory, "--from", "2");

        Assert.Equal(0, code);
        Assert.DoesNotContain("CREATE TABLE", output, StringComparison.Ordinal);
        Assert.Contains("INSERT t (1, x)", output, StringComparison.Ordinal);
        Assert.Contains("UPDATE t (2, y) -> (2, z)", output, StringComparison.Ordinal);
        Assert.Contains("delta (", output, StringComparison.Ordinal);
        Assert.Contains("create branch    main", output, StringComparison.Ordinal);
        Assert.Contains("side at LSN 3", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dump_OfABranch_HasItsRecords_AndOneThatIsNoneIsRefused()
    {
        Assert.Contains("create branch", (await ServeTests.RunAsync("log", "dump", _directory, "--branch", "side")).Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), Ended(await ServeTests.RunAsync("log", "dump", _directory, "--branch", "side", "--to", "1")));
        var (code, output, errors) = await ServeTests.RunAsync("log", "dump", _directory, "--branch", "sid");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("no branch \"sid\"", errors, StringComparison.Ordinal);
        Assert.Contains("It has main, side.", errors, StringComparison.Ordinal);

        static (int Code, string Output) Ended((int Code, string Output, string Errors) run) => (run.Code, run.Output);
    }

    [Fact]
    public async Task Dump_AsJson_IsOneObjectALine()
    {
        var (code, output, _) = await ServeTests.RunAsync("log", "dump", _directory, "--json", "--to", "2", "--branch", "main");

        Assert.Equal(0, code);
        var records = output.TrimEnd().Split('\n').Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([1, 2], records.Select(record => record.GetProperty("lsn").GetInt64()));
        Assert.Equal("INSERT t (1, x)", records[1].GetProperty("changes")[0].GetString());
    }

    [Fact]
    public async Task Verify_WellThenDamaged_SaysWhere()
    {
        Assert.Equal((0, "The log is well"), (await ServeTests.RunAsync("log", "verify", _directory)) is var (code, output, _) ? (code, output[..15]) : default);
        var segment = Path.Combine(_directory, "segment-00000001.log");
        var bytes = await File.ReadAllBytesAsync(segment);
        bytes[300] ^= 4;
        await File.WriteAllBytesAsync(segment, bytes);

        var (failed, report, _) = await ServeTests.RunAsync("log", "verify", _directory);

        Assert.Equal(1, failed);
        Assert.Contains("segment-00000001.log      64    0", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_OfALog_SaysWhatItTakes()
    {
        var (code, output, _) = await ServeTests.RunAsync("log", "stats", _directory);

        Assert.Equal(0, code);
        Assert.Contains("oldest restorable point  LSN 0", output, StringComparison.Ordinal);
        Assert.Contains("side      3        3  main       3", output, StringComparison.Ordinal);
        Assert.Contains("kept      main      3        3", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_DirectoryAboveOrNone_SaysWhatIsThere()
    {
        var (above, _, hint) = await ServeTests.RunAsync("log", "verify", _root);
        Assert.Equal(1, above);
        Assert.Contains(_directory, hint, StringComparison.Ordinal);
        var missing = Path.Combine(_root, "none");
        Assert.Equal(1, (await ServeTests.RunAsync("log", "verify", missing)).Code);
        Assert.False(Directory.Exists(missing));
        using var store = PageStore.Open(new LocalDisk(_directory));
        Assert.Contains("55006", (await ServeTests.RunAsync("log", "verify", _directory)).Errors, StringComparison.Ordinal);
    }
}
