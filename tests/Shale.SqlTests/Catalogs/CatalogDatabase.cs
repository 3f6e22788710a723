using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shale.Engines;
using Shale.Sql;
using Shale.Sql.Tests.Translation;
using Shale.Vitess;

namespace Shale.SqlTests;

/// <summary>The same schema in a keyspace and in a database of a real PostgreSQL, and a statement's answers from both as text, numbers of things replaced by what they are the numbers of.</summary>
internal sealed partial class CatalogDatabase : IAsyncDisposable
{
    private const string Columns = "SELECT 'c' || c.oid, n.nspname || '.' || c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";

    private readonly LocalCluster _cluster;
    private readonly string _directory;
    private Dictionary<string, string> _ours = [];
    private Dictionary<string, string> _theirs = [];

    private CatalogDatabase(LocalCluster cluster, string directory) => (_cluster, _directory) = (cluster, directory);

    /// <summary>Opens both; statements that begin with <c>gate:</c> are for the keyspace alone, with <c>pg:</c> for PostgreSQL.</summary>
    public static async Task<CatalogDatabase> OpenAsync(int shards, params string[] definitions)
    {
        var vschema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(shards)));
        var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { VSchema = vschema });
        var database = new CatalogDatabase(cluster, Path.GetDirectoryName(PostgresServer.Instance!.Socket)!);
        database.Psql("postgres", "DROP DATABASE IF EXISTS main", "CREATE DATABASE main");
        foreach (var definition in definitions)
        {
            if (!definition.StartsWith("gate:", StringComparison.Ordinal)) database.Psql("main", definition.Replace("pg:", "", StringComparison.Ordinal));
            if (!definition.StartsWith("pg:", StringComparison.Ordinal)) await database.RunAsync(definition.Replace("gate:", "", StringComparison.Ordinal));
        }

        database._ours = Named(await database.RunAsync(Columns));
        database._theirs = Named(database.Psql("main", Columns));
        return database;
    }

    /// <summary>The statements that psql sends for a backslash command.</summary>
    public IReadOnlyList<string> StatementsOf(string command)
    {
        var output = Run("-E", "-d", "main", "-c", command);
        return [.. QueryText().Matches(output).Select(match => match.Groups[1].Value.Trim())];
    }

    /// <summary>What PostgreSQL answers: lines of values between bars, oids of users' things as their names.</summary>
    public string Theirs(string sql) => Renamed(Psql("main", sql), _theirs);

    /// <summary>What the gate answers to a statement that may hold oids of PostgreSQL's.</summary>
    public async Task<string> OursAsync(string sql)
    {
        var oids = _ours.ToDictionary(pair => pair.Value, pair => pair.Key);
        var translated = Oid().Replace(sql, match => _theirs.TryGetValue(match.Value, out var name) && oids.TryGetValue(name, out var oid) ? oid : match.Value);
        return Renamed(await RunAsync(translated), _ours);
    }

    /// <summary>The statement's answer from the gate as it is.</summary>
    public async Task<string> RunAsync(string sql)
    {
        var rows = (await _cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = SqlDialect.Postgres })).Rows;
        var text = new StringBuilder();
        for (var i = 0; i < rows.RowCount; i++) text.AppendJoin('|', rows[i].ToArray().Select(Text)).Append('\n');
        return text.ToString().TrimEnd('\n');
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static string Text(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Null => "∅",
        SqlValueKind.Boolean => value.AsBoolean() ? "t" : "f",
        SqlValueKind.Real => value.AsReal().ToString(CultureInfo.InvariantCulture),
        SqlValueKind.Integer => value.AsInteger().ToString(CultureInfo.InvariantCulture),
        _ => value.AsText(),
    };

    private static Dictionary<string, string> Named(string answer) =>
        answer.Split('\n').Select(line => line.Split('|')).Where(parts => long.Parse(parts[0][1..], CultureInfo.InvariantCulture) >= 16_384).ToDictionary(parts => parts[0][1..], parts => parts[1]);

    private static string Renamed(string answer, Dictionary<string, string> names) => Oid().Replace(answer, match => names.GetValueOrDefault(match.Value, match.Value));

    private string Psql(string database, params string[] statements) =>
        Run(["-d", database, "-At", "-P", "null=∅", "-v", "ON_ERROR_STOP=1", .. statements.SelectMany(statement => (string[])["-c", statement])]).TrimEnd('\n');

    private string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("psql") { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (var argument in (string[])["-X", "-q", "-h", _directory, "-U", "shale", .. arguments]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"psql failed: {errors.Result}");
    }

    [GeneratedRegex(@"\*{9} QUERY \*{10}\n(.*?)\n\*{26}", RegexOptions.Singleline)]
    private static partial Regex QueryText();

    [GeneratedRegex(@"\b[1-9]\d{4,9}\b")]
    private static partial Regex Oid();
}
