namespace Shale.Core.Tests;

public class RowMapperTests
{
    public enum Mood
    {
        Sad,
        Glad,
    }

    private sealed record User(long Id, string Name, string? Email = "none");

    private sealed record Account
    {
        public required Guid AccountId { get; init; }

        public decimal Balance { get; set; }

        public DateTimeOffset? OpenedAt { get; init; }

        public Mood Mood { get; init; }

        public string Untouched { get; } = "x";
    }

    [Fact]
    public void Row_ToString_NamesItsColumnsAndValues()
    {
        Assert.Equal("{ id = 1, name = 'Ada', email = NULL, x = 1.5, x = x'0102' }", Shown(["id", "name", "email", "x", "x"], [1, "Ada", null, 1.5, new byte[] { 1, 2 }]));
        Assert.Equal("{ }", Shown([], []));
    }

    [Fact]
    public void Row_ToString_CutsWhatIsLong()
    {
        Assert.Equal($"{{ a = '{new string('x', 80)}' }}", Shown(["a"], [new string('x', 80)]));
        Assert.Equal($"{{ a = '{new string('x', 80)}…', b = 1 }}", Shown(["a", "b"], [new string('x', 81), 1]));
        Assert.Equal($"{{ a = '{new string('x', 79)}…' }}", Shown(["a"], [new string('x', 79) + "😀"]));
        Assert.Equal($"{{ a = x'{new string('0', 80)}…' }}", Shown(["a"], [new byte[41]]));
        var many = Shown([.. Enumerable.Range(0, 500).Select(i => $"c{i}")], [.. Enumerable.Range(0, 500).Select(i => (object)i)]);
        Assert.EndsWith(", … }", many, StringComparison.Ordinal);
        Assert.InRange(many.Length, 1_000, 1_100);
    }

    private static string Shown(string[] names, object?[] row) => RowMapper<Row>.Map(Rows(names, row)).Single().ToString();

    private static RowSet Rows(string[] names, params object?[][] rows)
    {
        var set = new RowSet([.. names.Select(name => new Field(name, "unknown"))]);
        foreach (var row in rows) set.Add([.. row.Select(SqlConvert.ToSqlValue)]);
        return set;
    }

    [Fact]
    public void Map_Record_UsesItsConstructorWhateverTheCase()
    {
        var rows = Rows(["ID", "name", "extra"], [1, "Ann", null], [2, "Bob", 5]);
        Assert.Equal([new User(1, "Ann"), new User(2, "Bob")], RowMapper<User>.Map(rows));
    }

    [Fact]
    public void Map_Class_SetsPropertiesWithoutMindingUnderscores()
    {
        var id = Guid.NewGuid();
        var rows = Rows(["account_id", "BALANCE", "opened_at", "mood"], [id, "12345678901234567890.123", "2024-01-02 03:04:05.5+02", "glad"], [id, 5, null, 1]);
        var accounts = RowMapper<Account>.Map(rows);
        Assert.Equal((id, 12345678901234567890.123m, Mood.Glad, "x"), (accounts[0].AccountId, accounts[0].Balance, accounts[0].Mood, accounts[0].Untouched));
        Assert.Equal(new DateTimeOffset(2024, 1, 2, 3, 4, 5, 500, TimeSpan.FromHours(2)), accounts[0].OpenedAt);
        Assert.Equal((5m, null, Mood.Glad), (accounts[1].Balance, accounts[1].OpenedAt, accounts[1].Mood));
    }

    [Fact]
    public void Map_Tuple_GoesByPlace() =>
        Assert.Equal([(1, "a"), (2, null)], RowMapper<(int, string?)>.Map(Rows(["x", "x"], [1, "a"], [2, null])));

    [Fact]
    public void Map_Scalars_ReadOneColumn()
    {
        Assert.Equal([1, 2], RowMapper<int>.Map(Rows(["a"], [1], [2])));
        Assert.Equal([1, null], RowMapper<int?>.Map(Rows(["a"], [1], [null])));
        Assert.Equal([true], RowMapper<bool>.Map(Rows(["a"], [1])));
        Assert.Equal(["x", null!], RowMapper<string>.Map(Rows(["a"], ["x"], [null])));
        Assert.Equal([[1, 2]], RowMapper<byte[]>.Map(Rows(["a"], [new byte[] { 1, 2 }])));
        Assert.Equal([new DateOnly(2024, 2, 29)], RowMapper<DateOnly>.Map(Rows(["a"], ["2024-02-29"])));
        Assert.Equal([new TimeOnly(3, 4, 5)], RowMapper<TimeOnly>.Map(Rows(["a"], ["03:04:05"])));
        Assert.Equal([new DateTime(2024, 1, 2, 3, 4, 5)], RowMapper<DateTime>.Map(Rows(["a"], ["2024-01-02 03:04:05"])));
        Assert.Equal([ulong.MaxValue], RowMapper<ulong>.Map(Rows(["a"], [ulong.MaxValue])));
        Assert.Equal([1.5f], RowMapper<float>.Map(Rows(["a"], [1.5])));
        Assert.Equal([Mood.Sad], RowMapper<Mood>.Map(Rows(["a"], [0])));
        Assert.Equal([(object)5L], RowMapper<object>.Map(Rows(["a"], [5])));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text")]
    [InlineData(1.5)]
    [InlineData(3000000000L)]
    public void Map_WhatDoesNotFitAnInt_IsATypeErrorThatNamesTheColumn(object? value)
    {
        var failure = Assert.Throws<VitessException>(() => RowMapper<int>.Map(Rows(["price"], [value])));
        Assert.Equal("TYPE_ERROR", failure.Code);
        Assert.Contains("\"price\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_ShapeThatDoesNotFit_IsRefusedWithWhatIsMissing()
    {
        Assert.Contains("\"Name\" of User", Assert.Throws<VitessException>(() => RowMapper<User>.Map(Rows(["id"], [1]))).Message, StringComparison.Ordinal);
        Assert.Contains("one column", Assert.Throws<VitessException>(() => RowMapper<int>.Map(Rows(["a", "b"], [1, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("tuple of 2", Assert.Throws<VitessException>(() => RowMapper<(int, int)>.Map(Rows(["a"], [1]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_FindsColumnsAndConverts()
    {
        var row = RowMapper<Row>.Map(Rows(["Id", "name", "name"], [1, "a", "b"]))[0];
        Assert.Equal((1L, "b", "a"), (row["id"], row["name"], row[1]));
        Assert.Equal((1, (short?)1), (row.Get<int>("Id"), row.Get<short?>(0)));
        Assert.Equal(["Id", "name"], row.Keys);
        Assert.Equal("42703", Assert.Throws<VitessException>(() => row["nothing"]).SqlState);
        Assert.False(row.TryGetValue("nothing", out _));
    }

    [Fact]
    public void Map_SameShapeTwice_CompilesOnce()
    {
        var rows = Rows(["id", "name"], [1, "Ann"]);
        RowMapper<User>.Map(rows);
        var before = GC.GetAllocatedBytesForCurrentThread();
        RowMapper<User>.Map(rows);

        // Compiling an expression takes tens of kilobytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4000);
    }
}
