using Shale.Cli.Output;
using Spectre.Console;

namespace Shale.Cli.Demo;

/// <summary>What the demo prints: with colours and a live bar on a terminal, plain lines elsewhere.</summary>
internal sealed class DemoConsole
{
    private const int ShownRows = 10;
    private readonly IAnsiConsole _console;

    /// <summary>Prints to a console.</summary>
    public DemoConsole(IAnsiConsole console)
    {
        _console = console;

        // Elsewhere nobody knows a width, and lines must not be broken.
        if (!IsTerminal) console.Profile.Width = 10_000;
    }

    /// <summary>The process's own console; without colours where nobody sees them.</summary>
    public static IAnsiConsole ForThisProcess() =>
        Console.IsOutputRedirected ? AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No }) : AnsiConsole.Console;

    /// <summary>Whether a person watches.</summary>
    public bool IsTerminal => _console.Profile.Capabilities.Interactive && _console.Profile.Capabilities.Ansi;

    /// <summary>A line.</summary>
    public void Line(string text = "") => Styled(text, "default");

    /// <summary>A line in a style of Spectre.Console.</summary>
    public void Styled(string text, string style) => _console.MarkupLine($"[{style}]{Markup.Escape(text)}[/]");

    /// <summary>The title of a part.</summary>
    public void Title(string text)
    {
        Line();
        Styled(text, "bold");
    }

    /// <summary>A statement, indented.</summary>
    public void Sql(string sql)
    {
        foreach (var line in sql.Split('\n')) Styled("  " + line, "aqua");
    }

    /// <summary>A line about how a statement ran.</summary>
    public void Facts(string text) => Styled("  " + text, "yellow");

    /// <summary>The first rows of a result as an aligned table.</summary>
    public void Rows(RowSet rows)
    {
        if (rows.Fields.Count == 0) return;
        var shown = new RowSet(rows.Fields, Math.Min(rows.RowCount, ShownRows));
        var widest = Clip(rows.Fields.Count);
        for (var i = 0; i < Math.Min(rows.RowCount, ShownRows); i++)
        {
            var row = shown.AddRow();
            for (var column = 0; column < row.Length; column++) row[column] = Clipped(rows[i][column], widest);
        }

        var text = new StringWriter();
        var writer = new TableResultWriter(text, expanded: false, rowCount: false);
        writer.Start(shown.Fields);
        writer.Add(shown);
        writer.End();
        foreach (var line in text.ToString().TrimEnd().Split('\n')) Line("  " + line);
        var count = rows.RowCount == 1 ? "1 row" : $"{rows.RowCount} rows";
        Styled(rows.RowCount > ShownRows ? $"  ({count}, the first {ShownRows} shown)" : $"  ({count})", "dim");
    }

    /// <summary>A bar for work of a known number of rows; where nobody watches, nothing until the caller says it in lines.</summary>
    public async Task WithBarAsync(int total, Func<Action<string, int>, Task> work)
    {
        if (!IsTerminal)
        {
            await work((_, _) => { });
            return;
        }

        await _console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RowRateColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("loading", maxValue: total);
                await work((table, rows) =>
                {
                    bar.Description = table;
                    bar.Increment(rows);
                });
                bar.Description = "all tables";
            });
    }

    // Long texts give way so that a row fits the terminal.
    private int Clip(int columns) => columns switch
    {
        1 => 200,
        _ => IsTerminal ? Math.Clamp(_console.Profile.Width - (14 * (columns - 1)) - 4, 24, 80) : 100,
    };

    private static SqlValue Clipped(SqlValue value, int widest) =>
        value.Kind == SqlValueKind.Text && value.AsText().Length > widest ? SqlValue.Text(value.AsText()[..(widest - 1)] + "…") : value;
}
