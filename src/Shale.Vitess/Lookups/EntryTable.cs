using System.Buffers.Binary;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The entries of one lookup vindex as the shards are told to keep them: the statements, in the engine's dialect, and where an entry lives. Values are those that the engine
/// has stored in the owner's row, in the order of the lookup's columns, none of them NULL: such rows have no entry. Immutable, thread-safe.
/// </summary>
internal sealed class EntryTable
{
    private const int IdBytes = 8;

    private readonly string[] _values;
    private readonly string[] _id;
    private readonly string[] _key;
    private readonly SqlDialect _engine;

    /// <summary>Prints the statements.</summary>
    /// <param name="owner">The table whose rows are looked up.</param>
    /// <param name="entries">The table of the entries.</param>
    /// <param name="lookup">The vindex.</param>
    /// <param name="engine">The dialect of the keyspace's engine.</param>
    public EntryTable(TablePlace owner, TablePlace entries, VLookup lookup, SqlDialect engine)
    {
        _engine = engine;
        (Owner, Entries, Lookup) = (owner, entries, lookup);
        Name = $"{owner.Keyspace.Name}.{entries.Table.Name}";
        _values = [.. lookup.Columns];
        _id = [VLookup.KeyspaceIdColumn];
        _key = [.. owner.ShardColumns.Select(column => owner.Schema.Columns[column].Name)];
        var (table, rows) = (ScratchTable.Quote(entries.Table.Name), ScratchTable.Quote(owner.Table.Name));
        var width = _values.Length;
        InsertSql = $"INSERT INTO {table} ({Names([.. _values, .. _id])}) VALUES ({string.Join(", ", Enumerable.Range(1, width + 1).Select(Parameter))}) ON CONFLICT DO NOTHING";
        ReadSql = $"SELECT {Names(_id)} FROM {table} WHERE {Match(_values, 1)}";
        TakeOverSql = $"UPDATE {table} SET {ScratchTable.Quote(VLookup.KeyspaceIdColumn)} = {Parameter(width + 1)} WHERE {Match(_values, 1)}";
        DeleteSql = $"DELETE FROM {table} WHERE {Match(_values, 1)} AND {Match(_id, width + 1)}";
        TwoRowsSql = $"SELECT 1 FROM {rows} WHERE {Match(_values, 1)} LIMIT 2";
        RowOfKeySql = $"SELECT 1 FROM {rows} WHERE {Match(_values, 1)} AND {Match(_key, width + 1)} LIMIT 1";
        KeysSql = $"SELECT DISTINCT {Names(_key)} FROM {rows} WHERE {Match(_values, 1)} LIMIT {Parameter(width + 1)}";
        DeleteRowSql = $"DELETE FROM {rows} WHERE {Match(_values, 1)}";
    }

    /// <summary>The table of the entries with its keyspace: one for each lookup.</summary>
    public string Name { get; }

    /// <summary>The table whose rows are looked up.</summary>
    public TablePlace Owner { get; }

    /// <summary>The table of the entries.</summary>
    public TablePlace Entries { get; }

    /// <summary>The vindex.</summary>
    public VLookup Lookup { get; }

    /// <summary>Adds an entry (values, keyspace id); affects no row if there is one already: of these values where the lookup is unique, else of this keyspace id too.</summary>
    public string InsertSql { get; }

    /// <summary>The keyspace ids of entries (values); one at most where the lookup is unique.</summary>
    public string ReadSql { get; }

    /// <summary>Makes the entry of a unique lookup lead elsewhere (values, new keyspace id).</summary>
    public string TakeOverSql { get; }

    /// <summary>Deletes the entry that leads to a keyspace id (values, keyspace id), if it still does.</summary>
    public string DeleteSql { get; }

    /// <summary>On a shard of the owner: a row for each of up to two rows with the values.</summary>
    public string TwoRowsSql { get; }

    /// <summary>On a shard of the owner: a row if there is one with the values and the sharding key (values, key).</summary>
    public string RowOfKeySql { get; }

    /// <summary>On a shard of the owner: the sharding keys of rows with the values (values, how many keys at most).</summary>
    public string KeysSql { get; }

    /// <summary>On a shard of the owner: deletes the rows with the values.</summary>
    public string DeleteRowSql { get; }

    /// <summary>The shard of the entry for stored values.</summary>
    public int ShardOf(ReadOnlySpan<SqlValue> values) => Entries.ShardOfNew(values);

    /// <summary>The shard of the rows of a keyspace id.</summary>
    public int ShardOf(KeyspaceId id) => Owner.ShardOf(id);

    /// <summary>The keyspace id of a row with this stored sharding key.</summary>
    public KeyspaceId IdOf(ReadOnlySpan<SqlValue> key) => Owner.KeyspaceIdOfNew(key);

    /// <summary>A keyspace id as entries hold it.</summary>
    public static SqlValue ToValue(KeyspaceId id)
    {
        var bytes = new byte[IdBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id.Value);
        return SqlValue.Blob(bytes);
    }

    /// <summary>The keyspace id that an entry holds; SHARD_ERROR (XX001) for anything else.</summary>
    public KeyspaceId ToId(SqlValue value) => value.Kind == SqlValueKind.Blob && value.AsBlob() is { Length: IdBytes } bytes
        ? new KeyspaceId(BinaryPrimitives.ReadUInt64BigEndian(bytes))
        : throw new VitessException(ErrorCodes.ShardError, $"an entry of \"{Lookup.Table}\" holds {value} and no keyspace id", sqlState: "XX001",
            hint: "Build the lookup vindex anew.");

    /// <summary>That another row has the values already, as SQLite says it; sessions of dialect postgres get PostgreSQL's words for it.</summary>
    /// <param name="shard">The shard of the other row; null if unknown.</param>
    /// <param name="values">The values, as stored; null if unknown.</param>
    public VitessException Duplicate(string? shard, SqlValue[]? values = null) => new(ErrorCodes.ConstraintViolation,
        "UNIQUE constraint failed: " + string.Join(", ", Lookup.Columns.Select(column => $"{Owner.Table.Name}.{column}")), shard, "23505")
    {
        Subject = new FailureSubject(Owner.Table.Name) { Detail = values is null || !PostgresConstraints.AreStoredAsShown(Owner.Table.Schema, Lookup.Columns) ? null : FailureSubject.TakenKey(Lookup.Columns, values) },
    };

    private string Parameter(int number) => _engine == SqlDialect.Sqlite ? $"?{number}" : $"${number}";

    private string Match(string[] columns, int first) => string.Join(" AND ", columns.Select((column, i) => $"{ScratchTable.Quote(column)} = {Parameter(first + i)}"));

    private static string Names(string[] columns) => string.Join(", ", columns.Select(ScratchTable.Quote));
}
