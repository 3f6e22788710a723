using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Where the rows of a table live, as sessions of one dialect route to them. Immutable, thread-safe.</summary>
internal sealed class TablePlace
{
    private readonly SqlDialect _session;
    private readonly ShardKey? _key;

    /// <summary>Describes a table whose columns are known.</summary>
    public TablePlace(VKeyspace keyspace, VTable table, SqlDialect session)
    {
        Keyspace = keyspace;
        Table = table;
        Schema = table.Schema!;
        _session = session;
        _key = table.IsSharded ? ShardKey.For(table, keyspace) : null;
        ShardColumns = _key is null ? [] : [.. _key.Columns.Select(column => IndexOf(Schema, column))];
    }

    /// <summary>The error for a column that it does not have: NOT_FOUND (42703), with the one that may have been meant.</summary>
    public VitessException NoColumn(Identifier name) => new(
        ErrorCodes.NotFound, $"column \"{name.Name}\" of relation \"{Table.Name}\" does not exist", sqlState: "42703",
        hint: NearestName.Hint(name.Name, Schema.Columns.Select(column => column.Name)) ?? "Check the name.",
        position: name.Span.Length > 0 ? name.Span.Start + 1 : null);

    /// <summary>The keyspace.</summary>
    public VKeyspace Keyspace { get; }

    /// <summary>The table of the VSchema.</summary>
    public VTable Table { get; }

    /// <summary>Its columns.</summary>
    public TableSchema Schema { get; }

    /// <summary>The sharding columns, by their place among the columns; empty for tables that are not sharded.</summary>
    public int[] ShardColumns { get; }

    /// <summary>Whether rows are spread over shards by key.</summary>
    public bool IsSharded => _key is not null;

    /// <summary>Whether the engine numbers its rows: SQLite's INTEGER PRIMARY KEY on a table that lives whole on one shard.</summary>
    public bool NumbersItself => Table.AutoIncrement is null && Schema.Columns.Any(column => column.AutoNumber);

    /// <summary>Whether every shard has all rows.</summary>
    public bool IsReference => Table.Kind == VTableKind.Reference;

    /// <summary>Whether rows with equal keys of the two tables are always on one shard.</summary>
    public bool IsColocatedWith(TablePlace other) =>
        ReferenceEquals(Keyspace, other.Keyspace) && _key is not null && other._key is not null && _key.IsColocatedWith(other._key);

    /// <summary>The shard of rows whose one sharding column equals a value. A value that can equal no key goes to the first shard (S2.2).</summary>
    public int ShardOfCompared(SqlValue value)
    {
        _key!.TryRoute(value, _session, out var shard);
        return shard;
    }

    /// <summary>The shard of rows whose sharding columns equal these values.</summary>
    public int ShardOfCompared(ReadOnlySpan<SqlValue> key)
    {
        _key!.TryRoute(key, _session, out var shard);
        return shard;
    }

    /// <summary>As <see cref="ShardOfCompared(ReadOnlySpan{SqlValue})"/>; false if no row can have the key.</summary>
    public bool TryFindShard(ReadOnlySpan<SqlValue> key, out int shard) =>
        key.Length == 1 ? _key!.TryRoute(key[0], _session, out shard) : _key!.TryRoute(key, _session, out shard);

    /// <summary>The shard of a new row; NULL in the key is CONSTRAINT_VIOLATION (23502) (S2.2).</summary>
    public int ShardOfNew(ReadOnlySpan<SqlValue> key) => _key!.RouteNewRow(key, _session);

    /// <summary>The keyspace id of a row; NULL in the key is CONSTRAINT_VIOLATION (23502).</summary>
    public KeyspaceId KeyspaceIdOfNew(ReadOnlySpan<SqlValue> key)
    {
        _key!.TryIdOfNewRow(key, _session, out var id);
        return id;
    }

    /// <summary>The shard that holds the rows of a keyspace id.</summary>
    public int ShardOf(KeyspaceId id) => _key!.Map.IndexOf(id);

    /// <summary>The sharding key of a row in canonical form: equal for keys that the engine holds equal.</summary>
    public SqlValue[] CanonicalKeyOfNew(ReadOnlySpan<SqlValue> key) => _key!.CanonicalOfNewRow(key, _session);

    /// <summary>Adds the shards that can hold keys of an interval, bounds inside; false if the vindex keeps no order.</summary>
    public bool AddShardsOfRange(SqlValue? low, SqlValue? high, ShardSet into)
    {
        if (low is { IsNull: true } || high is { IsNull: true })
        {
            into.Add(ShardKey.FallbackShard);
            return true;
        }

        var found = new HashSet<int>();
        if (!_key!.TryRouteInterval(low, high, _session, found)) return false;
        foreach (var shard in found) into.Add(shard);
        if (found.Count == 0) into.Add(ShardKey.FallbackShard);
        return true;
    }

    /// <summary>Adds the shards that can hold keys that start with these values; false if they alone tell nothing.</summary>
    public bool AddShardsOfPrefix(ReadOnlySpan<SqlValue> first, ShardSet into)
    {
        var found = new HashSet<int>();
        if (!_key!.TryRoutePrefix(first, _session, found)) return false;
        foreach (var shard in found) into.Add(shard);
        if (found.Count == 0) into.Add(ShardKey.FallbackShard);
        return true;
    }

    /// <summary>The place of a column among the columns; -1 for none of the name.</summary>
    public int ColumnIndex(string name)
    {
        for (var i = 0; i < Schema.Columns.Count; i++)
        {
            if (VSchemaNames.Comparer.Equals(Schema.Columns[i].Name, name)) return i;
        }

        return -1;
    }

    private static int IndexOf(TableSchema schema, ColumnSchema column)
    {
        for (var i = 0; i < schema.Columns.Count; i++)
        {
            if (ReferenceEquals(schema.Columns[i], column)) return i;
        }

        throw new InvalidOperationException($"column {column.Name} is not one of table {schema.Name}");
    }
}
