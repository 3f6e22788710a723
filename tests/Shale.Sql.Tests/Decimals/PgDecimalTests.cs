using System.Globalization;
using Shale.Sql.Tests.Translation;
using Xunit.Abstractions;

namespace Shale.Sql.Tests.Decimals;

/// <summary>Numerics compute as PostgreSQL's do: digits, scales and errors.</summary>
public sealed class PgDecimalTests(ITestOutputHelper output)
{
    private static readonly (string Sql, Func<PgDecimal, PgDecimal, PgDecimal> Body)[] Operations =
    [
        ("{0} + {1}", (a, b) => a + b),
        ("{0} - {1}", (a, b) => a - b),
        ("{0} * {1}", (a, b) => a * b),
        ("{0} / {1}", (a, b) => a / b),
        ("{0} % {1}", (a, b) => a % b),
        ("div({0}, {1})", PgDecimal.Quotient),
        ("gcd({0}, {1})", PgDecimal.GreatestCommonDivisor),
        ("lcm({0}, {1})", PgDecimal.LeastCommonMultiple),
        ("round({0})", (a, _) => a.Round(0)),
        ("trunc({0})", (a, _) => a.Truncate(0)),
        ("round({0}, 3)", (a, _) => a.Round(3)),
        ("round({0}, -2)", (a, _) => a.Round(-2)),
        ("trunc({0}, 5)", (a, _) => a.Truncate(5)),
        ("trunc({0}, -3)", (a, _) => a.Truncate(-3)),
        ("ceil({0})", (a, _) => a.Ceiling()),
        ("floor({0})", (a, _) => a.Floor()),
        ("sign({0})", (a, _) => a.SignOf()),
        ("abs({0})", (a, _) => PgDecimal.Abs(a)),
        ("-{0}", (a, _) => -a),
        ("trim_scale({0})", (a, _) => a.Trimmed()),
        ("{0}::numeric(12, 3)", (a, _) => a.Fit(12, 3)),
        ("{0}::numeric(5, 0)", (a, _) => a.Fit(5, 0)),
        ("{0}::numeric(3, -4)", (a, _) => a.Fit(3, -4)),
        ("{0}::numeric(2, 4)", (a, _) => a.Fit(2, 4)),
        ("sqrt({0})", (a, _) => PgDecimal.Sqrt(a)),
        ("exp({0})", (a, _) => PgDecimal.Exp(a)),
        ("ln({0})", (a, _) => PgDecimal.Ln(a)),
        ("log({0})", (a, _) => PgDecimal.Log(10, a)),
        ("log({0}, {1})", PgDecimal.Log),
        ("power({0}, {1})", PgDecimal.Power),
        ("sign({0} - {1})::text || case when {0} = {1} then '=' when {0} < {1} then '<' else '>' end", null!),
        ("{0}::int8", (a, _) => a.ToInteger(SqlTypeKind.Int8)),
        ("{0}::int4", (a, _) => a.ToInteger(SqlTypeKind.Int4)),
    ];

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public void Operators_OfChosenNumbers_GiveWhatTheServerGives()
    {
        string[] chosen =
        [
            "0", "0.000", "1", "1.0", "-1", "2", "3", "10", "0.1", "-0.10", "0.5", "-0.5", "1.5", "2.5", "9999", "10000", "10001", "0.9999", "1.0001", "99999999.99", "12345678901234567890",
            "123456789012345678901234567890.123456789", "0.00000000000000000001", "-0.0001", "NaN", "Infinity", "-Infinity", "9223372036854775807", "9223372036854775808", "-9223372036854775808.5", "7", "100.25",
        ];
        var cases = from a in chosen from b in chosen from operation in Operations where operation.Sql.Contains("{1}", StringComparison.Ordinal) || b == "0" select (operation.Sql, operation.Body, a, b);
        Compare([.. cases]);
    }

    [PostgresFact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S1.2")]
    public void Operators_OfRandomNumbers_GiveWhatTheServerGives()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
        var count = int.TryParse(Environment.GetEnvironmentVariable("SHALE_NUMERICS"), out var asked) ? asked : 12_000;
        output.WriteLine($"SHALE_SEED={seed} SHALE_NUMERICS={count}");
        var random = new Random(seed);
        Compare([.. Enumerable.Range(0, count).Select(_ =>
        {
            var (sql, body) = Operations[random.Next(Operations.Length)];
            var heavy = sql.Contains("power", StringComparison.Ordinal) || sql.Contains("exp", StringComparison.Ordinal);
            return (sql, body, Number(random, heavy), Number(random, heavy));
        })]);
    }

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public void Parse_OfTexts_TakesWhatTheServerTakes()
    {
        string[] texts =
        [
            "1", " 1 ", "+1.50", "-.5", "5.", ".", "", "-", "1e5", "1.5e-3", "1.50E+1", "1e", "e1", "1 2", "NaN", "-nan", "+NaN", "nan ", "inf", "-Inf", "+infinity", "Infinit", "1_000", "0x10", "١", "--1", "1e131071",
            "1e131072", "1e-16383", "1e-16384", "0e999999999", "1e2147483647", "1e99999999999", "1e-99999999999", "0e99999999999", "1e-2000000000", "1e+-5", "000123.4500", "-0.00", "0." + new string('1', 16383), "0." + new string('1', 16384), new string('9', 131072),
            new string('9', 131073), "\t1\n", "1.2.3", "1e1.5", "12345678901234567890123456789012345678901234567890.5",
        ];
        Compare([.. texts.Select(text => ("'{0}'::numeric", (Func<PgDecimal, PgDecimal, PgDecimal>)((a, _) => a), text, "0"))], quoted: false);
    }

