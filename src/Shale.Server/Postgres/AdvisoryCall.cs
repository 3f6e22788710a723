using System.Collections.Frozen;
using Shale.Contracts;

namespace Shale.Server;

/// <summary>What a call of one of PostgreSQL's functions over advisory locks asks for.</summary>
/// <param name="Key">The lock.</param>
/// <param name="Exclusive">Whether nobody else may have it.</param>
/// <param name="OfTransaction">Whether it goes with the transaction.</param>
internal readonly record struct AdvisoryCall(AdvisoryKey Key, bool Exclusive, bool OfTransaction)
{
    /// <summary>The function that gives back all that a session keeps.</summary>
    public const string UnlockAll = "pg_advisory_unlock_all";

    private static readonly FrozenSet<string> Functions = new[]
    {
        "pg_advisory_lock", "pg_advisory_lock_shared", "pg_advisory_xact_lock", "pg_advisory_xact_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared",
        "pg_try_advisory_xact_lock", "pg_try_advisory_xact_lock_shared", "pg_advisory_unlock", "pg_advisory_unlock_shared", UnlockAll,
    }.ToFrozenSet();

    /// <summary>Whether a function is one of them.</summary>
    public static bool Is(string function) => Functions.Contains(function);

    /// <summary>Whether it only tries.</summary>
    public static bool Tries(string function) => function.StartsWith("pg_try_", StringComparison.Ordinal);

    /// <summary>Whether it gives back.</summary>
    public static bool Releases(string function) => function.StartsWith("pg_advisory_unlock", StringComparison.Ordinal);

    /// <summary>The type of what a function returns.</summary>
    public static string Returns(string function) => Tries(function) || (Releases(function) && function != UnlockAll) ? "bool" : "void";

    /// <summary>What a call asks for.</summary>
    /// <param name="function">Its function; not <see cref="UnlockAll"/>.</param>
    /// <param name="database">The database it is made in.</param>
    /// <param name="arguments">One number, or two; none of them NULL.</param>
    public static AdvisoryCall Read(string function, string database, IReadOnlyList<SqlValue> arguments) => new(
        new AdvisoryKey(database, arguments[0].AsInteger(), arguments.Count > 1 ? (int)arguments[1].AsInteger() : null),
        !function.EndsWith("_shared", StringComparison.Ordinal), function.Contains("_xact_", StringComparison.Ordinal));
}
