namespace Shale.Cli.Sql;

/// <summary>The interactive prompt.</summary>
internal sealed class SqlPrompt(SqlSession session, SqlScript script, History history)
{
    private readonly Completer _completer = new();
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private CancellationTokenSource? _running;

    /// <summary>Reads and runs until the user quits. Ctrl-C cancels what runs.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var editor = new LineEditor(history, _completer);
        ConsoleCancelEventHandler cancel = (_, pressed) =>
        {
            pressed.Cancel = true;
            lock (_gate) _running?.Cancel();
        };
        Console.CancelKeyPress += cancel;
        try
        {
            while (!script.HasQuit && !cancellationToken.IsCancellationRequested)
            {
                if (session.TakeNamesChanged()) await LearnNamesAsync(cancellationToken);
                var (ending, line) = editor.Read(session.PromptName + (script.IsPending ? "-> " : "=> "));
                if (ending == LineEditor.Ending.EndOfInput) return;
                if (ending == LineEditor.Ending.Cancelled)
                {
                    script.Clear();
                    _lines.Clear();
                    continue;
                }
                _lines.Add(line);
                await RunLineAsync(line, cancellationToken);
                if (!script.IsPending) Remember();
            }
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
        }
    }

    private async Task RunLineAsync(string line, CancellationToken cancellationToken)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_gate) _running = running;
        try
        {
            await script.RunLineAsync(line, running.Token);
        }
        finally
        {
            lock (_gate) _running = null;
        }
    }

    // Without names Tab knows the keywords still.
    private async Task LearnNamesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var tables = await session.Client.SchemaAsync(cancellationToken);
            _completer.SetNames(tables.Select(table => table.Name), tables.SelectMany(table => table.Columns).Select(column => column.Name));
        }
        catch (VitessException)
        {
            _completer.SetNames([], []);
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
