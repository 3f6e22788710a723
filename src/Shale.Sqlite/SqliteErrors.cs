using System.Text.RegularExpressions;

namespace Shale.Sqlite;

/// <summary>What SQLite reports, in the registry's words. SQLite's own text stays the message, for it names table and column.</summary>
internal static partial class SqliteErrors
{
    /// <summary>The failure for a result code.</summary>
    /// <param name="code">The extended result code.</param>
    /// <param name="message">SQLite's message.</param>
    /// <param name="position">Where in the statement, 1-based in characters.</param>
    public static VitessException Create(int code, string message, int? position = null)
    {
        var (entry, state, hint) = Classify(code, message);
        return new VitessException(entry, message, sqlState: state, hint: hint, position: position);
    }

    private static (ErrorCode Entry, string State, string? Hint) Classify(int code, string message) => (code & 0xff) switch
    {
        SqliteCode.Constraint => Constraint(code, message),
        SqliteCode.Error => Statement(message),
        SqliteCode.Busy or SqliteCode.Locked or SqliteCode.Protocol => (ErrorCodes.LockTimeout, "55P03", null),
        SqliteCode.Interrupt => (ErrorCodes.Timeout, "57014", null),
        SqliteCode.NoMemory => (ErrorCodes.ResourceExhausted, "53200", null),
        SqliteCode.Full => (ErrorCodes.ShardError, "53100", "The disk is full: free some space, then try again. Nothing was written."),
        SqliteCode.IoError or SqliteCode.CantOpen => (ErrorCodes.ShardError, "58030", "Look at the disk and at the permissions of the shard's directory."),
        SqliteCode.Corrupt or SqliteCode.NotADatabase => (ErrorCodes.ShardError, "XX001", "The database file is damaged: restore it from a backup."),
        SqliteCode.ReadOnly => ReadOnly(code),
        SqliteCode.TooBig => (ErrorCodes.QueryError, "54000", "The value or statement is larger than SQLite takes."),
        SqliteCode.Mismatch => (ErrorCodes.TypeError, "42804", null),
        SqliteCode.Auth => (ErrorCodes.QueryError, "42501", null),
        SqliteCode.Range => (ErrorCodes.QueryError, "08P01", null),
        _ => (ErrorCodes.QueryError, "XX000", null),
    };

    private static (ErrorCode Entry, string State, string? Hint) Constraint(int code, string message) => code switch
    {
        SqliteCode.ConstraintUnique or SqliteCode.ConstraintPrimaryKey or SqliteCode.ConstraintRowId => (ErrorCodes.ConstraintViolation, "23505", null),

        // SQLite keeps ON DELETE RESTRICT by a trigger of its own.
        SqliteCode.ConstraintTrigger when message == "FOREIGN KEY constraint failed" => (ErrorCodes.ConstraintViolation, "23503", null),
        SqliteCode.ConstraintForeignKey => (ErrorCodes.ConstraintViolation, "23503", null),
        SqliteCode.ConstraintNotNull => (ErrorCodes.ConstraintViolation, "23502", null),
        SqliteCode.ConstraintCheck => (ErrorCodes.ConstraintViolation, "23514", null),
        SqliteCode.ConstraintDatatype => (ErrorCodes.TypeError, "42804", null),
        SqliteCode.ConstraintTrigger => (ErrorCodes.QueryError, "P0001", null),
        _ => (ErrorCodes.ConstraintViolation, "23000", null),
    };

    // The plain code is query_only's or a read-only open's; the extended ones are about the file itself.
    private static (ErrorCode Entry, string State, string? Hint) ReadOnly(int code) => code == SqliteCode.ReadOnly
        ? (ErrorCodes.ReadOnlyTransaction, "25006", null)
        : (ErrorCodes.ShardError, "58030", "Look at the permissions of the shard's directory.");

    private static (ErrorCode Entry, string State, string? Hint) Statement(string message)
    {
        foreach (var (pattern, entry, state) in Texts)
        {
            if (message.StartsWith(pattern, StringComparison.Ordinal)) return (entry, state, null);
        }

        foreach (var (pattern, entry, state) in Inner)
        {
            if (message.Contains(pattern, StringComparison.Ordinal)) return (entry, state, null);
        }

        return CountMismatch().IsMatch(message) ? (ErrorCodes.SyntaxError, "42601", null) : (ErrorCodes.QueryError, "42000", null);
    }

    [GeneratedRegex("^([0-9]+ values for [0-9]+ columns|table .* has [0-9]+ columns but [0-9]+ values were supplied)$", RegexOptions.Singleline)]
    private static partial Regex CountMismatch();

