using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>One statement of a fixture and what is asked of it.</summary>
/// <param name="Line">1-based, where it begins.</param>
/// <param name="Sql">Without its semicolon.</param>
/// <param name="Error">The SQLSTATE that it must fail with everywhere; null if it must succeed.</param>
/// <param name="MayRefuse">Whether shards may refuse it (0A000) where one database need not.</param>
/// <param name="Unordered">Whether its order is left open although it has ORDER BY.</param>
/// <param name="NotPlain">Whether plain SQLite is not asked.</param>
internal sealed record FixtureStatement(int Line, string Sql, string? Error, bool MayRefuse, bool Unordered, bool NotPlain);

/// <summary>How the tables of a fixture are spread: for each named table what stands in its WITH (…).</summary>
internal sealed record FixturePlacement(string Name, IReadOnlyDictionary<string, string> With);

/// <summary>
/// A text file of statements, each ended by a semicolon at the end of a line. Lines that begin with <c>--!</c> direct: <c>dialects a b</c>, <c>plain</c> (dialect sqlite is
/// compared with plain SQLite too), <c>place NAME table: options; …</c>; and for the next statement <c>error SQLSTATE</c>, <c>refusable</c>, <c>unordered</c>,
/// <c>notplain</c>.
/// </summary>
internal sealed class Fixture
{
    private readonly List<FixtureStatement> _statements = [];
    private readonly List<FixturePlacement> _placements = [new("default", new Dictionary<string, string>())];

    private Fixture(string name) => Name = name;

    public string Name { get; }

    public IReadOnlyList<SqlDialect> Dialects { get; private set; } = [SqlDialect.Sqlite, SqlDialect.Postgres];

    public bool Plain { get; private set; }

    public IReadOnlyList<FixtureStatement> Statements => _statements;

    public IReadOnlyList<FixturePlacement> Placements => _placements;

    public static Fixture Load(string path)
    {
        var fixture = new Fixture(Path.GetFileNameWithoutExtension(path));
        fixture.Read(File.ReadAllLines(path));
        return fixture;
    }

    private void Read(string[] lines)
    {
        var text = new List<string>();
        var marks = new HashSet<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.StartsWith("--!", StringComparison.Ordinal)) Direct(line[3..].Trim(), marks);
            else if (text.Count > 0 || (line.Trim().Length > 0 && !line.StartsWith("--", StringComparison.Ordinal))) text.Add(line);
            if (text.Count == 0 || !line.TrimEnd().EndsWith(';')) continue;
            var sql = string.Join('\n', text).TrimEnd().TrimEnd(';');
            var error = marks.FirstOrDefault(mark => mark.StartsWith("error ", StringComparison.Ordinal))?[6..];
            _statements.Add(new FixtureStatement(i + 2 - text.Count, sql, error, marks.Contains("refusable"), marks.Contains("unordered"), marks.Contains("notplain")));
            text.Clear();
            marks.Clear();
        }

        if (text.Count > 0) throw new InvalidDataException($"{Name}: the last statement has no end");
    }

    private void Direct(string directive, HashSet<string> marks)
    {
        var words = directive.Split(' ', 2, StringSplitOptions.TrimEntries);
        switch (words[0])
        {
            case "dialects":
                Dialects = [.. words[1].Split(' ').Select(word => Enum.Parse<SqlDialect>(word, ignoreCase: true))];
                break;
            case "plain":
                Plain = true;
                break;
            case "place":
                Place(words[1]);
                break;
            case "error" or "refusable" or "unordered" or "notplain":
                marks.Add(directive);
                break;
            default:
                throw new InvalidDataException($"{Name}: unknown directive {directive}");
        }
    }

    private void Place(string text)
    {
        var parts = text.Split(' ', 2);
        var with = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in parts[1].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = entry.IndexOf(':', StringComparison.Ordinal);
            with[entry[..at].Trim()] = entry[(at + 1)..].Trim();
        }

        _placements.Add(new FixturePlacement(parts[0], with));
    }
}
