using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Shale.Cli.Bench.Gate;

/// <summary>
/// A thousand clients, each with a connection of its own and the next request as soon as the last is answered, against a server in a process of its own: errors, the tail of the
/// latencies, and whether memory grows.
/// </summary>
internal static class ClientsBench
{
    private const int Clients = 1_000;
    private const int Customers = 10_000;
    private static readonly TimeSpan _early = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _span = TimeSpan.FromMinutes(1);

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("shale-bench-");
        using var server = ServeProcess.Start(directory.FullName);
        try
        {
            var port = await server.PortAsync(cancellationToken);
            await LoadAsync(port, cancellationToken);
            progress($"{Clients:#,0} clients for {_span.TotalSeconds:0} s");
            var latencies = new LatencyHistogram();
            long errors = 0, early = 0;
            var clock = Stopwatch.StartNew();
            var clients = Enumerable.Range(0, Clients).Select(i => ClientAsync(i, port, latencies, clock, () => Interlocked.Increment(ref errors), cancellationToken)).ToArray();
            await Task.Delay(_early, cancellationToken);
            early = server.ResidentBytes();
            await Task.Delay(_span - _early - TimeSpan.FromSeconds(1), cancellationToken);
            var late = server.ResidentBytes();
            await Task.WhenAll(clients);
            return
            [
                BenchFigure.Of($"{Clients:#,0} HTTP clients for a minute: errors", [errors], 0, BenchFigure.AtMost, "gate"),
                BenchFigure.Of($"{Clients:#,0} HTTP clients for a minute: p99 over p50", [latencies.Percentile(0.99) / latencies.Percentile(0.5)], 20, BenchFigure.AtMost, "gate"),
                BenchFigure.Of($"{Clients:#,0} HTTP clients for a minute: memory at the end over that after 10 s", [(double)late / early], 1.1, BenchFigure.AtMost, "gate"),
            ];
        }
        finally
        {
            await server.StopAsync();
            directory.Delete(recursive: true);
        }
    }

    private static async Task LoadAsync(int port, CancellationToken cancellationToken)
    {
        using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
        await connection.RunAsync(Request(port, "CREATE TABLE customers (id BIGINT PRIMARY KEY, name TEXT NOT NULL, visits BIGINT NOT NULL)"), cancellationToken);
        for (var first = 0; first < Customers; first += 500)
        {
            var rows = string.Join(", ", Enumerable.Range(first, 500).Select(id => $"({id}, 'customer {id}', 0)"));
            await connection.RunAsync(Request(port, $"INSERT INTO customers VALUES {rows}"), cancellationToken);
        }
    }

    // Of twenty requests one writes and one reads all shards; the others read a row by its key.
    private static async Task ClientAsync(int seed, int port, LatencyHistogram latencies, Stopwatch clock, Action failed, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var random = new Random(seed);
        HttpConnection? connection = null;
        try
        {
            while (clock.Elapsed < _span)
            {
                var id = random.Next(Customers);
                var request = Request(port, random.Next(20) switch
                {
                    0 => $"UPDATE customers SET visits = visits + 1 WHERE id = {id}",
                    1 => $"SELECT count(*), sum(visits) FROM customers WHERE id < {id / 10}",
                    _ => $"SELECT id, name, visits FROM customers WHERE id = {id}",
                });
                var begun = Stopwatch.GetTimestamp();
                try
                {
                    connection ??= await HttpConnection.OpenAsync(port, cancellationToken);
                    var answer = await connection.SendAsync(request, cancellationToken);
                    if (!answer.Contains("\"type\":129", StringComparison.Ordinal) && answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) latencies.Add(Stopwatch.GetElapsedTime(begun));
                    else failed();
                }
                catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException)
                {
                    failed();
                    connection?.Dispose();
                    connection = null;
                }
            }
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private static byte[] Request(int port, string sql)
    {
        var body = $$"""{"type":1,"id":"1","timestamp":0,"sql":{{JsonSerializer.Serialize(sql, TextJsonContext.Default.String)}},"params":[]}""";
        return Encoding.UTF8.GetBytes($"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }
}
