using System.Globalization;

namespace Shale.Sql.Tests.Translation;

/// <summary>Random expressions of a given type over the table r, and random queries of them. Equal seeds give equal statements.</summary>
internal sealed class ExpressionGenerator(int seed)
{
    private readonly Random _random = new(seed);
    private int _depth;

    /// <summary>The table that the expressions are over.</summary>
    public static IReadOnlyList<string> Setup { get; } =
    [
        "CREATE TABLE r (id int PRIMARY KEY, s smallint, i int, b bigint, n numeric(8,2), f double precision, t text, v varchar(10), p boolean, d date, ts timestamp, z timestamptz, iv interval, j jsonb)",
        "INSERT INTO r VALUES (1, 1, 10, 100, 1.50, 0.5, 'abc', 'Abc', true, '2024-01-31', '2024-01-31 10:20:30', '2024-01-31 10:20:30+02', '1 day', '{\"a\": 1, \"b\": [1, 2]}')",
        "INSERT INTO r VALUES (2, -3, -7, 9000000000, -22.75, -1.25, 'a%b_c', '', false, '2023-02-28', '2023-02-28 23:59:59.999', '2023-03-01 00:00+00', '-2 hours 30 minutes', '[1, \"x\", null]')",
        "INSERT INTO r VALUES (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        "INSERT INTO r VALUES (4, 32767, 2147483647, 9223372036854775807, 999999.99, 1e10, 'Ünïcode 😀', ' x ', true, '2000-02-29', '2000-02-29', '1999-12-31 23:59:59+00', '1 year 2 months 3 days 04:05:06', '{\"a\": {\"b\": \"q\"}}')",
        "INSERT INTO r VALUES (5, 0, 0, 0, 0, 0, '', 'zz', false, '2024-12-31', '2024-12-31 12:00', '2024-12-31 12:00+00', '0', '\"str\"')",
    ];

    /// <summary>A whole statement.</summary>
    public string Statement()
    {
        _depth = 0;
        return _random.Next(6) switch
        {
            0 => $"SELECT id FROM r WHERE {Bool()} ORDER BY id",
            1 => $"SELECT {Any()} AS x, count(*), {Aggregate()} FROM r GROUP BY 1",
            2 => $"SELECT {Aggregate()}, {Aggregate()} FROM r WHERE {Bool()}",
            3 => $"SELECT id, {Aggregate()} OVER (ORDER BY id) FROM r ORDER BY id",
            4 => $"SELECT DISTINCT {Any()} FROM r",
            _ => $"SELECT id, {Any()}, {Any()} FROM r ORDER BY id",
        };
    }

    private string Any() => _random.Next(8) switch
    {
        0 or 1 => Int(), 2 => Numeric(), 3 => Float(), 4 => Text(), 5 => Bool(), 6 => Date(), _ => Timestamp(),
    };

    private string Aggregate() => _random.Next(18) switch
    {
        12 => $"sum({Pick("b", "b + 1", "-b", "i::bigint")})", 13 => $"avg({Pick("b", "s", "i", "b / 2")})", 14 => $"{Pick("stddev", "variance", "stddev_pop", "var_pop")}({Numeric()})",
        15 => $"{Pick("min", "max")}({Numeric()})", 16 => $"{Pick("variance", "stddev_pop")}({Pick("s", "i", "b")})", 17 => $"count({Numeric()})",
        0 => $"sum({Int()})", 1 => $"avg({Int()})", 2 => $"min({Text()})", 3 => $"max({Date()})", 4 => $"count({Any()})", 5 => $"sum({Numeric()})",
        6 => $"bool_and({Bool()})", 7 => $"max({Float()})", 8 => $"min({Timestamp()})", 9 => $"sum({Float()})", 10 => $"avg({Numeric()})", _ => $"max({Int()})",
    };

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private bool Leaf() => ++_depth > 12 || _random.Next(3) == 0;

