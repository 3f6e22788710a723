using System.Globalization;
using Shale.Sql;
using Xunit.Abstractions;

namespace Shale.Vitess.Tests;

/// <summary>
/// A random history of rows, keys that move to other shards, tables, columns, views, indexes and vindexes; then random queries AS OF its moments, which must answer as copies do that were
/// made at these moments.
/// </summary>
public sealed class PastDifferentialTests(ITestOutputHelper output)
{
    private const int Steps = 120;
    private const int Queries = 250;

    [Theory]
    [InlineData(1, SqlDialect.Postgres)]
    [InlineData(4, SqlDialect.Postgres)]
    [InlineData(1, SqlDialect.Sqlite)]
    [InlineData(4, SqlDialect.Sqlite)]
    [Trait("Category", "Random")]
    [Trait("Rule", "S2.4")]
    [Trait("Rule", "S5.2")]
    [Trait("Rule", "S5.3")]
    public async Task Random_QueriesOfThePast_EqualCopiesOfThen(int shards, SqlDialect dialect)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var given) ? given : 20261121;
        output.WriteLine($"SHALE_SEED={seed}");
        await using var past = await Cluster.OpenAsync(shards, dialect);
        await using var copies = await Cluster.OpenAsync(1, dialect);
        var history = new RandomHistory(past, copies, dialect, new Random(seed), isSharded: shards > 1);
        await history.BeginAsync();
        for (var step = 0; step < Steps; step++) await history.StepAsync();
        await history.RememberAsync();
        await past.RunAsync("CALL dosql_branch('late')");
        await past.OnAsync("main/late", "CALL dosql_branch('later')");
        var tiers = new SortedDictionary<string, int>();
        for (var i = 0; i < Queries; i++) await history.CompareAsync(tiers);
        output.WriteLine($"{history.Moments} moments, {history.Definitions} definitions; {string.Join(", ", tiers)}");
        Assert.True(history.Moments > 10 && history.Definitions > 5);
        if (shards > 1) Assert.True(tiers.GetValueOrDefault("T0") > 0 && tiers.GetValueOrDefault("T1") > 0 && tiers.GetValueOrDefault("T2") > 0, string.Join(", ", tiers));
    }
}

/// <summary>Makes the history, keeps copies of its moments, and compares.</summary>
internal sealed class RandomHistory(Cluster past, Cluster copies, SqlDialect dialect, Random random, bool isSharded)
{
    private const string AddLookup = "ALTER VSCHEMA ON people ADD VINDEX people_name (name) USING lookup";

    private static readonly string[] Targets = ["main", "main/late", "main/later"];
    private static readonly string[] Vindexes = ["hash", "xxhash", "by_range"];

    private readonly List<Moment> _moments = [];
    private readonly List<string> _people = ["id", "team", "name"];
    private bool _hasOrders;
    private bool _hasView;
    private int _vindex;
    private int _names;

    /// <summary>How many moments are remembered.</summary>
    public int Moments => _moments.Count;

    /// <summary>How many definitions there were.</summary>
    public int Definitions { get; private set; }

    /// <summary>The first tables and rows.</summary>
    public async Task BeginAsync()
    {
        await past.RunAsync("CREATE TABLE people (id BIGINT PRIMARY KEY, team BIGINT, name TEXT)");
        if (isSharded)
        {
            await past.RunAllAsync("ALTER VSCHEMA CREATE VINDEX by_range USING range", "ALTER VSCHEMA CREATE VINDEX xxhash USING xxhash", AddLookup);
        }

        await MakeOrdersAsync();
        for (var i = 0; i < 20; i++) await WriteAsync($"INSERT INTO people VALUES ({i}, {i % 4}, 'n{i % 7}')");
    }

