using System.Globalization;

namespace Shale.Cli.Bench.Pg;

/// <summary>What pgbench does in one turn.</summary>
/// <param name="Mode">The protocol: simple, extended or prepared.</param>
/// <param name="Clients">How many connections it keeps busy, with two threads of its own where there are several.</param>
internal sealed record PgbenchRun(string Mode, int Clients)
{
    /// <summary>For how many seconds; 0 where <see cref="Transactions"/> says when it ends.</summary>
    public int Seconds { get; init; }

    /// <summary>How many transactions each client runs.</summary>
    public int Transactions { get; init; }

    /// <summary>The script: pgbench's -S, or none for TPC-B.</summary>
    public IReadOnlyList<string> Script { get; init; } = ["-S"];

    /// <summary>As pgbench takes it.</summary>
    public IReadOnlyList<string> Arguments() =>
    [
        .. Script, "-M", Mode, "-c", Text(Clients), "-j", Text(Math.Min(Clients, 2)),
        .. Seconds > 0 ? (string[])["-T", Text(Seconds)] : ["-t", Text(Transactions)],
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