    private string Int()
    {
        if (Leaf()) return Pick("id", "s", "i", "id", _random.Next(-5, 100).ToString(CultureInfo.InvariantCulture), "2147483647", "0");
        return _random.Next(18) switch
        {
            0 => $"({Int()} + {Int()})", 1 => $"({Int()} - {Int()})", 2 => $"({Int()} * {Int()})", 3 => $"({Int()} / {Int()})", 4 => $"({Int()} % {Int()})",
            5 => $"abs({Int()})", 6 => $"length({Text()})", 7 => $"CASE WHEN {Bool()} THEN {Int()} ELSE {Int()} END", 8 => $"coalesce({Int()}, {Int()})",
            9 => $"nullif({Int()}, {Int()})", 10 => $"greatest({Int()}, {Int()})", 11 => $"({Numeric()})::int", 12 => $"({Date()} - {Date()})",
            13 => $"strpos({Text()}, {Text()})", 14 => $"-({Int()})", 15 => $"({Bool()})::int", 16 => $"({Int()} & {Int()})", _ => $"mod({Int()}, {Int()})",
        };
    }

    private string Numeric()
    {
        if (Leaf()) return Pick("n", "n", "1.25", "-0.5", "0.10", "100.0", "12345678901234567890.123", "0.00000000000000000007");
        return _random.Next(19) switch
        {
            11 => $"({Numeric()} / {Numeric()})", 12 => $"({Int()} / {Numeric()})", 13 => $"sqrt(abs({Numeric()}))", 14 => $"greatest({Numeric()}, {Int()})", 15 => $"least({Numeric()}, {Numeric()})",
            16 => $"coalesce({Numeric()}, {Int()})", 17 => $"({Numeric()})::numeric({_random.Next(6, 30)}, {_random.Next(0, 6)})", 18 => $"CASE WHEN {Bool()} THEN {Numeric()} ELSE {Int()} END",
            0 => $"({Numeric()} + {Numeric()})", 1 => $"({Numeric()} - {Int()})", 2 => $"({Numeric()} * {Numeric()})", 3 => $"round({Numeric()}, {_random.Next(-2, 4)})",
            4 => $"floor({Numeric()})", 5 => $"ceil({Numeric()})", 6 => $"abs({Numeric()})", 7 => $"trunc({Numeric()}, 1)",
            8 => $"EXTRACT({Pick("YEAR", "MONTH", "DAY", "DOW", "DOY", "WEEK", "QUARTER", "EPOCH")} FROM {Timestamp()})", 9 => $"({Int()})::numeric", _ => $"({Numeric()} % 7.5)",
        };
    }

    private string Float()
    {
        if (Leaf()) return Pick("f", "f", "1.5::float8", "(-2.25)::float8", "i::float8");
        return _random.Next(9) switch
        {
            0 => $"({Float()} + {Float()})", 1 => $"({Float()} * {Float()})", 2 => $"({Float()} / {Float()})", 3 => $"round({Float()})", 4 => $"floor({Float()})",
            5 => $"sqrt(abs({Float()}))", 6 => $"power(abs({Float()}), 0.5)", 7 => $"({Int()})::float8", _ => $"date_part('hour', {Timestamp()})",
        };
    }

    private string Text()
    {
        if (Leaf()) return Pick("t", "v", "'abc'", "'%'", "'Ünï'", "''", "' pad '");
        return _random.Next(18) switch
        {
            0 => $"({Text()} || {Text()})", 1 => $"upper({Text()})", 2 => $"lower({Text()})", 3 => $"substring({Text()}, {_random.Next(-1, 4)}, {_random.Next(0, 5)})",
            4 => $"replace({Text()}, 'b', {Text()})", 5 => $"left({Text()}, {_random.Next(-3, 4)})", 6 => $"right({Text()}, {_random.Next(-3, 4)})",
            7 => $"trim({Text()})", 8 => $"lpad({Text()}, {_random.Next(0, 6)}, 'xy')", 9 => $"reverse({Text()})", 10 => $"({Int()})::text", 11 => $"({Bool()})::text",
            12 => $"({Pick(Date(), Numeric())})::text", 13 => $"coalesce({Text()}, {Text()})", 14 => $"concat({Text()}, {Int()}, {Bool()})", 15 => $"split_part({Text()}, 'b', 1)",
            16 => $"to_char({Timestamp()}, 'YYYY-MM-DD HH24:MI:SS')", _ => $"initcap({Text()})",
        };
    }