    /// <summary>Something happens; now and then it is remembered.</summary>
    public async Task StepAsync()
    {
        if (random.Next(5) == 0) await RememberAsync();
        switch (random.Next(12))
        {
            case 0 or 11:
                await DefineAsync();
                break;
            case 1 when _hasOrders:
                await WriteAsync($"DELETE FROM orders WHERE amount < {random.Next(30)}");
                break;
            case 2:
                await WriteAsync($"DELETE FROM people WHERE id = {random.Next(60)}");
                break;
            case 3:
                await WriteAsync($"UPDATE people SET id = id + 1000 WHERE id = {random.Next(60)}");
                break;
            case 4:
                await WriteAsync($"UPDATE people SET name = 'n{random.Next(9)}' WHERE team = {random.Next(4)}");
                break;
            case 5 when _moments.Count > 0 && _hasOrders:
                await WriteAsync($"INSERT INTO people (id, team, name) SELECT 5000 + {_names++} * 100 + id, team, name FROM people AS OF '{Any().Time}' WHERE id < 5");
                break;
            case 6 when _hasOrders:
                await WriteAsync($"UPDATE orders SET person = {random.Next(40)}, amount = amount + 1 WHERE id % 7 = {random.Next(7)}");
                break;
            case < 10 when _hasOrders:
                await WriteAsync($"INSERT INTO orders VALUES ({_names++}, {random.Next(40)}, {random.Next(100)}), ({_names++}, {random.Next(40)}, {random.Next(100)})");
                break;
            default:
                await WriteAsync($"INSERT INTO people (id, team, name) VALUES ({100 + _names++}, {random.Next(4)}, 'n{random.Next(9)}')");
                break;
        }
    }

    /// <summary>Copies everything as it is now.</summary>
    public async Task RememberAsync()
    {
        var moment = new Moment(_moments.Count, await Cluster.MomentAsync(), [.. _people], _hasOrders, _hasView);
        await CopyAsync("people", moment, string.Join(", ", _people.Select(column => column is "id" ? "id BIGINT PRIMARY KEY" : column is "team" ? "team BIGINT" : $"{column} TEXT")));
        if (_hasOrders) await CopyAsync("orders", moment, "id BIGINT PRIMARY KEY, person BIGINT, amount BIGINT");
        if (_hasView) await copies.RunAsync($"CREATE VIEW rich_{moment.Number} AS {ViewOf($"people_{moment.Number}", $"orders_{moment.Number}")}");
        _moments.Add(moment);
    }

    /// <summary>One random query, there and here.</summary>
    public async Task CompareAsync(SortedDictionary<string, int> tiers)
    {
        var (query, moments) = Draw();
        var ofPast = string.Format(CultureInfo.InvariantCulture, query, moments.Select(object (moment) => $" AS OF '{moment.Time}'").ToArray());
        var ofCopies = string.Format(CultureInfo.InvariantCulture, query, moments.Select(object (moment) => $"_{moment.Number}").ToArray());
        var expected = (await copies.RowsAsync(ofCopies)).Order(StringComparer.Ordinal);

        // What was before a branch is its parent's past, and where every table has a point, it does not matter when the statement is.
        var request = new GateRequest(ofPast, []) { Dialect = dialect, Target = Targets[random.Next(Targets.Length)], AsOf = random.Next(4) == 0 ? TimePoint.OfTimestamp(Any().Time) : null };
        var result = await past.Gate.ExecuteAsync(request);
        Assert.True(expected.SequenceEqual(Cluster.Rows(result.Rows).Order(StringComparer.Ordinal)), $"{ofPast}\non {request.Target} at {request.AsOf}\nexpected {string.Join(", ", expected)}\nactual   {string.Join(", ", Cluster.Rows(result.Rows).Order(StringComparer.Ordinal))}");
        tiers[result.Tier] = tiers.GetValueOrDefault(result.Tier) + 1;
    }

    private (string Query, Moment[] Moments) Draw()
    {
        Moment a = Any(), b = Any();
        var full = _moments.Where(moment => moment.HasOrders).ToArray();
        var withView = _moments.Where(moment => moment.HasView).ToArray();
        Moment c = full[random.Next(full.Length)], d = full[random.Next(full.Length)];
        var column = a.People[random.Next(a.People.Length)];
        return random.Next(13) switch
        {
            0 => ($"SELECT * FROM people{{0}} p WHERE p.id = {random.Next(40)}", [a]),
            1 => ($"SELECT p.id, p.{column} FROM people{{0}} p WHERE p.{a.People[2]} = 'n{random.Next(9)}'", [a]),
            2 => ($"SELECT p.team, count(*), min(p.{column}), max(p.id) FROM people{{0}} p GROUP BY p.team HAVING count(*) > 1", [a]),
            3 => ("SELECT p.id, o.amount FROM people{0} p JOIN orders{0} o ON o.person = p.id", [c]),
            4 => ("SELECT p.id, q.id, p.team FROM people{0} p LEFT JOIN people{1} q ON p.id = q.id AND p.team = q.team", [a, b]),
            5 => ("SELECT p.id FROM people{0} p WHERE NOT EXISTS (SELECT 1 FROM people{1} q WHERE q.id = p.id)", [a, b]),
            6 => ($"SELECT sum(o.amount), count(DISTINCT o.person) FROM orders{{0}} o WHERE o.person IN (SELECT id FROM people{{1}} r WHERE team < {random.Next(5)})", [c, d]),
            7 => ("SELECT id, team FROM people{0} p EXCEPT SELECT id, team FROM people{1} q", [a, b]),
            8 => ("WITH old AS (SELECT person, sum(amount) AS total FROM orders{0} o GROUP BY person) SELECT p.id, old.total FROM people{1} p JOIN old ON old.person = p.id", [c, d]),
            9 => ($"SELECT p.id, p.team FROM people{{0}} p ORDER BY p.team, p.id LIMIT {random.Next(10)}", [a]),
            10 => ($"SELECT o.*, n.amount FROM orders{{0}} o JOIN orders{{1}} n ON n.id = o.id AND n.person = o.person WHERE o.person IN ({random.Next(40)}, {random.Next(40)}, {random.Next(40)})", [c, d]),
            11 when withView.Length > 0 => ($"SELECT * FROM rich{{0}} v WHERE v.total > {random.Next(200)}", [withView[random.Next(withView.Length)]]),
            _ => ("SELECT count(*) FROM people{0} p, people{1} q, orders{2} o WHERE p.id = q.id AND q.id = o.person", [a, b, c]),
        };
    }

