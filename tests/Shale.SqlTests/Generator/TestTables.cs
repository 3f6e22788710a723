using System.Text;
using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>A column of the generated tables.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Nullable">Whether it may be NULL.</param>
/// <param name="Huge">Whether its integers may be so large that computing with them would overflow.</param>
public sealed record TestColumn(string Name, ColumnKind Kind, bool Nullable = true, bool Huge = false)
{
    /// <summary>The declared type; null for the usual one of its kind.</summary>
    public string? Type { get; init; }

    /// <summary>The literal of its DEFAULT; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>Whether a CHECK keeps its integers below 20.</summary>
    public bool Checked { get; init; }

    /// <summary>Whether a UNIQUE constraint holds it.</summary>
    public bool Unique { get; init; }
}

/// <summary>A table of a generated schema.</summary>
public sealed record TestTable(string Name, string[] Key, TestColumn[] Columns)
{
    /// <summary>The columns of its UNIQUE constraint; empty for none.</summary>
    public string[] Unique { get; init; } = [];

    /// <summary>The query that it is, where it is a view; null for a table.</summary>
    public string? Query { get; init; }

    /// <summary>The columns that are in no key.</summary>
    public TestColumn[] Values => [.. Columns.Where(column => !Key.Contains(column.Name))];

    /// <summary>The columns of its key, in the key's order.</summary>
    public TestColumn[] KeyColumns => [.. Key.Select(Column)];

    /// <summary>The column of that name.</summary>
    public TestColumn Column(string name) => Columns.First(column => column.Name == name);

    /// <summary>The CREATE TABLE or CREATE VIEW.</summary>
    public string Create(SqlDialect dialect)
    {
        if (Query is not null) return $"CREATE VIEW {Name} AS {Query}";
        var parts = Columns.Select(column => Define(column, dialect)).ToList();
        if (Key.Length > 0) parts.Add($"PRIMARY KEY ({string.Join(", ", Key)})");
        if (Unique.Length > 0) parts.Add($"UNIQUE ({string.Join(", ", Unique)})");
        return $"CREATE TABLE {Name} ({string.Join(", ", parts)})";
    }

    /// <summary>The DROP TABLE or DROP VIEW.</summary>
    public string Drop => $"DROP {(Query is null ? "TABLE" : "VIEW")} {Name}";

    private static string Define(TestColumn column, SqlDialect dialect)
    {
        var text = new StringBuilder(column.Name).Append(' ').Append(column.Type ?? TypeOf(column.Kind, dialect));
        if (column.Kind == ColumnKind.NoCase) text.Append(" COLLATE NOCASE");
        if (!column.Nullable) text.Append(" NOT NULL");
        if (column.Default is { } value) text.Append(" DEFAULT ").Append(value);
        if (column.Checked) text.Append(" CHECK (").Append(column.Name).Append(" < 20)");
        return text.ToString();
    }

    /// <summary>The usual type of a kind.</summary>
    public static string TypeOf(ColumnKind kind, SqlDialect dialect) => kind switch
    {
        ColumnKind.Int => "BIGINT",
        ColumnKind.Real => "DOUBLE PRECISION",
        ColumnKind.Bool => "BOOLEAN",
        ColumnKind.Numeric => "NUMERIC",
        ColumnKind.Date => "DATE",
        ColumnKind.Timestamp => "TIMESTAMP",
        ColumnKind.TimestampTz => "TIMESTAMPTZ",
        ColumnKind.Uuid => "UUID",
        ColumnKind.Blob => dialect == SqlDialect.Postgres ? "BYTEA" : "BLOB",
        _ => "TEXT",
    };
}
