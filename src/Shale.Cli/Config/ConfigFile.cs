using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Shale.Cli.Commands;

namespace Shale.Cli.Config;

/// <summary>Reads and checks configuration files, and writes their schema.</summary>
internal static class ConfigFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<Vitess.CrossShardPolicy>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Reads a file; paths in it become absolute. Every mistake is QUERY_ERROR (F0000) that names the file and the entry.</summary>
    public static ServerConfig Read(string path)
    {
        try
        {
            var config = JsonSerializer.Deserialize<ServerConfig>(File.ReadAllText(path), Options) ?? throw Mistake(path, "it holds null");
            Check(config, path);
            return WithFullPaths(config, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (JsonException failure)
        {
            throw Mistake(path, InWords(failure));
        }
    }

    /// <summary>The longest retention, in days.</summary>
    public const double MostRetentionDays = 36_500;

    /// <summary>A retention in days. ArgumentException for one that is none.</summary>
    public static TimeSpan RetentionOf(double days) => days is >= 0 and <= MostRetentionDays ? TimeSpan.FromDays(days) : throw new ArgumentException("retentionDays must be from 0 to 36500");

    /// <summary>The address of an OTLP collector; null for what is none.</summary>
    public static Uri? CollectorOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) ? url : null;

    // The reader's own words name the program's types.
    private static string InWords(JsonException failure)
    {
        var place = failure.LineNumber is { } line ? $"line {line + 1}: " : "";
        var entry = failure.Path is { Length: > 2 } json ? json[2..] : "";
        var message = failure.Message.Split(" Path: ")[0];
        if (message.Contains("could not be mapped", StringComparison.Ordinal)) return $"{place}'{entry}' is not known";
        if (message.StartsWith("Duplicate property", StringComparison.Ordinal)) return $"{place}'{entry}' is there twice";
        if (message.StartsWith("The JSON value could not be converted to ", StringComparison.Ordinal)) return $"{place}{(entry.Length > 0 ? $"'{entry}'" : "the file")} must be {Wanted(message)}";
        return place + message + (entry.Length > 0 ? $" (at {entry})" : "");
    }

    private static string Wanted(string message)
    {
        (string Type, string Words)[] known =
        [
            ("Int32", $"a whole number up to {int.MaxValue}"), ("Int64", $"a whole number up to {long.MaxValue}"), ("System.String", "a text"), ("Double", "a number"), ("System.Boolean", "true or false"),
            (nameof(Vitess.CrossShardPolicy), "\"allow\", \"warn\" or \"deny\""),
        ];
        return known.FirstOrDefault(each => message.Contains(each.Type, StringComparison.Ordinal) && !message.Contains("Dictionary", StringComparison.Ordinal)).Words ?? "an object";
    }

    /// <summary>The JSON schema, as text.</summary>
    public static string SchemaText()
    {
        var exporter = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = static (context, schema) =>
            {
                var source = context.PropertyInfo?.AttributeProvider ?? context.TypeInfo.Type;
                if (schema is JsonObject node && source.GetCustomAttributes(typeof(DescriptionAttribute), false) is [DescriptionAttribute description, ..]) node.Insert(0, "description", description.Description);
                return schema;
            },
        };
        var schema = (JsonObject)Options.GetJsonSchemaAsNode(typeof(ServerConfig), exporter);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        return schema.ToJsonString(Options) + "\n";
    }

    private static void Check(ServerConfig config, string path)
    {
        try
        {
            if (config.Shards is < 1 or > KeyRange.MostShards) throw new ArgumentException($"shards must be from 1 to {KeyRange.MostShards}");
            if (config.RetentionDays is { } days) _ = RetentionOf(days);
            if (config.RetentionBytes is < 1) throw new ArgumentException("retentionBytes must be at least 1");
            if (config.Data is "") throw new ArgumentException("data names no directory");
            if (config.Http?.Listen is { } listen) _ = ListenAddress.Parse(listen);
            if (config.Http is { Key: not null, Cert: null }) throw new ArgumentException("http.key needs http.cert");
            if (config.Http is { DevCert: true, Cert: not null }) throw new ArgumentException("http.devCert and http.cert exclude one another");
            if (config.Http is { MaxRequestBytes: < 1 } or { MaxResultBytes: < 1 }) throw new ArgumentException("http.maxRequestBytes and http.maxResultBytes must be at least 1");
            if (config.Pg?.Listen is { } pg and not "none") _ = ListenAddress.Parse(pg);
            if (config.Pg is { MaxConnections: < 1 } or { MaxMessageBytes: < 1 }) throw new ArgumentException("pg.maxConnections and pg.maxMessageBytes must be at least 1");
            if (config.Gate is { AssemblyBytes: < 1 }) throw new ArgumentException("gate.assemblyBytes must be at least 1");
            if (config.Gate is { MemoryBytes: < 1 } or { StatementMemoryBytes: < 1 } or { ShardsAtOnce: < 1 }) throw new ArgumentException("gate.memoryBytes, gate.statementMemoryBytes and gate.shardsAtOnce must be at least 1");
            if (config.Gate is { MemoryWaitMs: < 0 }) throw new ArgumentException("gate.memoryWaitMs must be at least 0");
            if (config.Gate is { LockTimeoutMs: < 0 }) throw new ArgumentException("gate.lockTimeoutMs must be at least 0");
            if (config.Gate is { SemiJoinKeys: < 0 or > 10_000 }) throw new ArgumentException("gate.semiJoinKeys must be from 0 to 10000");
            if (config.Gate is { MaxTransactions: < 1 } or { TransactionIdleMs: < 1 } or { TransactionAgeMs: < 1 }) throw new ArgumentException("gate.maxTransactions, gate.transactionIdleMs and gate.transactionAgeMs must be at least 1");
            if (config.Otlp is { } otlp && CollectorOf(otlp) is null) throw new ArgumentException("otlp is no URL of a collector");
            config.Gate?.Limits?.ToLimits().Validate("gate.limits");
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, limits) in config.Keyspaces ?? new Dictionary<string, LimitsConfig>())
            {
                if (!names.Add(name)) throw new ArgumentException($"keyspaces.{name} is there twice");
                if (limits is null) throw new ArgumentException($"keyspaces.{name} is null");
                limits.ToLimits().Validate("keyspaces." + name);
            }
        }
        catch (ArgumentException mistake)
        {
            throw Mistake(path, mistake.Message);
        }
        catch (VitessException mistake)
        {
            throw Mistake(path, mistake.Message);
        }
    }

    private static ServerConfig WithFullPaths(ServerConfig config, string directory)
    {
        return config with
        {
            Data = Full(config.Data),
            Vschema = Full(config.Vschema),
            Gate = config.Gate is { } gate ? gate with { TempDirectory = Full(gate.TempDirectory) } : null,
            Http = config.Http is { } http ? http with { TokenFile = Full(http.TokenFile), Cert = Full(http.Cert), Key = Full(http.Key) } : null,
        };

        string? Full(string? path) => path is null ? null : Path.GetFullPath(path, directory);
    }

    private static VitessException Mistake(string path, string what) =>
        new(ErrorCodes.QueryError, $"the configuration file {path} cannot be used: {what}", sqlState: "F0000", hint: "`shale config schema` prints what may stand in it; docs/operations.md explains it.");
}
