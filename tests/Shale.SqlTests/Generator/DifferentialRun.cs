using Shale.Engines;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.SqlTests;

/// <summary>
/// Runs the same statements in the same session against an unsharded keyspace and against sharded ones, and compares every answer; after every write also every table.
/// </summary>
internal sealed class DifferentialRun(SqlDialect dialect, int seed) : IAsyncDisposable
{
    private readonly List<(SchemaVariant Variant, LocalCluster Cluster)> _clusters = [];
    private readonly Random _random = new(seed);

    /// <summary>How many statements both sides refused with the same code.</summary>
    public int Refused { get; private set; }

    /// <summary>How many statements only the sharded side refused, by SQLSTATE 0A000.</summary>
    public int NotOffered { get; private set; }

    /// <summary>How many SELECTs ran as T0, T1 and T2.</summary>
    public Dictionary<string, int> Tiers { get; } = [];

    /// <summary>Opens the clusters.</summary>
    public async Task OpenAsync(Func<ITablet, ITablet>? wrap = null)
    {
        foreach (var variant in (SchemaVariant[])[SchemaVariant.Unsharded, .. SchemaVariant.Sharded])
        {
            var vschema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(variant.Shards)));
            var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { VSchema = vschema, WrapTablet = variant.Shards > 1 ? wrap : null });
            _clusters.Add((variant, cluster));
            foreach (var table in TestTable.All)
            {
                await cluster.Gate.ExecuteAsync(new GateRequest(table.Create(variant.With.GetValueOrDefault(table.Name, "")), []) { Dialect = dialect });
            }
        }
    }

    /// <summary>Runs random statements; throws with seed, statement and difference at the first that differs.</summary>
    public async Task RunAsync(int statements)
    {
        var generator = new StatementGenerator(_random, dialect);
        for (var i = 0; i < statements; i++)
        {
            if (i % 200 == 0) await RefillAsync(generator);
            var statement = generator.Next();
            await CompareAsync(statement, i);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, cluster) in _clusters) await cluster.DisposeAsync();
    }

    private async Task RefillAsync(StatementGenerator generator)
    {
        foreach (var table in TestTable.All)
        {
            var fill = generator.Fill(table);
            foreach (var (_, cluster) in _clusters)
            {
                await cluster.Gate.ExecuteAsync(new GateRequest($"DELETE FROM {table.Name}", []) { Dialect = dialect });
                await cluster.Gate.ExecuteAsync(new GateRequest(fill, []) { Dialect = dialect });
            }
        }
    }

    private async Task CompareAsync(GeneratedStatement statement, int number)
    {
        var (expected, failure) = await AnswerAsync(_clusters[0].Cluster, statement.Sql);
        var mend = false;
        foreach (var (variant, cluster) in _clusters.Skip(1))
        {
            var (actual, other) = await AnswerAsync(cluster, statement.Sql);
            if (other is { SqlState: "0A000" } && failure is null)
            {
                NotOffered++;
                mend |= statement.IsWrite;
                continue;
            }

            if (failure?.SqlState != other?.SqlState)
            {
                throw Differs(statement, number, variant, $"{other?.SqlState ?? "success"} ({other?.Message}), not {failure?.SqlState ?? "success"} ({failure?.Message})");
            }

            if (failure is not null || actual is null) continue;
            if (!statement.IsWrite) Tiers[actual.Tier] = Tiers.GetValueOrDefault(actual.Tier) + 1;
            if (actual.Affected != expected!.Affected) throw Differs(statement, number, variant, $"{actual.Affected} rows affected, not {expected.Affected}");
            if (ResultComparison.Difference(expected.Rows, actual.Rows, statement.Ordered) is { } difference) throw Differs(statement, number, variant, difference);
        }

        if (failure is not null) Refused++;
        if (statement.IsWrite) await CompareTablesAsync(statement, number, mend);
    }

    private async Task CompareTablesAsync(GeneratedStatement statement, int number, bool mend)
    {
        if (mend)
        {
            await RefillAsync(new StatementGenerator(_random, dialect));
            return;
        }

        foreach (var table in TestTable.All)
        {
            var (expected, _) = await AnswerAsync(_clusters[0].Cluster, $"SELECT * FROM {table.Name}");
            foreach (var (variant, cluster) in _clusters.Skip(1))
            {
                var (actual, failure) = await AnswerAsync(cluster, $"SELECT * FROM {table.Name}");
                if (failure is not null) throw Differs(statement, number, variant, failure.Message);
                if (ResultComparison.Difference(expected!.Rows, actual!.Rows, false) is { } difference) throw Differs(statement, number, variant, $"then table {table.Name}: {difference}");
            }
        }
    }

    private async Task<(GateResult? Result, VitessException? Failure)> AnswerAsync(LocalCluster cluster, string sql)
    {
        try
        {
            return (await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = dialect }), null);
        }
        catch (VitessException failure)
        {
            return (null, failure);
        }
    }

    private Xunit.Sdk.XunitException Differs(GeneratedStatement statement, int number, SchemaVariant variant, string difference) => new(
        $"""
        Statement {number} differs {variant.Name}: {difference}
        {statement.Sql}
        seed {seed}, dialect {dialect}
        replay: SHALE_SEED={seed} ./test Shale.SqlTests --filter {dialect}
        """);
}
