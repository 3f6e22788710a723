using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

/// <summary>The bytes of docs/formats/row-changes.md.</summary>
public sealed class RowChangeFormatTests : IDisposable
{
    private readonly WatchedPageStore _store = new();
    private readonly PagedDatabase _database;
    private readonly SqliteConnection _writer;

    public RowChangeFormatTests()
    {
        _database = new PagedDatabase(_store);
        _writer = _database.OpenWriter("main");
    }

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Record_OfADefinition_HasTheGoldenBytes()
    {
        _writer.Run("CREATE TABLE t (a)");
        AssertBytes("01" + "06" + "12" + "435245415445205441424C452074202861 29");
    }

    [Fact]
    public void Record_OfATableWithAnIntegerKey_HasTheGoldenBytes()
    {
        _writer.Run("CREATE TABLE t (a REAL, id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, -3, 'xyz')");
        AssertBytes("01" // version
            + "01 01 74 00 03 02 01 01" // table 0: "t", with rowid, 3 columns, the second is the rowid, a key of one column: number 1
            + "02 00" // insert into table 0
            + "01 000000000000F03F" // 1.0
            + "02 05" // -3
            + "0A 78797A"); // 'xyz'
        _writer.Run("UPDATE t SET b = x'00FF'");
        AssertBytes("01" + "01 01 74 00 03 02 01 01"
            + "04 00" // update of table 0
            + "04" // the third column
            + "01 000000000000F03F" + "02 05" + "0A 78797A" + "09 00FF"); // 1.0, -3, 'xyz', then x'00FF'
        _writer.Run("DELETE FROM t");
        AssertBytes("01" + "01 01 74 00 03 02 01 01" + "03 00" + "01 000000000000F03F" + "02 05" + "09 00FF");
    }

    [Fact]
    public void Record_OfATableWithoutAKey_HasTheGoldenBytes()
    {
        _writer.Run("CREATE TABLE p (a, b, c, d, e, f, g, h, i)", "INSERT INTO p (rowid, a, i) VALUES (300, NULL, 9223372036854775807)");
        AssertBytes("01"
            + "01 01 70 00 09 00 00" // table 0: "p", with rowid, 9 columns, none is the rowid, no key
            + "02 00 D804" // insert, rowid 300
            + "00 00 00 00 00 00 00 00" // NULLs
            + "02 FEFFFFFFFFFFFFFFFF01"); // the largest integer
        _writer.Run("UPDATE p SET rowid = 1, i = ''");
        AssertBytes("01" + "01 01 70 00 09 00 00"
            + "05 00 D804 02" // update, rowid 300, then 1
            + "00 01" // the ninth column
            + "00 00 00 00 00 00 00 00" + "02 FEFFFFFFFFFFFFFFFF01" + "04"); // and the empty text
    }

    [Fact]
    public void Record_OfSeveralTables_NumbersThem()
    {
        _writer.Run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "CREATE TABLE w (a, b, PRIMARY KEY (b, a)) WITHOUT ROWID", "BEGIN", "INSERT INTO w VALUES (1, 2)", "INSERT INTO t VALUES (1)", "DELETE FROM w", "COMMIT");
        AssertBytes("01"
            + "01 01 77 01 02 00 02 01 00" // table 0: "w", without rowid, 2 columns, a key of two columns: numbers 1 and 0
            + "02 00 02 02 02 04" // insert (1, 2)
            + "01 01 74 00 01 01 01 00" // table 1: "t"
            + "02 01 02 02" // insert (1)
            + "03 00 02 02 02 04"); // delete (1, 2)
        Assert.Equal(3, _store.Commits[^1].RowCount);
    }

    [Fact]
    public void Reader_OfAnotherVersion_SaysSo()
    {
        var failure = Assert.Throws<VitessException>(() => new RowChangeReader([2, 0]).Read());
        Assert.Equal(("SHARD_ERROR", "XX001"), (failure.Code, failure.SqlState));
        Assert.False(new RowChangeReader([]).Read());
        Assert.False(new RowChangeReader([1]).Read());
    }

    [Fact]
    public void Reader_OfDamagedBytes_FailsOrReadsButNeverLeavesThem()
    {
        _writer.Run("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)", "BEGIN", "INSERT INTO t VALUES (1, 'text', 2.5), (2, x'00', NULL)", "UPDATE t SET a = 'other', b = -1", "ALTER TABLE t ADD COLUMN c", "DELETE FROM t", "COMMIT");
        var record = _store.Commits[^1].RowChanges;
        var whole = ChangeLog.Lines(record);
        Assert.Equal(7, whole.Count);
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = record.ToArray();
            if (i < record.Length) damaged = damaged[..i];
            else damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                _ = ChangeLog.Lines(damaged);
            }
            catch (VitessException failure)
            {
                Assert.True(failure.SqlState is "XX001" or "22021", failure.Message);
            }
        }
    }

    private void AssertBytes(string expected) => Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(_store.Commits[^1].RowChanges));
}
