using System.Text;
using Shale.Postgres.Wire;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Wire;

/// <summary>Rows of a COPY that are cut and not read.</summary>
public sealed class CopyCutterTests
{
    private static readonly CopyContext Context = new("t");
    private static readonly Field[] Columns = [new("a", "text"), new("b", "text"), new("c", "text")];

    /// <summary>Whatever the data are, and however they come, the rows are those that a reader of all cells finds, and so is the key.</summary>
    [Theory]
    [InlineData("text")]
    [InlineData("csv")]
    public void Cut_AnyData_IsTheRowsThatAreRead(string name)
    {
        var options = new List<(string, string?)> { ("format", name) };
        if (name == "csv") options.Add(("escape", "!"));
        var format = CopyFormat.Of(options);
        var letters = name == "csv" ? "xy\"\"!\n\r,\\." : "xyN\\\\\n\r\t.7";
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var data = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => letters[random.Next(letters.Length)]));
            if (name == "csv" && data.Count(letter => letter == '"') % 2 != 0) data += '"';
            var bytes = Encoding.UTF8.GetBytes(string.Join(format.Delimiter, "k" + seed, "v", "w") + "\n" + data + "\n");
            var expected = Read(format, bytes, out var failure);
            if (failure is not null || expected.Exists(row => row.Length < 2)) continue;

            var cutter = CopyCutter.Of(Context, Columns, [1], format, 1 << 20);
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(bytes.Length - at, 1 + random.Next(9));
                cutter.Push(bytes.AsSpan(at, length));
                at += length;
            }

            cutter.End();
            var rows = cutter.Take();
            Assert.Equal(expected.Count, rows.Ends.Length);
            Assert.Equal(expected.Select(row => row[1]), rows.Keys.ToArray().Select(key => key.IsNull ? null : key.AsText()));

            // What goes on is read by the same rules.
            var again = Read(format, rows.Bytes.ToArray(), out _);
            Assert.Equal(expected.Select(row => string.Join('|', row)), again.Select(row => string.Join('|', row)));
        }
    }

    [Fact]
    public void Take_AfterALot_GivesEachRowOnce()
    {
        var cutter = CopyCutter.Of(Context, [new("id", "int4")], [0], CopyFormat.Of([]), 1 << 20);
        var keys = new List<long>();
        long lines = 1;
        for (var id = 0; id < 300_000; id++)
        {
            cutter.Push(Encoding.UTF8.GetBytes(id + "\n"));
            if (cutter.IsFull) Take();
        }

        cutter.End();
        Take();
        Assert.Equal(Enumerable.Range(0, 300_000).Select(id => (long)id), keys);

        void Take()
        {
            var rows = cutter.Take();
            Assert.Equal(lines, rows.FirstLine);
            lines += rows.Ends.Length;
            Assert.Equal(rows.Ends.Span[^1], rows.Bytes.Length);
            foreach (var key in rows.Keys.Span) keys.Add(key.AsInteger());
        }
    }

    [Theory]
    [InlineData("1", "missing data for column \"b\"")]
    [InlineData("\\x31", "missing data for column \"b\"")]
    public void Cut_ARowWithoutItsKey_IsRefused(string row, string message)
    {
        var cutter = CopyCutter.Of(Context, Columns, [1], CopyFormat.Of([]), 1 << 20);
        var failure = Assert.Throws<VitessException>(() => cutter.Push(Encoding.UTF8.GetBytes($"1\t2\n{row}\n")));
        Assert.Equal((message, "22P04", $"COPY t, line 2: \"{row}\""), (failure.Message, failure.SqlState, failure.Context));
    }

    [Fact]
    public void Cut_ARowThatDoesNotEnd_IsRefusedBeforeItFillsTheMemory()
    {
        var cutter = CopyCutter.Of(Context, Columns, [1], CopyFormat.Of([]), 1000);
        cutter.Push(new byte[900]);
        Assert.Equal("54000", Assert.Throws<VitessException>(() => cutter.Push(new byte[200])).SqlState);
    }

    private static List<string?[]> Read(CopyFormat format, byte[] bytes, out VitessException? failure)
    {
        var rows = new List<(string?[] Cells, long Line)>();
        failure = null;
        try
        {
            var lines = new CopyLines(Context, format, 1 << 20);
            lines.Push(bytes, rows);
            lines.End(rows);
        }
        catch (VitessException bad)
        {
            failure = bad;
        }

        return rows.ConvertAll(row => row.Cells);
    }
}
