using System.Globalization;
using Shale.Sql;
using Shale.Vitess;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>
/// ORDER BY over shards is put together at the gate (T1) in exactly the engine's order: values of all classes in one column, extremes, letters beyond UTF-16's first plane, and
/// every collation that the gate knows. Expected is what plain SQLite answers.
/// </summary>
public sealed class OrderedMergeTests(ITestOutputHelper output)
{
    private static readonly string[] Values =
    [
        "NULL", "NULL", "0", "-0.0", "0.0", "1", "1.0", "1.5", "-1", "9007199254740993", "9007199254740992.0", "9007199254740992", "9223372036854775807", "9223372036854775807.0", "-9223372036854775808",
        "-9223372036854775808.0", "1e308", "-1e308", "1e999", "-1e999", "1e-320", "4611686018427387905", "4611686018427387904.0", "''", "' '", "'a'", "'A'", "'a '", "'a  '", "'B'", "'b'", "'_'", "'Z'",
        "'['", "'ä'", "'Ä'", "'\uffee'", "'\U0001F600'", "'\ue000'", "'a' || char(0) || 'b'", "'A' || char(0) || 'c'", "'ab'", "'10'", "'9'", "x''", "x'00'", "x'61'", "x'7f00'", "x'6162'",
    ];

    [Fact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S3.5")]
    public async Task Random_OrderBy_ComesInTheEnginesOrder()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 41;
        var random = new Random(seed);
        await using var plain = new PlainDatabase();
        await using var sharded = await ClusterDatabase.OpenAsync("3 shards", 3, SqlDialect.Sqlite, new Dictionary<string, string> { ["v"] = "shard_key = 'id'" });
        foreach (var database in (IFixtureDatabase[])[plain, sharded])
        {
            var failure = (await database.RunAsync("CREATE TABLE v (id INTEGER NOT NULL PRIMARY KEY, a, b, n TEXT COLLATE NOCASE, r TEXT COLLATE RTRIM, f DOUBLE, i INT)")).Failure;
            Assert.Null(failure);
        }

        var merged = 0;
        for (var i = 0; i < 1_500; i++)
        {
            if (i % 100 == 0) await FillAsync();
            var sql = Query(random, out var total);
            var (expected, actual) = (await plain.RunAsync(sql), await sharded.RunAsync(sql));
            Assert.True((expected.Failure is null) == (actual.Failure is null), $"seed {seed}, statement {i}: {sql}\n{actual.Failure?.Message}; plain: {expected.Failure?.Message}");
            if (expected.Failure is not null) continue;
            if (actual.Tier == "T1") merged++;
            var difference = total ? ResultComparison.Difference(expected.Rows!, actual.Rows!, true) : KeyDifference(expected.Rows!, actual.Rows!);
            Assert.True(difference is null, $"seed {seed}, statement {i}, {actual.Tier}: {sql}\n{difference}\nreplay: SHALE_SEED={seed} ./test SqlTests --filter OrderedMergeTests");
        }

        output.WriteLine($"seed {seed}, {merged} merged");
        Assert.True(merged > 1_000);

        async Task FillAsync()
        {
            var rows = Enumerable.Range(1, random.Next(4) == 0 ? 4 : 60).Select(id => $"({id}, {Value()}, {Value()}, {Value()}, {Value()}, {Value()}, {Value()})");
            foreach (var sql in (string[])["DELETE FROM v", "INSERT INTO v VALUES " + string.Join(", ", rows)])
            {
                foreach (var database in (IFixtureDatabase[])[plain, sharded]) Assert.Null((await database.RunAsync(sql)).Failure);
            }
        }

        string Value() => Values[random.Next(Values.Length)];
    }

