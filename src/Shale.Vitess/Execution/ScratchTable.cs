using System.Text;

namespace Shale.Vitess;

/// <summary>DDL of scratch tables: columns with the declared type and collation of their source, no constraints.</summary>
internal static class ScratchTable
{
    /// <summary>A column definition.</summary>
    /// <param name="name">Its name, unquoted.</param>
    /// <param name="type">The declared type of the source; null for none, and then values stay as they come.</param>
    /// <param name="collation">Null for the default.</param>
    public static string Column(string name, string? type, string? collation) =>
        $"{Quote(name)} {type}{(collation is null ? "" : " COLLATE " + Quote(collation))}";

    /// <summary>The CREATE TABLE.</summary>
    public static string Create(string table, IEnumerable<string> columns) => $"CREATE TABLE {Quote(table)} ({string.Join(", ", columns)})";

    /// <summary>An index on one column.</summary>
    public static string CreateIndex(string table, string column) => $"CREATE INDEX {Quote($"_{table}_{column}")} ON {Quote(table)} ({Quote(column)})";

    /// <summary>An identifier in double quotes.</summary>
    public static string Quote(string name) => new StringBuilder(name.Length + 2).Append('"').Append(name.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').ToString();
}
