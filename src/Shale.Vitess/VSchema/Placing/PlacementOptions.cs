using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What <c>WITH (shard_key = 'a, b', vindex = 'hash', reference = true)</c> of a CREATE TABLE says about its place.</summary>
internal sealed record PlacementOptions(ImmutableArray<string> ShardKey, string? Vindex, bool Reference)
{
    // PostgreSQL's storage parameters, and beginnings of them. They mean nothing on SQLite shards, and nothing is lost by that.
    private static readonly string[] Storage = ["fillfactor", "toast_tuple_target", "parallel_workers", "vacuum_", "autovacuum_", "log_autovacuum_", "user_catalog_table", "toast.", "oids"];

    public bool SaysAnything => !ShardKey.IsEmpty || Vindex is not null || Reference;

    /// <summary>Reads the options; those of the engine are left alone. SYNTAX_ERROR (22023) for unknown ones, and values that make no sense.</summary>
    public static PlacementOptions Of(CreateTableStatement statement, SqlDialect dialect)
    {
        var found = new PlacementOptions([], null, false);
        foreach (var option in statement.Options)
        {
            found = option.Name switch
            {
                "shard_key" => found with { ShardKey = Columns(option, statement, dialect) },
                "vindex" => found with { Vindex = option.Value is { Length: > 0 } name ? name : throw Invalid(option, "the name of a vindex, such as 'hash'") },
                "reference" => found with { Reference = Flag(option) },
                _ when Array.Exists(Storage, known => option.Name.StartsWith(known, StringComparison.Ordinal)) => found,
                _ => throw new VitessException(ErrorCodes.SyntaxError, $"unrecognized parameter \"{option.Name}\"", sqlState: "22023", hint: "shard_key, vindex and reference say where a table's rows live."),
            };
        }

        if (found.Reference && (!found.ShardKey.IsEmpty || found.Vindex is not null))
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, "a reference table has all its rows on every shard: it takes neither shard_key nor vindex");
        }

        return found;
    }

    /// <summary>Whether the option speaks of the place, so that the engine must not see it.</summary>
    public static bool IsOne(OptionItem option) => option.Name is "shard_key" or "vindex" or "reference";

    private static ImmutableArray<string> Columns(OptionItem option, CreateTableStatement statement, SqlDialect dialect)
    {
        var names = (option.Value ?? "").Split(',').Select(part => NameOf(part.Trim(), statement, dialect)).ToImmutableArray();
        return names.All(name => name.Length > 0) ? names : throw Invalid(option, "one or more columns, such as 'a, b'");
    }

    // Tools write the option's text from the names of columns as they are, without quotes of their own.
    private static string NameOf(string name, CreateTableStatement statement, SqlDialect dialect)
    {
        if (statement.Columns.Any(column => column.Name.Name == name)) return name;
        if (name.Length > 2 && name[0] == '"' && name[^1] == '"') return name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
        return dialect == SqlDialect.Postgres ? name.ToLowerInvariant() : name;
    }

    private static bool Flag(OptionItem option) => option.Value?.ToLowerInvariant() switch
    {
        null or "true" or "on" or "1" or "yes" => true,
        "false" or "off" or "0" or "no" => false,
        _ => throw Invalid(option, "true or false"),
    };

    private static VitessException Invalid(OptionItem option, string expected) =>
        new(ErrorCodes.SyntaxError, $"{option.Name} = '{option.Value}' is not {expected}", sqlState: "22023");
}
