using Shale.Cli.Output;
using Shale.Contracts;

namespace Shale.Cli.Tests;

public class OutputTests
{
    private static string Write(Func<TextWriter, IResultWriter> make, string[] columns, params object?[][] rows)
    {
        var text = new StringWriter { NewLine = "\n" };
        var set = new RowSet([.. columns.Select(column => new Field(column.Split(':')[0], column.Split(':')[1]))]);
        foreach (var row in rows) set.Add([.. row.Select(SqlConvert.ToSqlValue)]);
        var writer = make(text);
        writer.Start(set.Fields);
        writer.Add(set);
        writer.End();
        return text.ToString();
    }

    [Fact]
    public void Table_AlignsNumbersRightAndShowsNull() => Assert.Equal(Expected,
        Write(output => new TableResultWriter(output, false), ["id:int4", "name:text"],
            [1, "Ann"], [1000, null], [2, "a\nb"], [3, new byte[] { 1, 255 }], [4, "漢字"]));

    private const string Expected =
        "  id  |  name\n" +
        "------+--------\n" +
        "    1 | Ann\n" +
        " 1000 | [NULL]\n" +
        "    2 | a\\nb\n" +
        "    3 | \\x01ff\n" +
        "    4 | 漢字\n" +
        "(5 rows)\n\n";

    [Fact]
    public void Table_WideCharacters_TakeTwoColumns() => Assert.Equal(
        "  a   | b\n------+---\n 漢字 | 1\n abc  | 2\n(2 rows)\n\n",
        Write(output => new TableResultWriter(output, false), ["a:text", "b:int4"], ["漢字", 1], ["abc", 2]));

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("漢字", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("👨‍👩‍👧", 2)]
    [InlineData("🇩🇪", 2)]
    [InlineData("❤️", 2)]
    [InlineData("❤", 1)]
    [InlineData("✅⭐", 4)]
    [InlineData("\u200b", 0)]
    public void Width_IsWhatATerminalTakes(string text, int columns) => Assert.Equal(columns, CellText.Width(text));

    [Fact]
    public void Table_Expanded_GivesALineForEachColumn() => Assert.Equal(
        "-[ row 1 ]--------------\nid   | 1\nname | x\n(1 row)\n\n",
        Write(output => new TableResultWriter(output, true), ["id:int4", "name:text"], [1, "x"]));

    [Fact]
    public void Csv_QuotesAsRfc4180Says() => Assert.Equal(
        "id,\"a,b\"\r\n1,\"say \"\"hi\"\"\"\r\n,\"\"\r\n3,\"x\r\ny\"\r\n4,true\r\n",
        Write(output => new CsvResultWriter(output), ["id:int4", "a,b:text"], [1, "say \"hi\""], [null, ""], [3, "x\r\ny"], [4, true]));

    [Theory]
    [InlineData(0, "[]\n")]
    [InlineData(1, "[\n{\"a\":1}\n]\n")]
    [InlineData(2, "[\n{\"a\":1},\n{\"a\":\"9007199254740993\"}\n]\n")]
    public void Json_IsAnArrayOfObjects(int rows, string expected) => Assert.Equal(expected,
        Write(output => new JsonResultWriter(output), ["a:int8"], [.. new object?[][] { [1], [9007199254740993] }.Take(rows)]));

    [Fact]
    public void Error_ShowsPlaceCodeShardAndHint()
    {
        var text = new StringWriter { NewLine = "\n" };
        ErrorText.Write(text, new VitessException(ErrorCodes.SyntaxError, "unexpected FRM", "-80", hint: "write FROM", position: 12) { Subject = new FailureSubject { Detail = "FRM is no word." } }, "SELECT a\n  FRM t");
        Assert.Equal(
            "ERROR: unexpected FRM\nLINE 2:   FRM t\n          ^\n  SYNTAX_ERROR, SQLSTATE 42601, shard -80\n  Detail: FRM is no word.\n  Hint: write FROM\n", text.ToString());
    }
}
