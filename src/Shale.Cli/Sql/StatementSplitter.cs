using System.Text;
using Shale.Sql;

namespace Shale.Cli.Sql;

/// <summary>Collects text line by line and gives the statements that it completes. Not thread-safe.</summary>
internal sealed class StatementSplitter
{
    private const int LongCharacters = 4096;
    private readonly StringBuilder _pending = new();

    /// <summary>Whose SQL the text is.</summary>
    public SqlDialect Dialect { get; set; }

    /// <summary>Whether a statement, or a comment, has begun that has not ended.</summary>
    public bool IsPending => _pending.Length > 0;

    /// <summary>Adds text and gives the statements that it completes, without their semicolons.</summary>
    public IReadOnlyList<string> Feed(string text)
    {
        _pending.Append(text);

        // A long statement is not read again for each of its lines.
        if (_pending.Length > LongCharacters && !text.Contains(';', StringComparison.Ordinal)) return [];
        var statements = SqlSplitter.TakeComplete(_pending.ToString(), Dialect, out var rest);
        _pending.Clear().Append(rest);
        return statements;
    }

    /// <summary>Gives what is left when there is no more text; null for nothing.</summary>
    public string? Finish()
    {
        var rest = _pending.ToString().Trim();
        _pending.Clear();
        return rest.Length > 0 ? rest : null;
    }

    /// <summary>Forgets what has been fed.</summary>
    public void Clear() => _pending.Clear();
}