    private string Bool()
    {
        if (Leaf()) return Pick("p", "p", "true", "false");
        return _random.Next(23) switch
        {
            18 => $"({Numeric()} {Comparison()} {Numeric()})", 19 => $"({Numeric()} BETWEEN {Int()} AND {Numeric()})", 20 => $"({Numeric()} IN ({Numeric()}, {Int()}, n))",
            21 => $"({Numeric()} IS DISTINCT FROM {Numeric()})", 22 => $"(({Numeric()}, {Int()}) {Pick("=", "<", "<>", ">=")} ({Numeric()}, {Numeric()}))",
            0 => $"({Int()} {Comparison()} {Int()})", 1 => $"({Text()} {Comparison()} {Text()})", 2 => $"({Bool()} AND {Bool()})", 3 => $"({Bool()} OR {Bool()})",
            4 => $"(NOT {Bool()})", 5 => $"({Any()} IS NULL)", 6 => $"({Int()} IN ({Int()}, {Int()}, 1))", 7 => $"({Numeric()} {Comparison()} {Int()})",
            8 => $"({Date()} {Comparison()} {Timestamp()})", 9 => $"({Int()} BETWEEN {Int()} AND {Int()})", 10 => $"({Text()} LIKE {Pick("'a%'", "'%b%'", "'_bc'", "t")})",
            11 => $"({Text()} ILIKE {Pick("'A%'", "'%B%'")})", 12 => $"({Int()} IS DISTINCT FROM {Int()})", 13 => $"({Text()} ~ {Pick("'^a'", "'b|c'", "'[a-c]+$'", "'\\d'")})",
            14 => $"({Float()} {Comparison()} {Int()})", 15 => $"({Bool()} IS TRUE)", 16 => $"(({Int()}, {Text()}) {Pick("=", "<", "<>")} ({Int()}, {Text()}))",
            _ => $"({Interval()} {Comparison()} {Interval()})",
        };
    }

    private string Comparison() => Pick("=", "<>", "<", "<=", ">", ">=");

    private string Date()
    {
        if (Leaf()) return Pick("d", "d", "DATE '2024-02-29'", "ts::date");
        return _random.Next(5) switch
        {
            0 => $"({Date()} + {_random.Next(-40, 400)})", 1 => $"({Timestamp()})::date", 2 => $"coalesce({Date()}, {Date()})", 3 => $"greatest({Date()}, {Date()})",
            _ => $"make_date({_random.Next(1990, 2030)}, {_random.Next(1, 13)}, {_random.Next(1, 29)})",
        };
    }

    private string Timestamp()
    {
        if (Leaf()) return Pick("ts", "ts", "TIMESTAMP '2024-03-10 05:06:07.5'", "d::timestamp", "z::timestamp");
        return _random.Next(4) switch
        {
            0 => $"({Timestamp()} + {Interval()})", 1 => $"({Timestamp()} - {Interval()})",
            2 => $"date_trunc('{Pick("year", "month", "week", "day", "hour", "minute", "quarter")}', {Timestamp()})", _ => $"({Date()} + {Interval()})",
        };
    }

    private string Interval()
    {
        if (Leaf()) return Pick("iv", "INTERVAL '1 month'", "INTERVAL '36 hours'", "INTERVAL '-1 day'", "INTERVAL '1 year 2 days'");
        return _random.Next(4) switch
        {
            0 => $"({Interval()} + {Interval()})", 1 => $"({Interval()} * 2)", 2 => $"({Timestamp()} - {Timestamp()})", _ => $"age({Timestamp()}, {Timestamp()})",
        };
    }
}