    private async Task DefineAsync()
    {
        Definitions++;
        switch (random.Next(7))
        {
            case 0:
                await past.RunAsync($"ALTER TABLE people ADD COLUMN c{_names} TEXT");
                _people.Add($"c{_names++}");
                await WriteAsync($"UPDATE people SET {_people[^1]} = name WHERE id % 2 = 0");
                break;
            case 1 when _people.Count > 3:
                await past.RunAsync($"ALTER TABLE people RENAME COLUMN {_people[3]} TO r{_names}");
                _people[3] = $"r{_names++}";
                break;
            case 2 when _hasOrders:
                if (_hasView) await past.RunAsync("DROP VIEW rich");
                await past.RunAsync("DROP TABLE orders");
                (_hasOrders, _hasView) = (false, false);
                break;
            case 3 when _hasOrders:
                if (_hasView) await past.RunAsync("DROP VIEW rich");
                else await past.RunAsync($"CREATE VIEW rich AS {ViewOf("people", "orders")}");
                _hasView = !_hasView;
                break;
            case 4:
                await past.RunAsync($"CREATE INDEX i{_names++} ON people (team)");
                break;
            case 5 when isSharded:
                await past.RunAllAsync("ALTER VSCHEMA ON people DROP VINDEX people_name", $"ALTER VSCHEMA ON people DROP VINDEX {Vindexes[_vindex]}");
                _vindex = (_vindex + 1) % Vindexes.Length;
                await past.RunAllAsync($"ALTER VSCHEMA ON people ADD VINDEX {Vindexes[_vindex]} (id)", AddLookup);
                break;
            default:
                if (!_hasOrders) await MakeOrdersAsync();
                break;
        }
    }

    private async Task MakeOrdersAsync()
    {
        await past.RunAsync($"CREATE TABLE orders (id BIGINT, person BIGINT, amount BIGINT, PRIMARY KEY (id, person)) WITH (shard_key = '{(random.Next(2) == 0 ? "person" : "id")}')");
        _hasOrders = true;
    }

    private async Task CopyAsync(string table, Moment moment, string columns)
    {
        await copies.RunAsync($"CREATE TABLE {table}_{moment.Number} ({columns})");
        var rows = (await past.RunAsync($"SELECT * FROM {table}")).Rows;
        for (var i = 0; i < rows.RowCount; i++) await copies.RunAsync($"INSERT INTO {table}_{moment.Number} VALUES ({string.Join(", ", rows[i].ToArray().Select(Literal))})");
    }

    private async Task WriteAsync(string sql)
    {
        try
        {
            await past.RunAsync(sql);
        }
        catch (VitessException failure) when (failure.Code == "CONSTRAINT_VIOLATION" || failure.SqlState is "42703" or "42P01")
        {
            // A key that is taken, or a source of other columns: nothing has happened.
        }
    }

    private Moment Any() => _moments[random.Next(_moments.Count)];

    private static string ViewOf(string people, string orders) => $"SELECT p.id, p.team, sum(o.amount) AS total FROM {people} p JOIN {orders} o ON o.person = p.id GROUP BY p.id, p.team";

    private static string Literal(SqlValue value) => value.IsNull ? "NULL" : value.Kind == SqlValueKind.Text ? $"'{value.AsText()}'" : value.ToString();

    private sealed record Moment(int Number, string Time, string[] People, bool HasOrders, bool HasView);
}
