using System.Diagnostics.CodeAnalysis;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What SQLite says of a broken constraint, in PostgreSQL's words, for sessions of that dialect. Code and SQLSTATE stay as they are.</summary>
internal static class PostgresConstraints
{
    private const string NotNull = "NOT NULL constraint failed: ";
    private const string Unique = "UNIQUE constraint failed: ";
    private const string Check = "CHECK constraint failed: ";
    private const string Foreign = "FOREIGN KEY constraint failed";

    // What the translation's own function for keys says, which knows the column alone.
    private const string NullStart = "null value in column \"";
    private const string NullEnd = "\" violates not-null constraint";

    /// <summary>Reads a failure.</summary>
    /// <param name="failure">What the shard reported.</param>
    /// <param name="catalog">The session's tables.</param>
    /// <param name="table">The table that the statement writes; null if unknown.</param>
    /// <param name="inWords">The same failure in PostgreSQL's words.</param>
    /// <returns>False for failures of other kinds.</returns>
    public static bool TryRead(VitessException failure, Catalog catalog, ObjectName? table, [NotNullWhen(true)] out VitessException? inWords)
    {
        inWords = null;
        if (catalog.Dialect != SqlDialect.Postgres || failure.Code != ErrorCodes.ConstraintViolation.Code) return false;
        if (Words(failure.Message, catalog, table) is not { } message) return false;
        inWords = new VitessException(ErrorCodes.ConstraintViolation, message, failure.Shard, failure.SqlState, failure.Hint, failure, failure.Position);
        return true;
    }

    private static string? Words(string message, Catalog catalog, ObjectName? table)
    {
        if (message.StartsWith(NotNull, StringComparison.Ordinal)) return NullIn(Split(message[NotNull.Length..]));
        if (message.StartsWith(Unique, StringComparison.Ordinal)) return $"duplicate key value violates unique constraint \"{KeyOf(message[Unique.Length..], catalog)}\"";
        if (message.StartsWith(Check, StringComparison.Ordinal)) return $"new row for relation \"{table?.Name.Name}\" violates check constraint \"{message[Check.Length..]}\"";
        if (message.StartsWith(Foreign, StringComparison.Ordinal)) return table is null ? "a foreign key constraint is violated" : $"a change of table \"{table.Name.Name}\" violates a foreign key constraint";
        var bare = message.StartsWith(NullStart, StringComparison.Ordinal) && message.EndsWith(NullEnd, StringComparison.Ordinal);
        return bare && table is not null ? NullIn((table.Name.Name, message[NullStart.Length..^NullEnd.Length])) : null;
    }

    private static string NullIn((string Table, string Column) at) => $"null value in column \"{at.Column}\" of relation \"{at.Table}\" violates not-null constraint";

    // SQLite names the columns, "t.a, t.b", or an index on expressions, "index 'name'".
    private static string KeyOf(string columns, Catalog catalog)
    {
        if (columns.StartsWith("index '", StringComparison.Ordinal)) return columns[7..^1];
        var parts = columns.Split(", ").Select(Split).ToArray();
        var schema = catalog.FindPlace(new ObjectName(null, new Identifier(parts[0].Table)))?.Schema;
        var key = schema?.Keys.FirstOrDefault(key => key.Columns.SequenceEqual(parts.Select(part => part.Column), VSchemaNames.Comparer));
        return key?.Name ?? string.Join("_", parts.Select(part => part.Column).Prepend(parts[0].Table).Append("key"));
    }

    private static (string Table, string Column) Split(string dotted)
    {
        var dot = dotted.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? ("", dotted) : (dotted[..dot], dotted[(dot + 1)..]);
    }
}