    private static string Number(Random random, bool heavy)
    {
        if (random.Next(60) == 0) return random.Next(3) switch { 0 => "NaN", 1 => "Infinity", _ => "-Infinity" };
        string Digits(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => random.Next(4) == 0 ? random.Next(2) * 9 : random.Next(10)));
        var whole = Digits(random.Next(5) switch { 0 => 0, 1 => 1, 2 => random.Next(1, 4), 3 => random.Next(1, heavy ? 5 : 12), _ => random.Next(1, heavy ? 4 : 45) });
        var fraction = Digits(random.Next(4) switch { 0 => 0, 1 => random.Next(1, 3), 2 => random.Next(1, 8), _ => random.Next(1, heavy ? 20 : 60) });
        return (random.Next(3) == 0 ? "-" : "") + (whole.Length == 0 ? "0" : whole) + (fraction.Length == 0 ? "" : "." + fraction);
    }

    private void Compare(IReadOnlyList<(string Sql, Func<PgDecimal, PgDecimal, PgDecimal> Body, string A, string B)> cases, bool quoted = true)
    {
        using var client = new PostgresClient(PostgresServer.Instance!.Socket);
        client.Query("""
            CREATE OR REPLACE FUNCTION pg_temp.given(sql text) RETURNS text LANGUAGE plpgsql AS $$
            DECLARE result text;
            BEGIN EXECUTE 'SELECT (' || sql || ')::text' INTO result; RETURN result; EXCEPTION WHEN OTHERS THEN RETURN 'error ' || SQLSTATE; END $$
            """);
        var differences = new List<string>();
        foreach (var part in cases.Chunk(500))
        {
            var texts = part.Select(each => string.Format(CultureInfo.InvariantCulture, each.Sql, Operand(each.A, quoted), Operand(each.B, quoted))).ToList();
            var answer = client.Query("SELECT pg_temp.given(sql) FROM unnest(ARRAY[" + string.Join(", ", texts.Select(text => "$q$" + text + "$q$")) + "]) WITH ORDINALITY AS t(sql, i) ORDER BY i");
            Assert.Null(answer.Message);
            for (var i = 0; i < part.Length; i++)
            {
                var here = Here(part[i].Body, part[i].A, part[i].B);
                if (here != answer.Rows[i][0] && !IsLastDigit(here, answer.Rows[i][0], part[i].Sql))
                    differences.Add($"{Short(texts[i])}: server {Short(answer.Rows[i][0])}, here {Short(here)}");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {cases.Count} differ:\n" + string.Join("\n", differences.Take(40)));
    }

    private static string Short(string? text) => text is { Length: > 400 } ? text[..400] + "…" : text ?? "NULL";

    private static string Operand(string number, bool quoted) => quoted ? $"'{number}'::numeric" : number;

    private static string Here(Func<PgDecimal, PgDecimal, PgDecimal>? body, string a, string b)
    {
        try
        {
            var (left, right) = (PgDecimal.Parse(a), PgDecimal.Parse(b));
            if (body is not null) return body(left, right).ToString();
            return (left - right).SignOf() + (left.CompareTo(right) switch { 0 => "=", < 0 => "<", _ => ">" });
        }
        catch (VitessException exception)
        {
            return "error " + exception.SqlState;
        }
    }

    // The server itself rounds the last digit of these wrongly now and then: it says so in its source.
    private bool IsLastDigit(string here, string? there, string sql)
    {
        if (there is null || here.Length != there.Length || !(sql.StartsWith("power", StringComparison.Ordinal) || sql.StartsWith("exp", StringComparison.Ordinal) || sql.StartsWith('l'))) return false;
        if (!PgDecimal.TryParse(here, out var a, out _) || !PgDecimal.TryParse(there, out var b, out _) || !a.IsFinite || !b.IsFinite) return false;
        if (System.Numerics.BigInteger.Abs(a.Digits - b.Digits) > 1) return false;
        output.WriteLine($"last digit of {sql}: server {there}, here {here}");
        return true;
    }
}
