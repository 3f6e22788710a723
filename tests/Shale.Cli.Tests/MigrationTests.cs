using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Tests;

/// <summary>`shale serve` on a data directory of plain files.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("shale-serve-");

    public void Dispose() => _directory.Delete(recursive: true);

    [TerminalFact]
    public async Task Serve_PlainFiles_ShowsABarAndSaysWhatMayBeDeleted()
    {
        var file = Path.Combine(_directory.FullName, "main", "-.db");
        await MakePlainAsync(file);
        using var terminal = Terminal.Start(ServeTests.Shale("serve", "--data", _directory.FullName, "--http", "127.0.0.1:0"), _directory.FullName);
        await terminal.SeeAsync("main/-");
        await terminal.SeeAsync("%");
        await terminal.SeeAsync("NOTICE: shard main/- is on the page log now; ");
        await terminal.SeeAsync("-.db.migrated, ");
        await terminal.SeeAsync(" MB, is no longer used and may be deleted");
        await terminal.SeeAsync("Shale is ready.");
        Assert.True(File.Exists(file + ".migrated"));
    }

    private async Task MakePlainAsync(string file)
    {
        await using (var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = _directory.FullName, Shards = 1 }))
        {
            await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE t (id INT PRIMARY KEY)", []));
            await cluster.Tablets[0].SwitchEngineAsync(new SqliteEngine(new SqliteEngineOptions { Path = file }));
        }

        Directory.Delete(Path.ChangeExtension(file, ".log"), recursive: true);
        File.Delete(Path.ChangeExtension(file, ".log.moved"));
    }
}
