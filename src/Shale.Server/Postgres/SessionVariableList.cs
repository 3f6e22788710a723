using System.Collections.Frozen;
using System.Globalization;

namespace Shale.Server;

/// <summary>
/// The variables of PostgreSQL that clients set. Those that decide what answers look like take the values that Shale has, and refuse others; those that decide how PostgreSQL works inside are taken, kept and
/// shown, and mean nothing here.
/// </summary>
internal static class SessionVariableList
{
    /// <summary>What the server says it is: the version of PostgreSQL whose SQL it follows.</summary>
    public const string ServerVersion = "15.0 (Shale)";

    /// <summary>What those can do who want another time zone.</summary>
    public const string ZoneHint = "The zone of sessions is UTC; write AT TIME ZONE 'Europe/Oslo' where a time of another zone is meant.";

    private static readonly string[] Isolations = ["serializable", "repeatable read", "read committed", "read uncommitted"];

    private static readonly string[] NamesOfUtc = ["utc", "uct", "gmt", "zulu", "universal", "etc/utc", "etc/gmt", "etc/uct", "etc/zulu", "etc/universal", "z", "0", "+0", "-0", "+00", "+00:00", "00:00", "00:00:00"];

    // What PostgreSQL does inside: never what it answers.
    private static readonly string[] Inner =
    [
        "work_mem=4MB", "maintenance_work_mem=64MB", "temp_buffers=8MB", "effective_cache_size=4GB", "random_page_cost=4", "seq_page_cost=1", "cpu_tuple_cost=0.01", "jit=on", "geqo=on",
        "enable_seqscan=on", "enable_indexscan=on", "enable_indexonlyscan=on", "enable_bitmapscan=on", "enable_hashjoin=on", "enable_mergejoin=on", "enable_nestloop=on", "enable_sort=on", "enable_hashagg=on",
        "enable_material=on", "enable_partitionwise_join=off", "enable_partitionwise_aggregate=off", "enable_parallel_hash=on", "force_parallel_mode=off", "max_parallel_workers_per_gather=2",
        "plan_cache_mode=auto", "synchronous_commit=on", "synchronize_seqscans=on", "default_table_access_method=heap", "default_tablespace=", "temp_tablespaces=", "check_function_bodies=on", "row_security=on",
        "log_statement=none", "log_min_duration_statement=-1", "log_min_messages=warning", "log_duration=off", "lc_messages=C", "tcp_keepalives_idle=7200", "tcp_user_timeout=0", "constraint_exclusion=partition", "session_replication_role=origin",
        "default_transaction_deferrable=off", "transaction_deferrable=off", "default_toast_compression=pglz", "vacuum_cost_delay=0", "password_encryption=scram-sha-256", "gin_pending_list_limit=4MB", "from_collapse_limit=8", "join_collapse_limit=8",
        "debug_print_plan=off", "track_activities=on", "commit_delay=0", "wal_compression=off",
    ];

    private static readonly string[] Fixed =
    [
        "server_encoding=UTF8", "integer_datetimes=on", "max_identifier_length=63", "block_size=8192", "lc_collate=C", "lc_ctype=C.UTF-8", "max_index_keys=32", "max_function_args=100", "in_hot_standby=off", "is_superuser=off",
        "segment_size=1GB", "wal_block_size=8192", "data_checksums=on", "ssl=off", "server_version_num=150000", "server_version=" + ServerVersion, "fsync=on", "full_page_writes=on", "wal_level=replica", "hot_standby=off",
        "max_connections=2000", "superuser_reserved_connections=0", "shared_buffers=128MB", "autovacuum=on", "listen_addresses=localhost", "data_directory_mode=0700", "max_prepared_transactions=0", "archive_mode=off",
    ];

    /// <summary>By name in lower case.</summary>
    public static FrozenDictionary<string, SessionVariable> ByName { get; } = All().ToFrozenDictionary(variable => variable.Name.ToLowerInvariant());

    private static IEnumerable<SessionVariable> All()
    {
        yield return new("application_name", "", Text) { IsReported = true };
        yield return new("client_encoding", "UTF8", Encoding) { IsReported = true };
        yield return new("DateStyle", "ISO, MDY", DateStyle) { IsReported = true };
        yield return new("TimeZone", "UTC", TimeZone) { IsReported = true };
        yield return Only("IntervalStyle", "postgres", "iso_8601") with { IsReported = true };
        yield return Only("standard_conforming_strings", "on") with { IsReported = true };
        yield return Only("bytea_output", "hex");
        yield return Only("escape_string_warning", "on", "off");
        yield return Only("backslash_quote", "safe_encoding", "on", "off");
        yield return Only("array_nulls", "on");
        yield return Only("transform_null_equals", "off");
        yield return Only("xmloption", "content", "document");
        yield return Only("quote_all_identifiers", "off", "on");
        yield return Only("client_min_messages", "notice", "debug5", "debug4", "debug3", "debug2", "debug1", "log", "warning", "error");
        yield return Only("default_transaction_read_only", "off", "on") with { IsReported = true };
        yield return new("default_transaction_isolation", "read committed", Isolation);
        yield return new("extra_float_digits", "1", FloatDigits);
        yield return new("search_path", "\"$user\", public", SearchPath);
        yield return new("statement_timeout", "0", Milliseconds);
        yield return new("idle_in_transaction_session_timeout", "0", Milliseconds);
        yield return new("idle_session_timeout", "0", Milliseconds);
        yield return new("lock_timeout", "0", Milliseconds);
        yield return new("role", "none", (variable, values) => values is ["none"] ? "none" : throw variable.Unsupported(values, "There are no roles."));
        foreach (var each in Inner) yield return new(each[..each.IndexOf('=')], each[(each.IndexOf('=') + 1)..], Text);
        foreach (var each in Fixed) yield return new(each[..each.IndexOf('=')], each[(each.IndexOf('=') + 1)..], ReadOnly) { IsReported = each.StartsWith("server_", StringComparison.Ordinal) && !each.Contains("num", StringComparison.Ordinal) || each.StartsWith("in_hot", StringComparison.Ordinal) || each.StartsWith("is_super", StringComparison.Ordinal) || each.StartsWith("integer_", StringComparison.Ordinal) };
    }

