using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shale.Contracts;
using Shale.Engine.Specification.Postgres;
using Shale.Engines;
using Shale.Postgres;
using Shale.Sql;
using Shale.Sql.Tests.Translation;
using Shale.Vitess;

namespace Shale.SqlTests;

/// <summary>The same schema in a keyspace and in a database of a real PostgreSQL, and a statement's answers from both as text, numbers of things replaced by what they are the numbers of.</summary>
internal sealed partial class CatalogDatabase : IAsyncDisposable
{
    private const string Things = """
        SELECT 'x' || c.oid, n.nspname || '.' || c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        UNION ALL SELECT 'x' || c.oid, c.conrelid::regclass || '/' || c.conname FROM pg_catalog.pg_constraint c WHERE c.conrelid <> 0
        UNION ALL SELECT 'x' || d.oid, d.adrelid::regclass || '=' || d.adnum FROM pg_catalog.pg_attrdef d
        """;

    private static int _databases;

    private readonly VTGate _gate;
    private readonly IAsyncDisposable _owner;
    private readonly string _directory;
    private Dictionary<string, string> _ours = [];
    private Dictionary<string, string> _theirs = [];

    private CatalogDatabase(VTGate gate, IAsyncDisposable owner) => (_gate, _owner, _directory) = (gate, owner, Path.GetDirectoryName(PostgresServer.Instance!.Socket)!);

    /// <summary>Opens both; statements that begin with <c>gate:</c> are for the keyspace alone, with <c>pg:</c> for PostgreSQL.</summary>
    public static async Task<CatalogDatabase> OpenAsync(int shards, params string[] definitions)
    {
        var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { VSchema = SchemaOf(shards) });
        return await FilledAsync(new CatalogDatabase(cluster.Gate, cluster), definitions);
    }

    /// <summary>The same over shards on PostgreSQL.</summary>
    public static async Task<CatalogDatabase> OpenOnPostgresAsync(int shards, params string[] definitions)
    {
        var vschema = SchemaOf(shards);
        var tablets = new List<ITablet>();
        PostgresEngine? engine = null;
        foreach (var shard in vschema.Get("main").Shards)
        {
            engine = await TestPostgres.EngineAsync();
            tablets.Add(new VTTablet(new VTTabletOptions { Keyspace = "main", Shard = shard.ToString(), Engine = engine }.BehindAGate()));
        }

        var gate = new VTGate(new VTGateOptions
        {
            Topology = new MemoryTopology(vschema), Tablets = tablets, DefaultKeyspace = "main",
            Scratch = new Dictionary<StorageEngineType, IScratchSource> { [StorageEngineType.Postgres] = engine!, [StorageEngineType.Sqlite] = SqliteEngine.InMemory() },
        });
        return await FilledAsync(new CatalogDatabase(gate, gate), definitions);
    }

    private static VSchema SchemaOf(int shards) => VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(shards)));

    private static async Task<CatalogDatabase> FilledAsync(CatalogDatabase database, string[] definitions)
    {
        database.PsqlIn("postgres", $"CREATE DATABASE {database.Name}");
        foreach (var definition in definitions)
        {
            if (!definition.StartsWith("gate:", StringComparison.Ordinal)) database.Psql(definition.Replace("pg:", "", StringComparison.Ordinal));
            if (!definition.StartsWith("pg:", StringComparison.Ordinal)) await database.RunAsync(definition.Replace("gate:", "", StringComparison.Ordinal));
        }

        database._ours = Named(await database.RunAsync(Things));
        database._theirs = Named(database.Psql(Things));
        return database;
    }

    /// <summary>The database at PostgreSQL.</summary>
    public string Name { get; } = $"catalog{Interlocked.Increment(ref _databases)}";

    /// <summary>How Npgsql connects to it.</summary>
    public string ConnectionString => $"Host={_directory};Username=shale;Database={Name};Pooling=false";

    /// <summary>The queries that a client sends to PostgreSQL, from the server's own log.</summary>
    public async Task<IReadOnlyList<string>> QueriesOfAsync(Func<Task> client)
    {
        PsqlIn("postgres", $"ALTER DATABASE {Name} SET log_statement = 'all'");
        var log = Path.Combine(_directory, "log");
        var start = new FileInfo(log).Length;
        await client();
        PsqlIn("postgres", $"ALTER DATABASE {Name} RESET log_statement");
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        reader.BaseStream.Seek(start, SeekOrigin.Begin);
        var text = await reader.ReadToEndAsync();
        return [.. LoggedText().Matches(text).SelectMany(match => SqlSplitter.Split(match.Groups[1].Value.Replace("\n\t", "\n", StringComparison.Ordinal), SqlDialect.Postgres)).Where(sql => QueryStart().IsMatch(sql)).Distinct()];
    }

    /// <summary>What pg_dump writes of the schema.</summary>
    public string Dump() => Run("pg_dump", "--schema-only", Name);

    /// <summary>The statements that psql sends for a backslash command.</summary>
    public IReadOnlyList<string> StatementsOf(string command)
    {
        var output = Run("psql", "-E", "-d", Name, "-c", command);
        return [.. QueryText().Matches(output).Select(match => match.Groups[1].Value.Trim())];
    }

    /// <summary>What PostgreSQL answers: lines of values between bars, oids of users' things as their names.</summary>
    public string Theirs(string sql) => Renamed(Psql(sql), _theirs);

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
        var rows = (await _gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = SqlDialect.Postgres })).Rows;
        var text = new StringBuilder();
        for (var i = 0; i < rows.RowCount; i++) text.AppendJoin('|', rows[i].ToArray().Select(Text)).Append('\n');
        return text.ToString().TrimEnd('\n');
    }

    public ValueTask DisposeAsync() => _owner.DisposeAsync();

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

    private string Psql(string statement) => PsqlIn(Name, statement);

    private string PsqlIn(string database, params string[] statements) =>
        Run("psql", ["-d", database, "-At", "-P", "null=∅", "-v", "ON_ERROR_STOP=1", .. statements.SelectMany(statement => (string[])["-c", statement])]).TrimEnd('\n');

    private string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (var argument in (string[])[.. program == "psql" ? (string[])["-X", "-q"] : [], "-h", _directory, "-U", "shale", .. arguments]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed: {errors.Result}");
    }

    [GeneratedRegex(@"\*{9} QUERY \*{10}\n(.*?)\n\*{26}", RegexOptions.Singleline)]
    private static partial Regex QueryText();

    // A line of the log that begins with a time ends what came before.
    [GeneratedRegex(@"LOG:  (?:statement|execute [^:]*): (.*?)(?=\n\d{4}-\d\d-\d\d |\z)", RegexOptions.Singleline)]
    private static partial Regex LoggedText();

    [GeneratedRegex(@"\A(?:\s|--[^\n]*\n)*(?:SELECT|WITH)\b", RegexOptions.IgnoreCase)]
    private static partial Regex QueryStart();

    [GeneratedRegex(@"\b[1-9]\d{4,9}\b")]
    private static partial Regex Oid();
}
