using System.Buffers.Binary;
using Shale.PageLog;
using Shale.Sql;

namespace Shale.Sqlite;

/// <summary>A table whose versions are read: where they are, and what they look like. Immutable; used by one thread.</summary>
internal sealed class VersionSource
{
    /// <summary>What the state before a commit is called beside the one after it, which is main.</summary>
    public const string Before = "before";


    private readonly PageStore _store;
    private readonly PagedDatabase _database;
    private readonly SqlValue[] _defaults;

    /// <summary>A table of a branch.</summary>
    /// <param name="store">The log.</param>
    /// <param name="database">The log as SQLite opens it.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="at">Nothing that was committed later is seen.</param>
    /// <param name="table">The table there: what every version is shown as.</param>
    /// <param name="mostBytes">How many bytes the keys of changed rows may take.</param>
    public VersionSource(PageStore store, PagedDatabase database, string branch, Lsn at, TableShape table, long mostBytes)
    {
        (_store, _database, Branch, At, Table, MostBytes) = (store, database, branch, at, table, mostBytes);
        _defaults = [.. table.Columns.Select(DefaultOf)];
    }

    /// <summary>The branch.</summary>
    public string Branch { get; }

    /// <summary>The last commit that is seen.</summary>
    public Lsn At { get; }

    /// <summary>The table as it is there.</summary>
    public TableShape Table { get; }

    /// <summary>How many bytes the keys of changed rows may take.</summary>
    public long MostBytes { get; }

    /// <summary>Whether times are written as timestamptz of dialect postgres.</summary>
    public bool WithZone { get; init; }

    /// <summary>What a row has in a column that came later.</summary>
    public SqlValue Default(int column) => _defaults[column];

    /// <summary>A time as the columns of a period show it: UTC, microseconds.</summary>
    public SqlValue TimeOf(CommitInfo commit) => WithZone ? StableTime.Postgres(commit.Time.ToMoment()) : SqlValue.Text(TimestampText.WriteSqlite(commit.Time.ToMoment()));

    /// <summary>Keeps the oldest state of which everything later is known, until disposed, and says which commit it counts as. Errors: TT_LSN_NOT_AVAILABLE if what is seen lies before it.</summary>
    public IDisposable OpenWindow(out CommitInfo oldest)
    {
        var pin = _store.OpenReader(Branch, _store.OldestLsn);
        oldest = _store.OldestOf(Branch);
        if (oldest.Lsn == pin.Lsn && At >= oldest.Lsn) return pin;
        pin.Dispose();
        throw new VitessException(ErrorCodes.LsnNotAvailable, oldest.Lsn > At
            ? $"what came before LSN {At} is no longer kept: the retention window begins with LSN {oldest.Lsn}"
            : "the retention window has moved on; run the statement again");
    }

    /// <summary>The commits that are seen, newest first; without those that nobody needs to see, where the table is known to be the same before them.</summary>
    /// <param name="last">The last that is needed.</param>
    public IEnumerable<CommitInfo> Commits(Lsn last)
    {
        // On one line each change of the schema counts its version up; a restore goes to another line.
        var skips = last < At && SchemaVersionAt(At) == SchemaVersionAt(last) && !_store.CommitsOf(Branch, At).TakeWhile(commit => commit.Lsn > last).Any(commit => commit.IsRestore);
        return _store.CommitsOf(Branch, skips ? last : At);
    }

    /// <summary>What a commit has changed.</summary>
    public ReadOnlyMemory<byte> ChangesOf(Lsn lsn) => _store.RowChangesOf(lsn);

    /// <summary>Whether a commit that tells of no definition has changed the schema all the same: an import does.</summary>
    public bool HasOtherSchemaBefore(Lsn lsn) => SchemaVersionAt(lsn) != SchemaVersionAt(new Lsn(lsn.Value - 1));

    /// <summary>Opens a state.</summary>
    public SqliteConnection OpenState(Lsn at) => _database.OpenReader(Branch, at);

    /// <summary>Opens the state behind a commit as main, and the one before it as <see cref="Before"/>.</summary>
    public SqliteConnection OpenStates(Lsn commit)
    {
        var connection = OpenState(commit);
        try
        {
            var file = _database.FileName(Branch, new Lsn(commit.Value - 1)).Replace("'", "''", StringComparison.Ordinal);
            connection.ExecuteTrusted($"ATTACH '{file}' AS {Before}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether a table of an earlier time is told apart by the key of now.</summary>
    /// <param name="earlier">The table as it was.</param>
    /// <param name="names">What the columns of now were called.</param>
    public bool HasKeyOfNow(TableShape earlier, TableTrace names) => earlier.HasKeyOf(Table with
    {
        Columns = [.. Table.Columns.Select((column, i) => column with { Name = names[i] ?? "" })],
    });

    private uint SchemaVersionAt(Lsn at)
    {
        const int SchemaVersion = 40;
        using var reader = _store.OpenReader(Branch, at);
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        reader.Read(1, SchemaVersion, bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    // What ADD COLUMN takes: constants. Anything else has no value for a row that was there before.
    private static SqlValue DefaultOf(ShapeColumn column)
    {
        if (column.DefaultText is not { } text || SqlParser.Parse("SELECT " + text, SqlDialect.Sqlite) is not SelectStatement select) return SqlValue.Null;
        var isConstant = SqlTree.All<Expr>(select).All(expression => expression is Literal or Unary or ColumnRef) && !text.StartsWith("current_", StringComparison.OrdinalIgnoreCase);
        return isConstant ? new RecordedColumn(column.Type, text).Default : SqlValue.Null;
    }
}