    /// <summary>Whether a time zone is the one of sessions.</summary>
    public static bool IsUtc(string zone) => NamesOfUtc.Contains(zone.ToLowerInvariant());

    /// <summary>on or off; null for what is neither.</summary>
    public static string? Switch(string value) => value.ToLowerInvariant() switch
    {
        "on" or "true" or "yes" or "1" or "t" or "y" => "on",
        "off" or "false" or "no" or "0" or "f" or "n" => "off",
        _ => null,
    };

    /// <summary>A time that <see cref="Milliseconds"/> has shown; null for none.</summary>
    public static TimeSpan? Time(string shown) => shown == "0" ? null : TimeSpan.FromMilliseconds(Parse(shown)!.Value);

    private static SessionVariable Only(string name, params string[] values) => new(name, values[0], (variable, given) =>
    {
        var one = given.Count == 1 ? given[0].ToLowerInvariant() : throw variable.Invalid(given);
        if (values.Contains(one)) return one;
        if (Switch(one) is { } meant && values.Contains(meant)) return meant;
        throw variable.Unsupported(given, $"It can be {string.Join(", ", values)}.");
    });

    private static string Text(SessionVariable variable, IReadOnlyList<string> values) => string.Join(", ", values);

    private static string ReadOnly(SessionVariable variable, IReadOnlyList<string> values) =>
        throw new VitessException(ErrorCodes.QueryError, $"parameter \"{variable.Name}\" cannot be changed", sqlState: "55P02", hint: "It says what the server is.");

    private static string Encoding(SessionVariable variable, IReadOnlyList<string> values) => Cleaned(string.Concat(values)) switch
    {
        "utf8" or "unicode" => "UTF8",

        // A client that does not say which: it gets the bytes as they are.
        "sqlascii" => "SQL_ASCII",
        _ => throw variable.Unsupported(values, "Texts are sent as UTF8."),
    };

    // As PostgreSQL compares them: by letters and digits alone. asyncpg puts quotes around the name.
    private static string Cleaned(string encoding) => string.Concat(encoding.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static string DateStyle(SessionVariable variable, IReadOnlyList<string> values)
    {
        var words = string.Join(',', values).ToLowerInvariant().Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && words.All(word => word is "iso" or "mdy" or "us" or "noneuropean") ? "ISO, MDY" : throw variable.Unsupported(values, "Dates are written as ISO has it; in what is read the month comes before the day.");
    }

    private static string TimeZone(SessionVariable variable, IReadOnlyList<string> values) =>
        values is [var zone] && IsUtc(zone) ? zone : throw variable.Unsupported(values, ZoneHint);

    private static string FloatDigits(SessionVariable variable, IReadOnlyList<string> values)
    {
        if (values is not [var text] || !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var digits) || digits is < -15 or > 3) throw variable.Invalid(values);
        return digits > 0 ? text : throw variable.Unsupported(values, "Floats are written with as many digits as tell them apart: 1 to 3.");
    }

    private static string Isolation(SessionVariable variable, IReadOnlyList<string> values) =>
        values is [var one] && Isolations.Contains(one.ToLowerInvariant()) ? one.ToLowerInvariant() : throw variable.Invalid(values);

    private static string SearchPath(SessionVariable variable, IReadOnlyList<string> values)
    {
        // An empty one is what dumps set: they name every schema.
        var names = string.Join(',', values).Split(',', StringSplitOptions.TrimEntries).Select(name => name.Trim('"')).ToList();
        if (names.All(name => name is "public" or "$user" or "pg_catalog" or "pg_temp" or "information_schema" or "")) return string.Join(", ", names.Select(name => name is "$user" or "" ? $"\"{name}\"" : name));
        throw variable.Unsupported(values, "The tables of the keyspace are in public; write other keyspaces in front of the table, or connect to them.");
    }

    private static string Milliseconds(SessionVariable variable, IReadOnlyList<string> values)
    {
        if (values is not [var text] || Parse(text) is not { } milliseconds || milliseconds is < 0 or > int.MaxValue) throw variable.Invalid(values);
        (long Unit, string Name)[] units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms")];
        var (unit, name) = units.First(each => milliseconds % each.Unit == 0);
        return milliseconds == 0 ? "0" : (milliseconds / unit).ToString(CultureInfo.InvariantCulture) + name;
    }

    private static long? Parse(string text)
    {
        var digits = text.AsSpan().Trim().TrimEnd("abcdefghijklmnopqrstuvwxyz ");
        var unit = text.AsSpan().Trim()[digits.Length..].Trim() switch
        {
            "" or "ms" => 1L,
            "s" => 1000,
            "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => 0,
        };
        return unit > 0 && int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number * unit : null;
    }
}
