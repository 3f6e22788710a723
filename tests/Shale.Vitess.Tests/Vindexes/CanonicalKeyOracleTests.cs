using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>SQLite itself judges: what its comparison holds equal has one canonical form.</summary>
public sealed class CanonicalKeyOracleTests
{
    private static readonly object[] Interesting =
    [
        0L, 1L, -1L, 5L, 15L, 1500L, long.MaxValue, long.MinValue, long.MaxValue - 1, 9007199254740993L, 1e15, 1e20, -1e20, 0.0, -0.0, 1.0, 5.0, 1.5, -0.5, 0.1, 1e-5,
        9007199254740992.0, 9223372036854775807.0, -9223372036854775808.0, 1e300, double.PositiveInfinity, "", " ", "0", "-0", "+5", "5", " 5", "5 ", "5.", ".5", "05", "5.0",
        "5e0", "1.5", "1.50", "15e-1", "0.15e1", "1e20", "1.0e+20", "100000000000000000000", "1e15", "1000000000000000", "1000000000000000.0", "-1", "0x5", "abc", "5x", "e5", "Infinity",
        "nan", "true", "a ", "a", "A", "ü", "2024-01-05", "2024", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "\t5\n", new byte[] { 0x35 }, Array.Empty<byte>(), new byte[] { 0x61 }, true, false,
    ];

    [Theory, Trait("Rule", "S2.1")]
    [InlineData("INTEGER")]
    [InlineData("BIGINT")]
    [InlineData("TEXT")]
    [InlineData("VARCHAR(20)")]
    [InlineData("CHAR(10)")]
    [InlineData("BLOB")]
    [InlineData("NUMERIC")]
    [InlineData("DECIMAL(10,2)")]
    [InlineData("BOOLEAN")]
    [InlineData("DATE")]
    [InlineData("DATETIME")]
    [InlineData("UUID")]
    [InlineData("STRING")]
    public async Task TryConvert_ValuesThatSqliteHoldsEqual_HaveOneForm(string declared)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
        var values = Interesting.Select(CanonicalKeyTests.Of).Concat(Generated(new Random(seed), 300)).ToList();
        var type = declared.Split('(')[0].ToLowerInvariant();
        var column = new ColumnSchema("k", SqlTypes.Of(new TypeName(type, NodeList<string>.Empty), SqlDialect.Sqlite), declared);
        await using var engine = SqliteEngine.InMemory();
        await using var connection = await engine.OpenScratchAsync(default);
        await connection.ExecuteAsync($"CREATE TABLE t (n INTEGER PRIMARY KEY, k {declared})", [], default);
        await connection.ExecuteAsync("CREATE INDEX i ON t (k)", [], default);
        for (var i = 0; i < values.Count; i++)
        {
            if (Form(values[i], column) is not null) await connection.ExecuteAsync("INSERT INTO t VALUES (?, ?)", [SqlValue.Integer(i), values[i]], default);
        }

        var pairs = 0;
        foreach (var value in values)
        {
            if (Form(value, column) is not { } compared) continue;
            var found = await connection.ExecuteAsync("SELECT n FROM t WHERE k = ?", [value], default);
            for (var row = 0; row < found.Rows.RowCount; row++)
            {
                var stored = values[(int)found.Rows[row][0].AsInteger()];
                Assert.True(Form(stored, column) == compared, $"{declared}: SQLite holds {stored.Kind} {stored} and {value.Kind} {value} equal; SHALE_SEED={seed}");
                pairs++;
            }
        }

        Assert.True(pairs >= values.Count / 2, "too few pairs were equal to prove anything");
    }

    /// <summary>The canonical form; null where Shale refuses the value for its digits.</summary>
    private static SqlValue? Form(SqlValue value, ColumnSchema column)
    {
        try
        {
            return CanonicalKey.TryConvert(value, column, SqlDialect.Sqlite, out var canonical) ? canonical : null;
        }
        catch (VitessException refused) when (refused.SqlState == "0A000")
        {
            return null;
        }
    }

    private static IEnumerable<SqlValue> Generated(Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var number = random.Next(-60, 60);
            var scaled = number / 4.0;
            yield return random.Next(7) switch
            {
                0 => SqlValue.Integer(number),
                1 => SqlValue.Real(scaled),
                2 => SqlValue.Text(FormattableString.Invariant($"{scaled}")),
                3 => SqlValue.Text(FormattableString.Invariant($" {scaled:0.00} ")),
                4 => SqlValue.Text(FormattableString.Invariant($"{number}e{random.Next(-3, 18)}")),
                5 => SqlValue.Real(number * Math.Pow(10, random.Next(-6, 20))),
                _ => SqlValue.Text(new string((char)('a' + random.Next(3)), random.Next(3)) + new string(' ', random.Next(2))),
            };
        }
    }
}
