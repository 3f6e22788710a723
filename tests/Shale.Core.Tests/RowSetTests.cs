namespace Shale.Core.Tests;

public sealed class RowSetTests
{
    private static readonly Field[] Two = [new Field("a", "int8"), new Field("b", "text")];

    [Fact]
    public void Add_ManyRows_KeepsThemAll()
    {
        var rows = new RowSet(Two);
        for (var i = 0; i < 1000; i++)
        {
            var row = rows.AddRow();
            row[0] = SqlValue.Integer(i);
            if (i % 2 == 0) row[1] = SqlValue.Text("x");
        }

        Assert.Equal(1000, rows.RowCount);
        Assert.Equal(999, rows[999][0].AsInteger());
        Assert.True(rows[999][1].IsNull);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows[1000].Length);
    }

    [Fact]
    public void AddAll_OtherSet_AppendsCopies()
    {
        var left = new RowSet(Two, 1);
        left.Add([SqlValue.Integer(1), SqlValue.Null]);
        var right = new RowSet(Two);
        right.Add([SqlValue.Integer(2), SqlValue.Text("y")]);
        left.AddAll(right);
        Assert.Equal(2, left.RowCount);
        Assert.Equal("y", left[1][1].AsText());
    }

    [Fact]
    public void Rows_WithoutColumns_AreCounted()
    {
        var rows = new RowSet([]);
        rows.AddRow();
        rows.AddRow();
        Assert.Equal(2, rows.RowCount);
        Assert.Equal(0, rows.SizeBytes);
    }

    [Fact]
    public void WithFields_OtherNames_SharesTheCells()
    {
        var rows = new RowSet(Two);
        rows.Add([SqlValue.Integer(1), SqlValue.Text("z")]);
        var renamed = rows.WithFields([new Field("c", "int8"), new Field("d", "text")]);
        Assert.Equal("z", renamed[0][1].AsText());
        Assert.Equal(rows.SizeBytes, renamed.SizeBytes);
        Assert.Throws<ArgumentException>(() => rows.WithFields([]));
    }
}