    // How SQLite's messages begin.
    private static readonly (string Pattern, ErrorCode Entry, string State)[] Texts =
    [
        // ALTER TABLE says so, of rows that are there, and without a code.
        ("CHECK constraint failed", ErrorCodes.ConstraintViolation, "23514"),
        ("NOT NULL constraint failed", ErrorCodes.ConstraintViolation, "23502"),
        ("no such table: ", ErrorCodes.NotFound, "42P01"),
        ("no such view: ", ErrorCodes.NotFound, "42P01"),
        ("no such column: ", ErrorCodes.NotFound, "42703"),
        ("no such function: ", ErrorCodes.NotFound, "42883"),
        ("wrong number of arguments to function ", ErrorCodes.NotFound, "42883"),
        ("no such table-valued function: ", ErrorCodes.NotFound, "42883"),
        ("no such collation sequence: ", ErrorCodes.NotFound, "42704"),
        ("no such index: ", ErrorCodes.NotFound, "42704"),
        ("no such trigger: ", ErrorCodes.NotFound, "42704"),
        ("no such module: ", ErrorCodes.NotFound, "42704"),
        ("no such window: ", ErrorCodes.NotFound, "42704"),
        ("unknown database ", ErrorCodes.NotFound, "3F000"),
        ("no such savepoint: ", ErrorCodes.TransactionError, "3B001"),
        ("cannot start a transaction within a transaction", ErrorCodes.TransactionError, "25001"),
        ("cannot commit - no transaction is active", ErrorCodes.TransactionError, "25P01"),
        ("cannot rollback - no transaction is active", ErrorCodes.TransactionError, "25P01"),
        ("cannot VACUUM", ErrorCodes.TransactionError, "25001"),
        ("ambiguous column name: ", ErrorCodes.QueryError, "42702"),
        ("near \"", ErrorCodes.SyntaxError, "42601"),
        ("incomplete input", ErrorCodes.SyntaxError, "42601"),
        ("unrecognized token: ", ErrorCodes.SyntaxError, "42601"),
        ("sub-select returns ", ErrorCodes.SyntaxError, "42601"),
        ("row value misused", ErrorCodes.SyntaxError, "42601"),
        ("no tables specified", ErrorCodes.SyntaxError, "42601"),
        ("integer overflow", ErrorCodes.TypeError, "22003"),
        ("malformed JSON", ErrorCodes.TypeError, "22P02"),
        ("JSON path error", ErrorCodes.TypeError, "22P02"),
        ("JSON cannot hold BLOB values", ErrorCodes.TypeError, "22P02"),
        ("duplicate column name: ", ErrorCodes.QueryError, "42701"),
        ("misuse of aggregate", ErrorCodes.QueryError, "42803"),
        ("a GROUP BY clause is required before HAVING", ErrorCodes.QueryError, "42803"),
        ("aggregate functions are not allowed in the GROUP BY clause", ErrorCodes.QueryError, "42803"),
        ("misuse of window function", ErrorCodes.QueryError, "42P20"),
        ("foreign key mismatch", ErrorCodes.QueryError, "42830"),
        ("ON CONFLICT clause does not match", ErrorCodes.QueryError, "42P10"),
        ("circular reference: ", ErrorCodes.QueryError, "42P19"),
        ("Cannot add a NOT NULL column", ErrorCodes.ConstraintViolation, "23502"),
        ("Expression tree is too large", ErrorCodes.QueryError, "54001"),
        ("parser stack overflow", ErrorCodes.QueryError, "54001"),
        ("too many levels of trigger recursion", ErrorCodes.QueryError, "54001"),
        ("too many ", ErrorCodes.QueryError, "54000"),
        ("at most ", ErrorCodes.QueryError, "54000"),
        ("not authorized", ErrorCodes.QueryError, "42501"),
        ("unsafe use of ", ErrorCodes.QueryError, "42501"),
        ("variable number must be between", ErrorCodes.QueryError, "08P01"),
    ];

    // What SQLite's messages hold after a name.
    private static readonly (string Pattern, ErrorCode Entry, string State)[] Inner =
    [
        (" already exists", ErrorCodes.QueryError, "42P07"),
        ("there is already a", ErrorCodes.QueryError, "42P07"),
        (" has no column named ", ErrorCodes.NotFound, "42703"),
        (": syntax error", ErrorCodes.SyntaxError, "42601"),
        ("do not have the same number of result columns", ErrorCodes.SyntaxError, "42601"),
        (" BY term does not match any column", ErrorCodes.QueryError, "42P10"),
        (" BY term out of range", ErrorCodes.QueryError, "42P10"),
        (" because it is a view", ErrorCodes.QueryError, "42809"),
        (" may not be used as a window function", ErrorCodes.QueryError, "42809"),
        (" generated column", ErrorCodes.QueryError, "428C9"),
        ("non-deterministic ", ErrorCodes.QueryError, "42P17"),
        (" depends on ", ErrorCodes.QueryError, "2BP01"),
    ];
}
