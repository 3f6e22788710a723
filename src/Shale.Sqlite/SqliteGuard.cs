using System.Collections.Frozen;

namespace Shale.Sqlite;

/// <summary>What statements may not do on a SQLite connection (SEMANTICS S7): reach other files, load code, change how the engine works.</summary>
public static class SqliteGuard
{
    // Name, and whether it may have an argument: those without would set something.
    private static readonly FrozenDictionary<string, bool> Pragmas = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase)
    {
        ["table_info"] = true,
        ["table_xinfo"] = true,
        ["table_list"] = true,
        ["index_list"] = true,
        ["index_info"] = true,
        ["index_xinfo"] = true,
        ["foreign_key_list"] = true,
        ["foreign_key_check"] = true,
        ["function_list"] = true,
        ["collation_list"] = true,
        ["module_list"] = true,
        ["pragma_list"] = true,
        ["compile_options"] = true,
        ["integrity_check"] = true,
        ["quick_check"] = true,
        ["defer_foreign_keys"] = true,
        ["optimize"] = true,
        ["user_version"] = false,
        ["application_id"] = false,
        ["data_version"] = false,
        ["schema_version"] = false,
        ["page_count"] = false,
        ["page_size"] = false,
        ["max_page_count"] = false,
        ["freelist_count"] = false,
        ["encoding"] = false,
        ["foreign_keys"] = false,
        ["journal_mode"] = false,
        ["synchronous"] = false,
        ["recursive_triggers"] = false,
        ["query_only"] = false,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Functions = new[] { "load_extension", "fts3_tokenizer" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Judges a connection's statements.</summary>
    public static SqliteAuthorizer For(SqliteConnection connection, bool isScratch) => (in AuthorizerRequest request) => request.Action switch
    {
        // VACUUM attaches an unnamed file of its own while it runs, in a transaction.
        SqliteAction.Attach when connection.IsStepping && string.IsNullOrEmpty(request.First) => null,
        SqliteAction.Attach => "ATTACH and VACUUM INTO are not allowed: a shard reaches no other file",
        SqliteAction.Detach when connection.IsStepping => null,
        SqliteAction.Detach => "DETACH is not allowed",
        SqliteAction.Pragma => Pragma(request.First!, request.Second),
        SqliteAction.Function when Functions.Contains(request.Second!) => $"the function {request.Second} is not allowed",
        SqliteAction.Transaction when connection.IsStepping => null,
        SqliteAction.Transaction => $"{request.First} as a statement is not allowed: transactions are begun and ended by messages",
        SqliteAction.CreateVirtualTable when request.Second == "sqlite_dbpage" => "the module sqlite_dbpage is not allowed",
        SqliteAction.CreateTempTable or SqliteAction.CreateTempView or SqliteAction.CreateTempTrigger or SqliteAction.CreateTempIndex when !isScratch =>
            "temporary objects are not allowed on a shard: its connections are shared",
        _ => null,
    };

    private static string? Pragma(string name, string? argument) => Pragmas.TryGetValue(name, out var takesArgument)
        ? argument is null || takesArgument ? null : $"PRAGMA {name} can only be read"
        : $"PRAGMA {name} is not allowed";
}
