using Shale.Cli.Sql;

namespace Shale.Cli.Tests;

public class CompleterTests
{
    private static Completer Make()
    {
        var completer = new Completer();
        completer.SetNames(["orders", "order_lines", "users", "Mixed"], ["id", "user_id", "Total"]);
        return completer;
    }

    [Theory]
    [InlineData("sel", 0, "select")]
    [InlineData("SEL", 0, "SELECT")]
    [InlineData("SELECT * FROM o", 14, "order_lines", "orders")]
    [InlineData("SELECT * FROM ", 14, "\"Mixed\"", "order_lines", "orders", "users")]
    [InlineData("SELECT * FROM \"M", 14, "\"Mixed\"")]
    [InlineData("SELECT o.u", 9, "user_id")]
    [InlineData("SELECT o.", 9, "\"Total\"", "id", "user_id")]
    [InlineData("SELECT 'fr", 8)]
    [InlineData("SELECT ", 7)]
    [InlineData("SELECT zzz", 7)]
    [InlineData("\\ti", 0, "\\timing")]
    [InlineData("\\d us", 3, "users")]
    [InlineData("\\dialect s", 9, "sqlite")]
    public void Complete_GivesWhatMayStandThere(string text, int start, params string[] words)
    {
        var (from, found) = Make().Complete(text, text.Length);
        Assert.Equal((start, string.Join(' ', words)), (from, string.Join(' ', found)));
    }

    [Fact]
    public void Complete_InTheMiddleOfALine_LooksOnlyBack()
    {
        var (from, found) = Make().Complete("SELECT * FROM use WHERE id = 1", 17);
        Assert.Equal((14, "users"), (from, Assert.Single(found)));
    }

    [Theory]
    [InlineData("order", "order_lines", "orders")]
    [InlineData("one", "one")]
    [InlineData("", "a", "b")]
    public void CommonPrefix_IsTheLongest(string expected, params string[] words) => Assert.Equal(expected, Completer.CommonPrefix(words));

    [Fact]
    public void Replace_PutsTheWordInPlaceOfItsBeginning()
    {
        var buffer = new LineBuffer([]);
        foreach (var c in "a use b") buffer.Press(new ConsoleKeyInfo(c, 0, false, false, false));
        for (var i = 0; i < 2; i++) buffer.Press(new ConsoleKeyInfo('\0', ConsoleKey.LeftArrow, false, false, false));
        buffer.Replace(2, "users");
        Assert.Equal(("a users b", 7), (buffer.Text, buffer.Cursor));
    }
}
