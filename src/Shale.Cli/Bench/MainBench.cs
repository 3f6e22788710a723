using Shale.Cli.Demo;

namespace Shale.Cli.Bench;

/// <summary>The bars of the main job: what a gate over 4 shards costs beside one plain SQLite database, and beside HTTP alone.</summary>
internal static class MainBench
{
    /// <summary>Measures all of them.</summary>
    /// <param name="files">The demo's data.</param>
    /// <param name="progress">Told what is being measured.</param>
    /// <param name="cancellationToken">Stops, and puts away what was made.</param>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(WordNetFiles files, Action<string> progress, CancellationToken cancellationToken)
    {
        progress("reading the data");
        var tables = new DemoTables(WordNet.Read(files));
        progress($"loading {tables.RowCount:#,0} rows through the gate and into one plain database, in turns");
        var (load, data) = await LoadBench.RunAsync(tables, cancellationToken);
        await using (data)
        {
            var points = new PointSelectBench(data);
            progress("point SELECT in process");
            var time = points.Time();
            progress("counting allocations");
            var allocations = points.Allocations();
            progress("point SELECT over HTTP");
            await using var http = new HttpBench(data);
            return [load, time, allocations, await http.RunAsync(cancellationToken)];
        }
    }
}
