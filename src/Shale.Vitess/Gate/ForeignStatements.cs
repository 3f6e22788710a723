using System.Text.RegularExpressions;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Statements of PostgreSQL's that are known by their first words and that Shale does not run: what they ask for is there, or a refusal says what to do instead.</summary>
internal static partial class ForeignStatements
{
    private static readonly (string[] Words, string Hint)[] Hints =
    [
        (["COPY"], "Send INSERT statements: many rows in each, or a batch of them."),
        (["CREATE TYPE", "ALTER TYPE", "DROP TYPE", "CREATE DOMAIN", "ALTER DOMAIN", "DROP DOMAIN"], "There are no types of users: use text with CHECK (… IN ('a', 'b')), or a reference table of the values and a foreign key."),
        (["CREATE FUNCTION", "ALTER FUNCTION", "DROP FUNCTION", "CREATE PROCEDURE", "ALTER PROCEDURE", "DROP PROCEDURE", "CREATE AGGREGATE"], "There are no functions of users: send their statements in a transaction, or in a DO block."),
        (["DO"], "Blocks run through PostgreSQL's door: send it with psql or another client of PostgreSQL."),
        (["CREATE SCHEMA", "ALTER SCHEMA", "DROP SCHEMA"], "Tables of a keyspace are in schema public, and each other keyspace is a schema of its name."),
        (["CREATE DATABASE", "ALTER DATABASE", "DROP DATABASE"], "A database is a keyspace: `shale serve` makes them, and CALL dosql_branch('name') branches of them on SQLite shards."),
        (["GRANT", "REVOKE", "CREATE ROLE", "ALTER ROLE", "DROP ROLE", "CREATE USER", "ALTER USER", "DROP USER", "CREATE GROUP", "ALTER GROUP", "DROP GROUP", "ALTER DEFAULT", "REASSIGN", "DROP OWNED", "SECURITY LABEL", "CREATE POLICY", "ALTER POLICY", "DROP POLICY"], NoRoles),
    ];

    private const string NoRoles = "There are no roles: who may connect may do everything. pg_dump --no-owner --no-privileges leaves them out.";

    /// <summary>The answer, where nothing is to be done. Errors: QUERY_ERROR (0A000, 42710, 42P06).</summary>
    /// <param name="raw">The statement.</param>
    /// <param name="engine">What the shards are: PostgreSQL ones may have functions that nobody made here.</param>
    public static GateResult Answer(RawStatement raw, SqlDialect engine)
    {
        var keyword = raw.Keyword.ToUpperInvariant();
        if (ExtensionStatements.TryAnswer(raw.Text) is { } answer) return answer;
        if (Made().Match(raw.Text) is { Success: true } made)
        {
            const string What = "schema \"public\" already exists";
            if (made.Groups["test"].Success) return new GateResult(new RowSet([])) { Tier = "gate", Notices = [What + ", skipping"] };
            throw new VitessException(ErrorCodes.QueryError, What, sqlState: "42P06", hint: "Nothing needs to be done.");
        }

        if (engine == SqlDialect.Sqlite && Gone().Match(raw.Text) is { Success: true } gone) return NothingDropped(gone);
        if (Triggers().Match(raw.Text) is { Success: true } triggers) throw Refused($"{keyword} … {triggers.Groups[1].Value.ToUpperInvariant()} TRIGGER is not supported", "Foreign keys are always checked: delete children before parents, or declare the keys DEFERRABLE and SET CONSTRAINTS ALL DEFERRED.");
        if (Owner().IsMatch(raw.Text)) throw Refused($"{keyword} … OWNER TO is not supported", NoRoles);
        var hint = Array.Find(Hints, each => each.Words.Contains(keyword)).Hint;
        throw Refused($"{keyword} is not supported", hint ?? "docs/compat/postgres-on-sqlite.md says what is.");
    }

    private static GateResult NothingDropped(Match drop)
    {
        var (kind, name) = (drop.Groups["kind"].Value.ToLowerInvariant(), drop.Groups["name"].Value);
        name = name[0] == '"' ? name[1..^1] : name.ToLowerInvariant();
        return new GateResult(new RowSet([])) { Tier = "gate", Notices = [kind is "type" or "domain" ? $"type \"{name}\" does not exist, skipping" : $"{kind} {name}{drop.Groups["arguments"].Value} does not exist, skipping"] };
    }

    private static VitessException Refused(string message, string hint) => new(ErrorCodes.QueryError, message, sqlState: "0A000", hint: hint);

    // What scripts begin with that make all anew: there are none.
    [GeneratedRegex("""
        \ADROP\s+(?<kind>FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN)\s+IF\s+EXISTS\s+(?:(?:"[^"]+"|\w+)\.)?(?<name>"[^"]+"|\w+)\s*(?<arguments>\([^()]*\))?(?:\s+(?:CASCADE|RESTRICT))?\s*;?\s*\z
        """, RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Gone();

    // What every database of PostgreSQL's begins with.
    [GeneratedRegex("""\ACREATE\s+SCHEMA\s+(?<test>IF\s+NOT\s+EXISTS\s+)?"?public"?\s*;?\s*\z""", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Made();

    [GeneratedRegex(@"\AALTER\s+TABLE\s.*\s(ENABLE|DISABLE)\s+TRIGGER\s+\S+\s*;?\s*\z", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Triggers();

    [GeneratedRegex(@"\sOWNER\s+TO\s+\S+\s*;?\s*\z", RegexOptions.IgnoreCase)]
    private static partial Regex Owner();
}