    [Theory]
    [Trait("Rule", "S3.5")]
    [InlineData("SELECT n AS x FROM v ORDER BY 1 COLLATE BINARY")]
    [InlineData("SELECT n AS x FROM v ORDER BY x COLLATE BINARY LIMIT 3")]
    [InlineData("SELECT a || '' AS x FROM v ORDER BY x COLLATE NOCASE, id")]
    [InlineData("SELECT DISTINCT n COLLATE BINARY AS x FROM v ORDER BY x")]
    [InlineData("SELECT DISTINCT n COLLATE BINARY AS x, n COLLATE BINARY || '' AS y FROM v ORDER BY x COLLATE NOCASE, y")]
    public async Task OrderBy_CollateAroundAnOutput_IsAboutTheOutput(string sql)
    {
        await using var plain = new PlainDatabase();
        await using var sharded = await ClusterDatabase.OpenAsync("3 shards", 3, SqlDialect.Sqlite, null);
        foreach (var database in (IFixtureDatabase[])[plain, sharded])
        {
            foreach (var fill in (string[])["CREATE TABLE v (id INTEGER NOT NULL PRIMARY KEY, a TEXT, n TEXT COLLATE NOCASE)",
                "INSERT INTO v VALUES (1, 'b', 'b'), (2, 'B', 'B'), (3, 'a', 'a'), (4, 'C', 'C'), (5, 'A', 'A'), (6, 'c', 'c')"]) Assert.Null((await database.RunAsync(fill)).Failure);
        }

        var (expected, actual) = (await plain.RunAsync(sql), await sharded.RunAsync(sql));
        Assert.Null(actual.Failure);
        Assert.Null(ResultComparison.Difference(expected.Rows!, actual.Rows!, true));
    }

    private static string Query(Random random, out bool total)
    {
        string Pick(params string[] items) => items[random.Next(items.Length)];
        string[] columns = ["a", "b", "n", "r", "f", "i"];
        string Key() => Pick(Pick(columns), Pick(columns), Pick(columns) + " COLLATE " + Pick("NOCASE", "RTRIM", "BINARY"), "abs(i)", "a || ''", "i % 3", "length(a)")
            + Pick("", " ASC", " DESC") + Pick("", "", " NULLS FIRST", " NULLS LAST");
        var keys = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Key()).ToList();
        var where = Pick("", "", " WHERE id % 3 <> 1", " WHERE a IS NOT NULL", " WHERE id > 1000");
        var bounds = random.Next(3) switch { 0 => "", 1 => $" LIMIT {random.Next(-1, 12)}", _ => $" LIMIT {Pick("5", "-1", "70 - 3", "'4'", "2000", "3.0")} OFFSET {Pick("0", "3", "-2", "1 + 1", "100", "9223372036854775807")}" };
        total = random.Next(3) > 0;
        if (random.Next(4) == 0)
        {
            var outputs = Enumerable.Range(1, random.Next(1, 4)).ToArray();
            total = false;
            return $"SELECT DISTINCT {string.Join(", ", outputs.Select(_ => Pick(columns)))} FROM v{where} ORDER BY {string.Join(", ", outputs.OrderBy(_ => random.Next()).Select(place => place + Pick("", " DESC", " DESC NULLS LAST")))}{bounds}";
        }

        if (total) keys.Add("id" + Pick("", " DESC"));
        return total ? $"SELECT {Pick("*", "id, a", "a, b, id", "n, r, f, i")} FROM v{where} ORDER BY {string.Join(", ", keys)}{bounds}"
            : $"SELECT a AS x, b AS y FROM v{where} ORDER BY {Pick("x, y", "2 DESC, 1", "y COLLATE NOCASE, x COLLATE RTRIM DESC", "1 COLLATE RTRIM")}{bounds}";
    }

    // Which of the rows that compare as equal comes first is left open: only the first column is compared, and without what a collation overlooks.
    private static string? KeyDifference(RowSet expected, RowSet actual)
    {
        if (expected.RowCount != actual.RowCount) return $"{actual.RowCount} rows, not {expected.RowCount}";
        for (var i = 0; i < expected.RowCount; i++)
        {
            if (Fold(expected[i][0]) != Fold(actual[i][0])) return $"row {i} begins with {actual[i][0]}, not {expected[i][0]}";
        }

        return null;

        static string Fold(SqlValue value) => value.Kind switch
        {
            SqlValueKind.Text => "t" + value.AsText().TrimEnd(' ').ToLowerInvariant().Split('\0')[0],
            SqlValueKind.Integer => "n" + ((double)value.AsInteger()).ToString("R", CultureInfo.InvariantCulture),
            SqlValueKind.Real => "n" + (value.AsReal() + 0.0).ToString("R", CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
    }
}
