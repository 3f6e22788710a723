using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The tables that say which past a keyspace has: <c>dosql_snapshots</c>, its named snapshots, <c>dosql_branches</c>, its branches and where they begin, and <c>dosql_log</c>, the commits that its shards keep, newest first on each shard.
/// They can be read in every dialect, unless the keyspace has a table of that name. Immutable.
/// </summary>
/// <param name="keyspace">The keyspace.</param>
/// <param name="tablets">Its shards; where one is the target, that one.</param>
/// <param name="topology">Knows the snapshots.</param>
/// <param name="dialect">How times are written.</param>
internal sealed class HistoryTables(VKeyspace keyspace, TabletMap tablets, ITopology topology, SqlDialect dialect)
{
    private const string Prefix = "shale_", Log = "dosql_log", Snapshots = "dosql_snapshots", Branches = "dosql_branches";
    private const int ChunkRows = 1000;

    private static readonly Dictionary<(string Name, SqlDialect Dialect), TableSchema> Known = Enum.GetValues<SqlDialect>().SelectMany(dialect => (TableSchema[])
    [
        new TableSchema(Snapshots, [Text("name"), Text("branch"), Time("timestamp", dialect)]) { Dialect = dialect },
        new TableSchema(Branches, [Text("name"), Text("parent"), Time("timestamp", dialect)]) { Dialect = dialect },
        new TableSchema(Log, [Text("shard"), Number("lsn"), Number("version"), Text("branch"), Time("timestamp", dialect), Number("rows_changed"), Text("message")]) { Dialect = dialect },
    ]).ToDictionary(table => (table.Name, table.Dialect));

    /// <summary>The table of that name, or null.</summary>
    public static TableSchema? Find(ObjectName name, SqlDialect dialect) => name.Schema is null ? Known.GetValueOrDefault((dialect == SqlDialect.Sqlite ? name.Name.Name.ToLowerInvariant() : name.Name.Name, dialect)) : null;

    /// <summary>Whether a table of a scratch database is one of them.</summary>
    public static bool Is(string table) => table is Prefix + Log or Prefix + Snapshots or Prefix + Branches;

    /// <summary>The rows of one of them, the asked columns only, in chunks. TT_NOT_SUPPORTED where a shard keeps no versions.</summary>
    public async IAsyncEnumerable<RowSet> RowsAsync(string table, IReadOnlyList<ColumnSchema> columns, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chunk = new RowSet([.. columns.Select(column => new Field(column.Name, column.Type.Name, column.DeclaredType))]);
        var rows = table == Prefix + Log ? CommitsAsync(cancellationToken) : (table == Prefix + Branches ? BranchesOf() : SnapshotsOf()).ToAsyncEnumerable();
        await foreach (var values in rows)
        {
            var row = chunk.AddRow();
            for (var i = 0; i < columns.Count; i++) row[i] = values[columns[i].Name];
            if (chunk.RowCount < ChunkRows) continue;
            yield return chunk;
            chunk = new RowSet(chunk.Fields);
        }

        yield return chunk;
    }

    private async IAsyncEnumerable<Dictionary<string, SqlValue>> CommitsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var tablet in tablets.Of(keyspace))
        {
            var history = tablet.History ?? throw SchemaTimes.WithoutHistory(keyspace, tablet);
            await foreach (var commit in history.CommitsAsync(history.Branch, cancellationToken))
            {
                yield return new Dictionary<string, SqlValue>
                {
                    ["shard"] = SqlValue.Text(tablet.Shard), ["lsn"] = SqlValue.Integer(commit.Moment.At.Lsn.Value), ["version"] = SqlValue.Integer(commit.Moment.Version),
                    ["branch"] = SqlValue.Text(commit.Moment.At.Branch), ["timestamp"] = Moment(commit.Moment.Time), ["rows_changed"] = SqlValue.Integer(commit.Rows), ["message"] = SqlValue.Text(commit.Message),
                };
            }
        }
    }

    private IEnumerable<Dictionary<string, SqlValue>> SnapshotsOf()
    {
        if (Array.Find(tablets.Of(keyspace), tablet => tablet.History is null) is { } without) throw SchemaTimes.WithoutHistory(keyspace, without);
        foreach (var other in topology.Load().Keyspaces.Keys.Where(other => BranchNames.AreOfOneRoot(keyspace.Name, other)))
        {
            foreach (var (name, time) in topology.Snapshots(other))
            {
                yield return new Dictionary<string, SqlValue> { ["name"] = SqlValue.Text(name), ["branch"] = SqlValue.Text(BranchNames.NameOf(other)), ["timestamp"] = Moment(time) };
            }
        }
    }

    private IEnumerable<Dictionary<string, SqlValue>> BranchesOf()
    {
        foreach (var branch in topology.Load().Keyspaces.Values)
        {
            if (branch.Origin is not { } origin || !BranchNames.IsBranch(branch.Name) || !BranchNames.AreOfOneRoot(branch.Name, keyspace.Name)) continue;
            yield return new Dictionary<string, SqlValue> { ["name"] = SqlValue.Text(BranchNames.NameOf(branch.Name)), ["parent"] = SqlValue.Text(BranchNames.NameOf(origin.Parent)), ["timestamp"] = Moment(origin.Time) };
        }
    }

    private SqlValue Moment(HlcTimestamp time) => dialect == SqlDialect.Sqlite ? SqlValue.Text(TimestampText.WriteSqlite(time.ToMoment())) : StableTime.Postgres(time.ToMoment());

    private static ColumnSchema Text(string name) => new(name, new SqlType(SqlTypeKind.Text), "TEXT");

    private static ColumnSchema Number(string name) => new(name, new SqlType(SqlTypeKind.Int8), "BIGINT");

    private static ColumnSchema Time(string name, SqlDialect dialect) => dialect == SqlDialect.Postgres ? new ColumnSchema(name, new SqlType(SqlTypeKind.TimestampTz), "TIMESTAMPTZ") : Text(name);
}
