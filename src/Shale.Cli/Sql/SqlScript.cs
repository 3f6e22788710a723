using System.Text;
using Shale.Sql;

namespace Shale.Cli.Sql;

/// <summary>Runs text line by line: statements as semicolons end them, and commands that begin with a backslash.</summary>
internal sealed class SqlScript
{
    /// <summary>UTF-8 that refuses what is none: a character replaced would be another value stored.</summary>
    public static readonly Encoding StrictUtf8 = new UTF8Encoding(false, true);

    private readonly SqlSession _session;
    private readonly MetaCommands _commands;
    private readonly TextWriter _errors;
    private readonly StatementSplitter _splitter = new();

    public SqlScript(SqlSession session, TextWriter errors)
    {
        _session = session;
        _errors = errors;
        _commands = new MetaCommands(session, errors, RunFileAsync);
    }

    /// <summary>Whether a statement has begun that no semicolon has ended.</summary>
    public bool IsPending => _splitter.IsPending;

    /// <summary>Whether the last line asked to quit.</summary>
    public bool HasQuit { get; private set; }

    /// <summary>Forgets a statement that has begun.</summary>
    public void Clear() => _splitter.Clear();

    /// <summary>Runs what a line completes, up to the first failure.</summary>
    /// <returns>False after a failure.</returns>
    public async Task<bool> RunLineAsync(string line, CancellationToken cancellationToken)
    {
        if (!_splitter.IsPending && MetaCommands.Takes(line))
        {
            _splitter.Clear();
            var outcome = await _commands.RunAsync(line, cancellationToken);
            HasQuit = outcome == MetaCommands.Outcome.Quit;
            return outcome != MetaCommands.Outcome.Failed;
        }
        _splitter.Dialect = _session.IsSqlite ? SqlDialect.Sqlite : SqlDialect.Postgres;
        foreach (var statement in _splitter.Feed(line + "\n"))
        {
            if (!await _session.RunAsync(statement, cancellationToken)) return false;
        }
        return true;
    }

    /// <summary>Runs the statement that is left at the end of a text without a semicolon.</summary>
    /// <returns>False after a failure.</returns>
    public async Task<bool> FinishAsync(CancellationToken cancellationToken) =>
        _splitter.Finish() is not { } rest || await _session.RunAsync(rest, cancellationToken);

    /// <summary>Runs a whole text, up to the first failure.</summary>
    /// <returns>False after a failure.</returns>
    public async Task<bool> RunAsync(TextReader text, CancellationToken cancellationToken)
    {
        try
        {
            while (await text.ReadLineAsync(cancellationToken) is { } line)
            {
                if (!await RunLineAsync(line, cancellationToken)) return false;
                if (HasQuit) return true;
            }
        }
        catch (DecoderFallbackException)
        {
            _errors.WriteLine("ERROR: the script is not UTF-8; nothing of the part that is not was run");
            return false;
        }
        return await FinishAsync(cancellationToken);
    }

    /// <summary>Runs a file, up to the first failure.</summary>
    /// <returns>False after a failure.</returns>
    public async Task<bool> RunFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var text = new StreamReader(path, StrictUtf8);
            return await new SqlScript(_session, _errors).RunAsync(text, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _errors.WriteLine("ERROR: " + failure.Message);
            return false;
        }
    }
}
