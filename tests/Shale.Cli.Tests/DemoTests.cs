using Shale.Cli.Demo;
using Spectre.Console;

namespace Shale.Cli.Tests;

public class DemoTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Demo_OnTheWholeData_AnswersAsOneDatabaseAndCleansUp()
    {
        await DebianPackage.EnsureWordNetAsync(TextWriter.Null, CancellationToken.None);
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text),
        });
        string shards;
        bool same;
        using (var directory = DemoDirectory.Create(null))
        {
            shards = directory.Shards;
            same = await new DemoRun(new DemoConsole(console), directory).RunAsync(WordNetFiles.OfPackage, CancellationToken.None);
        }

        Assert.True(same, text.ToString());
        Assert.False(Directory.Exists(shards));
        foreach (var tier in (string[])["T0 ·", "T1 ·", "T2 ·"]) Assert.Contains(tier, text.ToString(), StringComparison.Ordinal);
        Assert.Contains("entity", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Difference_OfOneCell_IsTold()
    {
        var rows = new RowSet([new Field("n", "int8"), new Field("word", "text")]);
        rows.Add([SqlValue.Integer(1), SqlValue.Text("dog")]);

        Assert.Null(RowComparison.Difference(rows, [[SqlValue.Integer(1), SqlValue.Text("dog")]]));
        Assert.Contains("word: dog", RowComparison.Difference(rows, [[SqlValue.Integer(1), SqlValue.Text("cat")]]), StringComparison.Ordinal);
        Assert.NotNull(RowComparison.Difference(rows, []));
        Assert.NotNull(RowComparison.Difference(rows, [[SqlValue.Real(1), SqlValue.Text("dog")]]));
    }

    [Fact]
    public void Directory_ToKeepThatIsNotEmpty_IsRefused()
    {
        var full = Directory.CreateTempSubdirectory("shale-test-").FullName;
        File.WriteAllText(Path.Combine(full, "x"), "");

        Assert.Throws<IOException>(() => DemoDirectory.Create(full));
        Directory.Delete(full, recursive: true);
    }
}
