using System.Globalization;

namespace Shale.Sql.Tests.Translation;

/// <summary>Runs statements on PostgreSQL and on SQLite behind the translator, and compares what they say.</summary>
internal sealed class Differential : IAsyncDisposable
{
    private readonly PostgresClient _postgres;
    private readonly TranslatedDatabase _sqlite;
    private readonly bool _exactNumerics;

    /// <summary>Connects to the server, and opens a database.</summary>
    /// <param name="exactNumerics">False for tables as earlier versions made them: zeros at the end of a plain numeric are not held there.</param>
    public Differential(bool exactNumerics = true)
    {
        _exactNumerics = exactNumerics;
        _sqlite = new TranslatedDatabase { ExactNumerics = exactNumerics };
        _postgres = new PostgresClient(PostgresServer.Instance!.Socket);
        _postgres.Query($"CREATE SCHEMA s{Guid.NewGuid():N}");
        var name = _postgres.Query("SELECT nspname FROM pg_namespace ORDER BY oid DESC LIMIT 1").Rows[0][0];
        _postgres.Query($"SET search_path = {name}");
    }

    /// <summary>How many statements agreed, and how many were refused as unsupported.</summary>
    public int Agreed { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Statements where only one side met an error in the data: in which order SQL computes, and what it need not, is open.</summary>
    public int Open { get; private set; }

    /// <summary>Whether such statements count as open instead of as different.</summary>
    public bool AllowOpen { get; init; }

    /// <summary>What was refused, and why.</summary>
    public List<string> Refusals { get; } = [];

    public List<string> Differences { get; } = [];

    public string Translated => _sqlite.Translated;

    public async ValueTask DisposeAsync()
    {
        _postgres.Dispose();
        await _sqlite.DisposeAsync();
    }

    /// <summary>Runs one statement on both sides.</summary>
    public async Task RunAsync(string sql)
    {
        var expected = _postgres.Query(sql);
        var actual = await _sqlite.QueryAsync(sql);
        if (actual.SqlState == "0A000" && expected.SqlState != "0A000")
        {
            Refused++;
            Refusals.Add($"{sql}\n    {actual.Message}");
            return;
        }

        if (AllowOpen && expected.SqlState != actual.SqlState && IsDataError(expected.SqlState) && IsDataError(actual.SqlState))
        {
            Open++;
            return;
        }

        var difference = Compare(sql, expected, actual);
        if (difference is null) Agreed++;
        else Differences.Add($"{sql}\n    {difference}\n    sqlite text: {Translated}");
    }

    private static bool IsDataError(string? state) => state is null || state.StartsWith("22", StringComparison.Ordinal);

    private string? Compare(string sql, Outcome expected, Outcome actual)
    {
        if (expected.SqlState != actual.SqlState)
            return $"PostgreSQL: {expected.SqlState ?? "ok"} {expected.Message}{Show(expected)}; here: {actual.SqlState ?? "ok"} {actual.Message}{Show(actual)}";
        if (expected.SqlState is not null) return null;
        if (!expected.Columns.SequenceEqual(actual.Columns))
            return $"columns: PostgreSQL {string.Join(", ", expected.Columns)}; here {string.Join(", ", actual.Columns)}";
        var (left, right) = (expected.Rows, actual.Rows);
        if (!sql.Contains("ORDER BY", StringComparison.OrdinalIgnoreCase)) (left, right) = (Sorted(left, expected), Sorted(right, expected));
        if (left.Count != right.Count) return $"rows: PostgreSQL {Show(expected)}; here {Show(actual)}";

        // Which of 1.5 and 1.50 stands for a group of both is open.
        var byValue = !_exactNumerics || (AllowOpen && (sql.Contains("GROUP BY", StringComparison.Ordinal) || sql.Contains("DISTINCT", StringComparison.Ordinal)));
        for (var i = 0; i < left.Count; i++)
            for (var j = 0; j < left[i].Length; j++)
                if (!Same(left[i][j], right[i][j], expected.Columns[j].Type, byValue))
                    return $"row {i} column {j}: PostgreSQL <{left[i][j] ?? "NULL"}>; here <{right[i][j] ?? "NULL"}>";
        return null;
    }

    private static string Show(Outcome outcome) => string.Join("; ", outcome.Rows.Take(5).Select(row => "(" + string.Join(", ", row.Select(cell => cell ?? "NULL")) + ")"));

    private static List<string?[]> Sorted(List<string?[]> rows, Outcome outcome) =>
        [.. rows.OrderBy(row => string.Join('\u0001', row.Select((cell, i) => Key(cell, outcome.Columns[i].Type))), StringComparer.Ordinal)];

    private static string Key(string? cell, string type) => cell is null ? "\u0000"
        : type == "numeric" ? NumericOrder.Canonical(cell)
        : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString("E13", CultureInfo.InvariantCulture) : cell;

    // Floats are equal to 12 digits, everything else exactly.
    private static bool Same(string? left, string? right, string type, bool byValue)
    {
        if (left == right) return true;
        if (byValue && type == "numeric" && left is not null && right is not null && NumericOrder.Compare(left, right) == 0) return true;
        if (left is null || right is null || type is not ("float8" or "float4")) return false;
        if (!double.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var a) || !double.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var b)) return false;
        return Math.Abs(a - b) <= Math.Max(Math.Abs(a), Math.Abs(b)) * (type == "float8" ? 1e-12 : 1e-6);
    }
}
