using System.Reflection;
using System.Text;
using Shale.Sql;

namespace Shale.Cli.Bench.Gate;

/// <summary>Parsing a corpus of statements as applications send them: Shale's parser beside PostgreSQL's own, both called from C#.</summary>
internal static class ParseBench
{
    private const int Runs = 15;
    private const int Rounds = 10;

    /// <summary>The statements.</summary>
    public static IReadOnlyList<string> Corpus { get; } = ReadCorpus();

    /// <summary>Measures.</summary>
    public static async Task<BenchFigure> RunAsync()
    {
        byte[][] texts = [.. Corpus.Select(text => Encoding.UTF8.GetBytes(text + '\0'))];
        void Own()
        {
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var text in Corpus) SqlParser.Parse(text, SqlDialect.Postgres);
            }
        }

        void Peer()
        {
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var text in texts)
                {
                    if (!PgQueryParser.Parse(text)) throw new InvalidOperationException("PostgreSQL refuses " + Encoding.UTF8.GetString(text));
                }
            }
        }

        Own();
        Peer();
        var ratios = await PairedRuns.RatiosAsync(Runs, () => Task.Run(Own), () => Task.Run(Peer));
        return BenchFigure.Of($"parsing {Corpus.Count:#,0} statements: time over libpg_query's", ratios, 1.0, BenchFigure.AtMost, "gate");
    }

    private static IReadOnlyList<string> ReadCorpus()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("statements.sql")!);
        return SqlSplitter.Split(reader.ReadToEnd(), SqlDialect.Postgres);
    }
}
