using Shale.Cli.Sql;

namespace Shale.Cli.Tests;

public class LineEditingTests
{
    private static void Type(LineBuffer buffer, string text)
    {
        foreach (var c in text) buffer.Press(new ConsoleKeyInfo(c, 0, false, false, false));
    }

    private static void Press(LineBuffer buffer, ConsoleKey key, bool control = false, bool alt = false) =>
        buffer.Press(new ConsoleKeyInfo('\0', key, false, alt, control));

    [Fact]
    public void Press_Editing_ChangesTextAtTheCursor()
    {
        var buffer = new LineBuffer([]);
        Type(buffer, "SELCT 1 two");
        Press(buffer, ConsoleKey.A, control: true);
        for (var i = 0; i < 3; i++) Press(buffer, ConsoleKey.RightArrow);
        Type(buffer, "E");
        Assert.Equal(("SELECT 1 two", 4), (buffer.Text, buffer.Cursor));
        Press(buffer, ConsoleKey.E, control: true);
        Press(buffer, ConsoleKey.W, control: true);
        Assert.Equal("SELECT 1 ", buffer.Text);
        Press(buffer, ConsoleKey.Backspace);
        Press(buffer, ConsoleKey.Home);
        Press(buffer, ConsoleKey.Delete);
        Press(buffer, ConsoleKey.RightArrow, control: true);
        Press(buffer, ConsoleKey.K, control: true);
        Assert.Equal("ELECT", buffer.Text);
        Press(buffer, ConsoleKey.U, control: true);
        Assert.Equal(("", 0), (buffer.Text, buffer.Cursor));
        Press(buffer, ConsoleKey.Backspace);
        Press(buffer, ConsoleKey.Delete);
        Press(buffer, ConsoleKey.LeftArrow);
        Assert.Equal("", buffer.Text);
    }

    [Fact]
    public void Press_History_GoesUpAndBackToWhatWasTyped()
    {
        var buffer = new LineBuffer(["one", "two"]);
        Type(buffer, "draft");
        Press(buffer, ConsoleKey.UpArrow);
        Assert.Equal("two", buffer.Text);
        Press(buffer, ConsoleKey.UpArrow);
        Press(buffer, ConsoleKey.UpArrow);
        Assert.Equal(("one", 3), (buffer.Text, buffer.Cursor));
        Press(buffer, ConsoleKey.DownArrow);
        Press(buffer, ConsoleKey.DownArrow);
        Press(buffer, ConsoleKey.DownArrow);
        Assert.Equal("draft", buffer.Text);
    }

    [Fact]
    public void History_IsKeptInAFileOfTheUsersOwn()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(directory.FullName, "deep", "history");
            var history = new History(path);
            history.Add("one");
            history.Add("one");
            history.Add(" ");
            history.Add("two");
            Assert.Equal(["one", "two"], new History(path).Entries);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            for (var i = 0; i < 1100; i++) history.Add($"line {i}");
            Assert.Equal(1000, new History(path).Entries.Count);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
