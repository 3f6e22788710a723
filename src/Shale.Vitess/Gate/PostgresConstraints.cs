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
    /// <param name="adds">Whether the statement only adds rows to it.</param>
    /// <param name="inWords">The same failure in PostgreSQL's words.</param>
    /// <returns>False for failures of other kinds.</returns>
    public static bool TryRead(VitessException failure, Catalog catalog, ObjectName? table, bool adds, [NotNullWhen(true)] out VitessException? inWords)
    {
        inWords = null;
        if (catalog.Dialect != SqlDialect.Postgres || failure.Code != ErrorCodes.ConstraintViolation.Code) return false;
        if (Read(failure, catalog, table, adds) is not ({ } message, var subject)) return false;
        inWords = new VitessException(ErrorCodes.ConstraintViolation, message, failure.Shard, failure.SqlState, failure.Hint, failure, failure.Position) { Subject = subject };
        return true;
    }

    private static (string Message, FailureSubject? Subject)? Read(VitessException failure, Catalog catalog, ObjectName? table, bool adds)
    {
        var message = failure.Message;
        if (message.StartsWith(NotNull, StringComparison.Ordinal)) return NullIn(Split(message[NotNull.Length..]));
        if (message.StartsWith(Unique, StringComparison.Ordinal)) return Twice(message[Unique.Length..], catalog, failure.Subject?.Detail);
        if (message.StartsWith(Check, StringComparison.Ordinal))
        {
            var check = message[Check.Length..];
            return ($"new row for relation \"{table?.Name.Name}\" violates check constraint \"{check}\"", new FailureSubject(table?.Name.Name, Constraint: check));
        }

        if (message.StartsWith(Foreign, StringComparison.Ordinal)) return table is null ? ("a foreign key constraint is violated", null) : Unreferenced(table, catalog, adds);

        // PostgreSQL's own words name the table already.
        var bare = failure.Subject is null && message.StartsWith(NullStart, StringComparison.Ordinal) && message.EndsWith(NullEnd, StringComparison.Ordinal);
        return bare && table is not null ? NullIn((table.Name.Name, message[NullStart.Length..^NullEnd.Length])) : null;
    }

    private static (string Message, FailureSubject? Subject) NullIn((string Table, string Column) at) =>
        ($"null value in column \"{at.Column}\" of relation \"{at.Table}\" violates not-null constraint", new FailureSubject(at.Table, at.Column));

    // SQLite names the columns, "t.a, t.b", or an index on expressions, "index 'name'".
    private static (string Message, FailureSubject? Subject) Twice(string columns, Catalog catalog, string? detail)
    {
        var subject = columns.StartsWith("index '", StringComparison.Ordinal) ? new FailureSubject(Constraint: columns[7..^1]) : KeyOf(columns, catalog, detail);
        return ($"duplicate key value violates unique constraint \"{subject.Constraint}\"", subject);
    }

    private static FailureSubject KeyOf(string columns, Catalog catalog, string? detail)
    {
        var parts = columns.Split(", ").Select(Split).ToArray();
        var table = parts[0].Table;
        var place = catalog.FindPlace(new ObjectName(null, new Identifier(table)));
        var schema = place?.Schema;
        bool Are(IEnumerable<string> columns) => columns.SequenceEqual(parts.Select(part => part.Column), VSchemaNames.Comparer);
        var key = schema?.Keys.FirstOrDefault(key => Are(key.Columns))?.Name ?? (place is null ? null : OnlyIndexOf(place.Table, Are));
        return new FailureSubject(table, Constraint: key ?? string.Join("_", parts.Select(part => part.Column).Prepend(table).Append("key")))
        {
            Detail = AreStoredAsShown(schema, parts.Select(part => part.Column)) ? detail : null,
        };
    }

    // An index of some of the rows is no key of the table. Of several with the same columns SQLite does not say which it is.
    private static string? OnlyIndexOf(VTable table, Func<IEnumerable<string>, bool> are) => table.Indexes.Where(index => index.Unique && are(index.Columns)).ToList() is [var only] ? only.Name : null;

    /// <summary>Whether a shard on SQLite has values of these columns as clients see them: other types' values are not always stored so.</summary>
    public static bool AreStoredAsShown(TableSchema? schema, IEnumerable<string> columns) => columns.All(column =>
        schema?.Columns.FirstOrDefault(each => VSchemaNames.Comparer.Equals(each.Name, column))?.Type is { IsArray: false, Kind: SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 });

    // SQLite does not say which foreign key it is: where only one can be, it is named. A row that is added breaks no key that points at its table.
    private static (string Message, FailureSubject? Subject) Unreferenced(ObjectName written, Catalog catalog, bool adds)
    {
        var table = written.Name.Name;
        List<(VTable Child, int Key)> possible = [];
        foreach (var child in catalog.KeyspaceOf(written)?.Tables.Values ?? [])
        {
            for (var i = 0; i < (child.Schema?.ForeignKeys.Count ?? 0); i++)
            {
                if (VSchemaNames.Comparer.Equals(child.Name, table) || (!adds && VSchemaNames.Comparer.Equals(child.Schema!.ForeignKeys[i].Parent, table))) possible.Add((child, i));
            }
        }

        if (possible is not [var (only, index)]) return ($"a change of table \"{table}\" violates a foreign key constraint", new FailureSubject(table));
        var (name, key) = (ModelKeys.ForeignKeyName(only, index), only.Schema!.ForeignKeys[index]);
        if (adds || !VSchemaNames.Comparer.Equals(key.Parent, table)) return ($"insert or update on table \"{table}\" violates foreign key constraint \"{name}\"", new FailureSubject(table, Constraint: name));

        // A key that takes its rows along may have broken one further on.
        if (HasActions(key) || VSchemaNames.Comparer.Equals(only.Name, table)) return ($"a change of table \"{table}\" violates a foreign key constraint", new FailureSubject(table));
        return ($"update or delete on table \"{table}\" violates foreign key constraint \"{name}\" on table \"{only.Name}\"", new FailureSubject(only.Name, Constraint: name));
    }

    private static bool HasActions(ForeignKeySchema key) => new[] { key.OnDelete, key.OnUpdate }.Any(action => action is not ("" or "restrict" or "no action"));

    private static (string Table, string Column) Split(string dotted)
    {
        var dot = dotted.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? ("", dotted) : (dotted[..dot], dotted[(dot + 1)..]);
    }
}
