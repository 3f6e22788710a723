namespace Shale.Cli.Sql;

/// <summary>The interactive prompt.</summary>
internal sealed class SqlPrompt(SqlSession session, SqlScript script, History history)
{
    private readonly LineEditor _editor = new(history);
    private readonly List<string> _lines = [];
    private CancellationTokenSource? _running;

    /// <summary>Reads and runs until the user quits. Ctrl-C cancels what runs.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ConsoleCancelEventHandler cancel = (_, pressed) =>
        {
            pressed.Cancel = true;
            _running?.Cancel();
        };
        Console.CancelKeyPress += cancel;
        try
        {
            while (!script.HasQuit && !cancellationToken.IsCancellationRequested)
            {
                var (ending, line) = _editor.Read(session.PromptName + (script.IsPending ? "-> " : "=> "));
                if (ending == LineEditor.Ending.EndOfInput) return;
                if (ending == LineEditor.Ending.Cancelled)
                {
                    script.Clear();
                    _lines.Clear();
                    continue;
                }
                _lines.Add(line);
                using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                _running = running;
                await script.RunLineAsync(line, running.Token);
                _running = null;
                if (!script.IsPending) Remember();
            }
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
        }
    }

    // A statement of several lines comes back as one, unless a comment would swallow what follows it.
    private void Remember()
    {
        if (_lines.Exists(line => line.Contains("--", StringComparison.Ordinal))) _lines.ForEach(history.Add);
        else history.Add(string.Join(' ', _lines));
        _lines.Clear();
    }
}
