using Shale.Sql.Lexing;

namespace Shale.Sql;

/// <summary>What is known of a column.</summary>
/// <param name="Name">Folded as the dialect of the table's DDL folds it.</param>
/// <param name="Type">The type.</param>
/// <param name="DeclaredType">The type as it was written; empty for none.</param>
public sealed record ColumnSchema(string Name, SqlType Type, string DeclaredType)
{
    /// <summary>NOT NULL, or part of a primary key that implies it.</summary>
    public bool NotNull { get; init; }

    /// <summary>DEFAULT; null for none.</summary>
    public Expr? Default { get; init; }

    /// <summary>GENERATED ALWAYS AS.</summary>
    public bool Generated { get; init; }

    /// <summary>COLLATE; null for the default (BINARY).</summary>
    public string? Collation { get; init; }

    /// <summary>SERIAL, IDENTITY, or SQLite's INTEGER PRIMARY KEY: it numbers itself.</summary>
    public bool AutoNumber { get; init; }

    /// <summary>GENERATED … AS IDENTITY.</summary>
    public bool IsIdentity { get; init; }

    /// <summary>GENERATED ALWAYS AS IDENTITY: it takes no value of the user's.</summary>
    public bool IsIdentityAlways { get; init; }
}

/// <summary>A PRIMARY KEY or UNIQUE constraint, or a unique index.</summary>
/// <param name="Name">Its name; null for none.</param>
/// <param name="Columns">Names of its columns; an index on expressions has none and is not listed here.</param>
/// <param name="Primary">Whether it is the primary key.</param>
public sealed record KeySchema(string? Name, NodeList<string> Columns, bool Primary);

/// <summary>A foreign key.</summary>
/// <param name="Name">Its name; null for none.</param>
/// <param name="Columns">The child's columns.</param>
/// <param name="Parent">The parent table.</param>
/// <param name="ParentColumns">The parent's columns; empty for its primary key.</param>
/// <param name="OnDelete">Lower case; empty for no action.</param>
/// <param name="OnUpdate">Lower case; empty for no action.</param>
public sealed record ForeignKeySchema(
    string? Name, NodeList<string> Columns, string Parent, NodeList<string> ParentColumns, string OnDelete, string OnUpdate);

/// <summary>What is known of a table or view: enough to resolve names and to type expressions. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns, in order.</param>
public sealed record TableSchema(string Name, NodeList<ColumnSchema> Columns)
{
    /// <summary>The dialect of the DDL that made it.</summary>
    public SqlDialect Dialect { get; init; }

    /// <summary>Primary key, unique constraints and unique indexes on plain columns.</summary>
    public NodeList<KeySchema> Keys { get; init; } = NodeList<KeySchema>.Empty;

    /// <summary>Foreign keys.</summary>
    public NodeList<ForeignKeySchema> ForeignKeys { get; init; } = NodeList<ForeignKeySchema>.Empty;

    /// <summary>How many of the last columns only their names can name: those of a period, for which a star does not stand.</summary>
    public int HiddenColumns { get; init; }

    /// <summary>SQLite's WITHOUT ROWID.</summary>
    public bool WithoutRowId { get; init; }

    /// <summary>
    /// Whether columns of type numeric are held on SQLite shards as text with all their digits, and compare by <see cref="NumericOrder.Collation"/>, which is
    /// their collation then; columns of type interval have a collation of their own there, too. False for tables of dialect sqlite, of other engines, and those that earlier versions made: they hold SQLite's own numbers.
    /// </summary>
    public bool ExactNumerics { get; init; }

    /// <summary>SQLite's STRICT.</summary>
    public bool Strict { get; init; }

    /// <summary>Columns of the primary key; empty for none.</summary>
    public NodeList<string> PrimaryKey => Keys.FirstOrDefault(key => key.Primary)?.Columns ?? NodeList<string>.Empty;

    /// <summary>SQLite's INTEGER PRIMARY KEY, another name of the rowid; null for none.</summary>
    public ColumnSchema? RowIdColumn => Dialect == SqlDialect.Sqlite && PrimaryKey is [var key] && Column(key) is { AutoNumber: true } column ? column : null;

    /// <summary>The column of that name (in SQLite whatever the case), or null.</summary>
    public ColumnSchema? Column(string name) => Columns.FirstOrDefault(column => Names.Equal(column.Name, name, Dialect));
}

/// <summary>Comparison and writing of names.</summary>
public static class Names
{
    private const KeywordClass Special = KeywordClass.PostgresReserved | KeywordClass.PostgresFunctionOrType | KeywordClass.PostgresColumn;

    /// <summary>The name as PostgreSQL's quote_ident writes it: in double quotes unless it is a plain lower-case word that stands for itself.</summary>
    public static string Quote(string name)
    {
        var plain = name.Length > 0 && (char.IsAsciiLetterLower(name[0]) || name[0] == '_') && name.All(unit => char.IsAsciiLetterLower(unit) || char.IsAsciiDigit(unit) || unit == '_');
        return plain && (Keywords.ClassOf(Keywords.Find(name)) & Special) == 0 ? name : "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    /// <summary>A name as people write it, <c>Schema."Table"</c>, in one form for all ways to write it: folded, its parts in double quotes. Null if it is no name.</summary>
    public static string? Canonical(string written) => Parts(written) is { } parts ? string.Join('.', parts.Select(part => $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) : null;

    /// <summary>The parts of such a name, folded and without quotes. Null if it is no name.</summary>
    public static IReadOnlyList<string>? Parts(string written)
    {
        var parts = new List<string>();
        var at = 0;
        while (true)
        {
            if (TakePart(written, ref at) is not { } part) return null;
            parts.Add(part);
            if (at == written.Length) return parts;
            if (written[at++] != '.') return null;
        }
    }

    private static string? TakePart(string written, ref int at)
    {
        while (at < written.Length && written[at] == ' ') at++;
        var start = at;
        if (at < written.Length && written[at] == '"')
        {
            var end = ++at;
            while ((end = written.IndexOf('"', end)) >= 0 && end + 1 < written.Length && written[end + 1] == '"') end += 2;
            if (end < 0) return null;
            at = end + 1;
            return written[(start + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal);
        }

        while (at < written.Length && written[at] is not ('.' or '"')) at++;
        var part = written[start..at].TrimEnd(' ');
        return part.Length == 0 ? null : part.ToLowerInvariant();
    }

    /// <summary>PostgreSQL compares folded names exactly, SQLite whatever the case of ASCII letters.</summary>
    public static bool Equal(string left, string right, SqlDialect dialect) =>
        string.Equals(left, right, dialect == SqlDialect.Sqlite ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}
