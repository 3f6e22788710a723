using Shale.Contracts;
using Shale.Postgres.Relay;
using Shale.Vitess;

namespace Shale.Engine.Specification.Postgres;

/// <summary>Rows that go from a shard to a scratch database: what they were, bit for bit, whether they go as the server has sent them or as values.</summary>
public sealed class CopiedRowsTests : EngineSpecification
{
    private static readonly (string Type, string[] Values)[] Portable =
    [
        ("bool", ["true", "false"]),
        ("int2", ["-32768", "32767", "0"]),
        ("int4", ["-2147483648", "2147483647", "0"]),
        ("int8", ["-9223372036854775808", "9223372036854775807", "0"]),
        ("float4", ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "1e-45", "3.4028235e38", "0.1", "16777217"]),
        ("float8", ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "5e-324", "1.7976931348623157e308", "0.1", "123456789012345680"]),
        ("numeric", ["'NaN'", "'Infinity'", "'-Infinity'", "0", "0.000", "-0.00012300", "1e131071", "1e-16383", "12345678901234567890.1200", "9999", "10000", "-10000.0001"]),
        ("numeric(20, 4)", ["1.5", "-99999999.0001", "0", "'NaN'"]),
        ("text", ["''", "'\\N'", @"E'\t\n\r\b\f\v\\'", "'ü€𝄞'", @"'\.'", "'NULL'", "repeat('long ', 30000)"]),
        ("varchar(9)", ["''", "'a'", "'  a '", "'ääääääääå'"]),
        ("char(4)", ["''", "'a'", "' b'", "'wxyz'"]),
        ("bytea", [@"'\x'", @"'\x00ff5c0a0d09'", "'abc'"]),
        ("uuid", ["'00000000-0000-0000-0000-000000000000'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"]),
        ("date", ["'infinity'", "'-infinity'", "'4713-01-01 BC'", "'0001-12-31 BC'", "'2000-02-29'", "'5874897-12-31'"]),
        ("time", ["'00:00'", "'24:00'", "'12:34:56.000001'"]),
        ("time(0)", ["'23:59:59.4'", "'00:00:00'"]),
        ("timetz", ["'12:30+02'", "'24:00-15:59:59'", "'00:00:00.000001+05:45:07'"]),
        ("timestamp", ["'infinity'", "'-infinity'", "'4713-01-01 00:00:00 BC'", "'294276-12-31 23:59:59.999999'", "'2000-01-01'", "'1999-12-31 23:59:59.999999'"]),
        ("timestamptz", ["'infinity'", "'-infinity'", "'4713-01-02 00:00:00+14 BC'", "'294276-12-31 23:59:59.999999+00'", "'2024-02-29 12:00:00.5+02'"]),
        ("timestamptz(3)", ["'2024-02-29 12:00:00.5555'", "'infinity'"]),
        ("interval", ["'0'", "'1 year -2 days 03:04:05.000006'", "'-178000000 years'", "'2147483647 days'", "'-2562047788:00:54.775807'", "'1 mon'"]),
        ("json", ["'{}'", "'{ \"b\" : 1, \"a\": [1.10,  null], \"a\": \"\\u00fc\" }'", "'null'"]),
        ("jsonb", ["'{}'", "'{\"b\": 1.10, \"a\": [1e5, null, \"ü\"]}'", "'null'", "'\"\"'"]),
        ("inet", ["'10.0.0.1/8'", "'::1'", "'255.255.255.255'", "'::ffff:1.2.3.4/96'"]),
        ("cidr", ["'10/8'", "'2001:db8::/32'"]),
        ("macaddr", ["'08:00:2b:01:02:03'"]),
        ("oid", ["0", "4294967295"]),
        ("int4[]", ["'{}'", "'{1,NULL,-3}'", "'{{1,2},{3,4}}'", "'[0:1]={7,8}'"]),
        ("text[]", ["'{}'", "'{\"a b\",\"c\\\"\",NULL,\"NULL\",\"\",\"\\\\\"}'", "'[-2:-1][5:5]={{a},{b}}'"]),
        ("numeric[]", ["'{NaN,1.00,0.000}'", "'{}'"]),
        ("timestamptz[]", ["'{infinity,\"0044-03-15 12:00:00+00 BC\"}'"]),
        ("jsonb[]", ["'{\"{\\\"a\\\": [1]}\",NULL}'"]),
        ("bytea[]", [@"ARRAY['\x00'::bytea, NULL]"]),
    ];

    // The numbers in their bytes are those of one database, or nobody here knows their bytes.
    private static readonly (string Type, string[] Values)[] Others =
    [
        ("mood", ["'sad'", "'o''k\\'"]),
        ("mood[]", ["'{sad,NULL}'", "'{}'"]),
        ("int4range", ["'[1,5)'", "'empty'"]),
        ("pair", ["ROW(1, 'a,\"b')::pair", "NULL::pair"]),
        ("regclass", ["'pg_class'"]),
        ("bit varying", ["B''", "B'101'"]),
    ];

    protected override IStorageEngine Create() => TestPostgres.EngineAsync().Result;

    [Fact]
    [Trait("Category", "Random")]
    public async Task Rows_OfRandomTables_ArriveAsTheyWere()
    {
        var seed = Environment.GetEnvironmentVariable("SHALE_SEED") is { Length: > 0 } given ? int.Parse(given) : Random.Shared.Next();
        var random = new Random(seed);
        await RunAsync(Writer, "CREATE TYPE mood AS ENUM ('sad', E'o''k\\\\')", "CREATE TYPE pair AS (i int, t text)");
        for (var round = 0; round < 25; round++)
        {
            (string Type, string[] Values)[] columns = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Portable[random.Next(Portable.Length)])];
            var isPortable = random.Next(4) > 0;
            if (!isPortable) columns[random.Next(columns.Length)] = Others[random.Next(Others.Length)];
            await RunAsync(Writer, $"CREATE TABLE t({string.Join(", ", columns.Select((column, i) => $"c{i} {column.Type}"))})");
            for (var row = random.Next(1, 20); row > 0; row--)
            {
                await RunAsync(Writer, $"INSERT INTO t VALUES ({string.Join(", ", columns.Select(column => random.Next(5) == 0 ? "NULL" : column.Values[random.Next(column.Values.Length)]))})");
            }

            try
            {
                await ArriveAsync(isPortable);
            }
            catch (Exception failure)
            {
                Assert.Fail($"SHALE_SEED={seed}, round {round}, columns {string.Join(", ", columns.Select(column => column.Type))}: {failure}");
            }

            await RunAsync(Writer, "DROP TABLE t");
        }
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task Rows_OfEachType_ArriveAsTheyWere(string type, bool isPortable)
    {
        await RunAsync(Writer, "CREATE TYPE mood AS ENUM ('sad', E'o''k\\\\')", "CREATE TYPE pair AS (i int, t text)", $"CREATE TABLE t(a {type}, b {type})");
        foreach (var value in Portable.Concat(Others).Single(each => each.Type == type).Values) await RunAsync(Writer, $"INSERT INTO t VALUES ({value}, NULL), ({value}, {value})");
        await ArriveAsync(isPortable);
    }

    public static TheoryData<string, bool> Columns
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var (type, _) in Portable) data.Add(type, true);
            foreach (var (type, _) in Others) data.Add(type, false);
            return data;
        }
    }

    [Fact]
    public async Task Chunks_ThatWait_KeepTheirRows()
    {
        var reader = await OpenAsync(EngineAccess.Read);
        var chunks = new List<RowSet>();
        await foreach (var chunk in reader.StreamAsync("SELECT g, repeat('x', g % 50) FROM generate_series(1, 2000) g", [], 1_000, RowEncoding.Copied, default)) chunks.Add(chunk);
        Assert.True(chunks.Count > 20);
        var scratch = await ScratchAsync();
        await RunAsync(scratch, "CREATE TABLE t(a int4, b text)");
        foreach (var chunk in chunks) await scratch.InsertRowsAsync("t", chunk, default);
        Assert.Equal("2000,2001000,49000", Text((await ExecuteAsync(scratch, "SELECT count(*), sum(a), sum(length(b)) FROM t")).Rows));
    }

    [Fact]
    public async Task InsertRows_Cancelled_LeavesTheConnectionAndTheOthersUsable()
    {
        var other = await OpenAsync(EngineAccess.Write);
        var scratch = await ScratchAsync();
        await RunAsync(scratch, "CREATE FUNCTION pg_temp.slow(i int4) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN true; END $$", "CREATE TABLE t(a int4 CHECK (pg_temp.slow(a)))");
        var rows = new RowSet([new("a", "int4")]);
        rows.Add([SqlValue.Integer(1)]);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await FailsAsync("TIMEOUT", "57014", () => scratch.InsertRowsAsync("t", rows, source.Token).AsTask());
        Assert.True(scratch.IsUsable && other.IsUsable);
        Assert.Equal(SqlValue.Integer(0), await OneAsync(scratch, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task InsertRows_OfTextThatIsNoUnicode_Fails()
    {
        var scratch = await ScratchAsync();
        await RunAsync(scratch, "CREATE TABLE t(a text)");
        var rows = new RowSet([new("a", "text")]);
        rows.Add([SqlValue.Text("a\ud800")]);
        await FailsAsync("TYPE_ERROR", "22021", () => scratch.InsertRowsAsync("t", rows, default).AsTask());
    }

    private async Task ArriveAsync(bool isPortable)
    {
        var reader = await OpenAsync(EngineAccess.Read);
        var expected = await TextsAsync(Writer);
        foreach (var encoding in new[] { RowEncoding.Copied, null })
        {
            await using var scratch = await Engine.OpenScratchAsync(default);
            var isMade = false;
            await foreach (var chunk in reader.StreamAsync("SELECT * FROM t", [], 500, encoding, default))
            {
                if (chunk.RowCount > 0) Assert.Equal(encoding is not null && isPortable, chunk.Encoded is DataRows { AreCopied: true });
                if (!isMade) await RunAsync(scratch, $"CREATE TABLE t({string.Join(", ", chunk.Fields.Select(field => $"\"{field.Name}\" {field.NativeType}"))})");
                isMade = true;
                await scratch.InsertRowsAsync("t", chunk, default);
            }

            Assert.Equal(expected, await TextsAsync(scratch));
        }
    }

    private static async Task<string> TextsAsync(IEngineConnection connection) => (await OneAsync(connection, "SELECT string_agg(x, E'\\n' ORDER BY x) FROM (SELECT t::text AS x FROM t) s")).AsText();
}
