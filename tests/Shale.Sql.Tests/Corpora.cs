using System.Reflection;

namespace Shale.Sql.Tests;

/// <summary>The statements of Corpus/*.sql and of src/Shale.Cli/Bench/statements.sql. A statement ends at a line that ends with a semicolon; lines of comments between statements are left out.</summary>
internal static class Corpora
{
    public static IReadOnlyList<string> Postgres { get; } = Read("postgres.sql");

    public static IReadOnlyList<string> Sqlite { get; } = Read("sqlite.sql");

    public static IReadOnlyList<string> PostgresExtensions { get; } = Read("extensions.sql");

    public static IReadOnlyList<string> SqliteExtensions { get; } = Read("extensions.sqlite.sql");

    /// <summary>What applications send: the statements that <c>./shale bench gate</c> parses.</summary>
    public static IReadOnlyList<string> Applications { get; } = Read("statements.sql");

    public static IEnumerable<(string Sql, SqlDialect Dialect)> All =>
        Postgres.Concat(PostgresExtensions).Select(sql => (sql, SqlDialect.Postgres))
            .Concat(Sqlite.Concat(SqliteExtensions).Select(sql => (sql, SqlDialect.Sqlite)));

    private static List<string> Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        var statements = new List<string>();
        var statement = "";
        while (reader.ReadLine() is { } line)
        {
            if (statement.Length == 0 && (line.Length == 0 || line.StartsWith("--", StringComparison.Ordinal))) continue;
            statement += statement.Length == 0 ? line : "\n" + line;
            if (!line.EndsWith(';')) continue;
            statements.Add(statement);
            statement = "";
        }

        return statement.Length == 0 ? statements : throw new InvalidDataException($"{name} ends inside a statement: {statement}");
    }
}
