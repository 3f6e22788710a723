using System.Globalization;
using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>
/// Random writes of a table with unique and other lookups over several shards answer as those of one database that watches over the same constraints: same successes, same class of
/// errors, same counts, same rows; and the entries fit the rows.
/// </summary>
public sealed class LookupDifferentialTests
{
    private const int Statements = 1500;

    [Theory]
    [InlineData(SqlDialect.Sqlite, 3)]
    [InlineData(SqlDialect.Sqlite, 4)]
    [InlineData(SqlDialect.Postgres, 2)]
    [InlineData(SqlDialect.Postgres, 4)]
    [Trait("Category", "Random")]
    [Trait("Rule", "S1.3")]
    [Trait("Rule", "S2.8")]
    public async Task Writes_OfATableWithLookups_AnswerAsOneDatabase(SqlDialect dialect, int shards)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
        await using var sharded = await OwnerCluster.OpenAsync(shards, dialect);
        await using var one = await LocalCluster.OpenAsync(new LocalClusterOptions { VSchema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", [KeyRange.All])) });
        await one.Gate.ExecuteAsync(new GateRequest(LookupSchema.TableOf(dialect), []) { Dialect = dialect });
        var statements = new LookupStatements(new Random((seed * 1000) + shards), dialect);
        var (left, right) = (new Session(one.Gate, dialect), new Session(sharded.Gate, dialect));
        var history = new List<string>();
        var failures = 0;
        for (var i = 0; i < Statements; i++)
        {
            var sql = statements.Next(left.InTransaction);
            history.Add(sql);
            var (expected, actual) = (await left.RunAsync(sql), await right.RunAsync(sql));
            var told = $"statement {i}: {sql}\nreplay: SHALE_SEED={seed} ./test Vitess --filter LookupDifferential\nbefore: {string.Join("; ", history.TakeLast(6))}";
            Assert.True(expected == actual, $"{told}\none database: {expected}\n{shards} shards: {actual}");
            if (expected.StartsWith("23", StringComparison.Ordinal)) failures++;
            const string All = "SELECT id, n, a, b, tag, v FROM t";
            if (!sql.StartsWith("SELECT", StringComparison.Ordinal)) Assert.True(await left.RunAsync(All) is var rows && rows == await right.RunAsync(All), $"{told}\nrows differ: {rows}\n{await right.RunAsync(All)}");
            if (left.InTransaction) continue;
            var faults = await sharded.FaultsAsync();
            Assert.True(faults.Count == 0, $"{told}\n{string.Join("; ", faults)}");
        }

        Assert.InRange(failures, Statements / 20, Statements / 2);
    }

    /// <summary>A client of one gate, that may have a transaction.</summary>
    private sealed class Session(VTGate gate, SqlDialect dialect)
    {
        private string? _transaction;

        public bool InTransaction => _transaction is not null;

        /// <summary>The answer as text: the class of the error, or the count and the rows in some order.</summary>
        public async Task<string> RunAsync(string sql)
        {
            try
            {
                switch (sql)
                {
                    case "BEGIN":
                        _transaction = (await gate.BeginAsync(null, dialect: dialect)).TxId;
                        return "";
                    case "COMMIT":
                        await gate.CommitAsync(End());
                        return "";
                    case "ROLLBACK":
                        await gate.RollbackAsync(End());
                        return "";
                }

                var result = await gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = dialect, TxId = _transaction });
                return $"{result.Affected.ToString(CultureInfo.InvariantCulture)} {string.Join(", ", Cluster.Rows(result.Rows).Order(StringComparer.Ordinal))}";
            }
            catch (VitessException failure)
            {
                if (dialect == SqlDialect.Postgres && _transaction is not null) await gate.RollbackAsync(End());
                return failure.SqlState is { Length: 5 } state && state.StartsWith("23", StringComparison.Ordinal) ? "23" : $"{failure.SqlState} {failure.Message}";
            }
        }

        private string End()
        {
            var transaction = _transaction!;
            _transaction = null;
            return transaction;
        }
    }
}
