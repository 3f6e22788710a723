using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The sharding key of one table, ready to route: columns, vindex and map of shards. Made once per plan; immutable and thread-safe.</summary>
public sealed class ShardKey
{
    /// <summary>Where statements go whose key no row can have: this shard gives the engine's own answer (SEMANTICS S2.2).</summary>
    public const int FallbackShard = 0;

    private readonly VTable _table;
    private readonly VindexDefinition _definition;
    private readonly KeyColumn[] _postgres;
    private readonly KeyColumn[] _sqlite;

    private ShardKey(VTable table, ImmutableArray<ColumnSchema> columns, VindexDefinition definition, VKeyspace keyspace)
    {
        _table = table;
        _definition = definition;
        Columns = columns;
        Vindex = keyspace.CreateVindex(definition);
        Map = new ShardMap(keyspace.Shards);
        _postgres = [.. columns.Select(column => KeyColumn.Of(column, SqlDialect.Postgres))];
        _sqlite = [.. columns.Select(column => KeyColumn.Of(column, SqlDialect.Sqlite))];
    }

    /// <summary>The sharding columns, in the vindex's order.</summary>
    public ImmutableArray<ColumnSchema> Columns { get; }

    /// <summary>The vindex.</summary>
    public IVindex Vindex { get; }

    /// <summary>The shards.</summary>
    public ShardMap Map { get; }

    /// <summary>The key of a sharded table whose columns are known; INVALID_VSCHEMA if column or vindex do not exist.</summary>
    public static ShardKey For(VTable table, VKeyspace keyspace)
    {
        if (table.Schema is null || !table.IsSharded) throw new InvalidOperationException($"table {table.Name} has no columns yet, or is not sharded");
        var definition = keyspace.VindexOf(table)
            ?? throw new VitessException(ErrorCodes.InvalidVSchema, $"table \"{table.Name}\" names the vindex \"{table.Vindex}\", which does not exist");
        var columns = table.ShardColumns.Select(name => table.Schema.Column(name)
            ?? throw new VitessException(ErrorCodes.InvalidVSchema, $"table \"{table.Name}\" has no sharding column \"{name}\""));
        return new ShardKey(table, [.. columns], definition, keyspace);
    }

    /// <summary>The shard that alone can hold rows whose sharding columns equal the values.</summary>
    /// <param name="values">One value for each of <see cref="Columns"/>, as the statement has it.</param>
    /// <param name="dialect">The session's dialect.</param>
    /// <param name="shard">Its place in <see cref="Map"/>; <see cref="FallbackShard"/> if no row can have the key.</param>
    /// <returns>False when no row can have the key.</returns>
    public bool TryRoute(ReadOnlySpan<SqlValue> values, SqlDialect dialect, out int shard)
    {
        shard = FallbackShard;
        Span<SqlValue> key = new SqlValue[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (!Converters(dialect)[i].TryConvert(values[i], out key[i])) return false;
        }

        return TryMap(key, out shard);
    }

    /// <summary>As <see cref="TryRoute(ReadOnlySpan{SqlValue}, SqlDialect, out int)"/> for a key of one column, without allocation.</summary>
    public bool TryRoute(SqlValue value, SqlDialect dialect, out int shard)
    {
        shard = FallbackShard;
        return Converters(dialect)[0].TryConvert(value, out var canonical) && TryMap(new ReadOnlySpan<SqlValue>(in canonical), out shard);
    }

    /// <summary>The shard that a new row belongs to. What the engine will refuse goes to <see cref="FallbackShard"/>, to be refused there.</summary>
    /// <exception cref="VitessException">CONSTRAINT_VIOLATION: 23502 for a NULL, 23514 for a key that the vindex has no place for.</exception>
    public int RouteNewRow(ReadOnlySpan<SqlValue> values, SqlDialect dialect) => TryIdOfNewRow(values, dialect, out var id) ? Map.IndexOf(id) : FallbackShard;

    /// <summary>The keyspace id of a new row; false for a key that the engine will refuse. Errors as <see cref="RouteNewRow"/>.</summary>
    public bool TryIdOfNewRow(ReadOnlySpan<SqlValue> values, SqlDialect dialect, out KeyspaceId id)
    {
        id = Map.Shards[FallbackShard].Start;
        Span<SqlValue> key = new SqlValue[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].IsNull) throw NullKey(Columns[i].Name);
            if (!Converters(dialect)[i].TryAssign(values[i], out key[i])) return false;
        }

        return Vindex.TryMap(key, out id) ? true : throw OutsideRanges(values);
    }

    /// <summary>The canonical form of a new row's key; a part that the engine will refuse stays as it is.</summary>
    public SqlValue[] CanonicalOfNewRow(ReadOnlySpan<SqlValue> values, SqlDialect dialect)
    {
        var key = values.ToArray();
        for (var i = 0; i < key.Length; i++)
        {
            if (Converters(dialect)[i].TryAssign(values[i], out var canonical)) key[i] = canonical;
        }

        return key;
    }

    /// <summary>Adds the shards that can hold rows whose only sharding column lies between two values, both included.</summary>
    /// <param name="low">The lowest value; null for no bound.</param>
    /// <param name="high">The highest value; null for no bound.</param>
    /// <param name="dialect">The session's dialect.</param>
    /// <param name="shards">Receives places in <see cref="Map"/>; none means that no row can be there.</param>
    /// <returns>False when the interval does not narrow: the vindex keeps no order, or the order of the type is not the vindex's.</returns>
    public bool TryRouteInterval(SqlValue? low, SqlValue? high, SqlDialect dialect, ISet<int> shards)
    {
        if (Columns.Length != 1 || Columns[0].Collation is not null || !KeepsOrder(Columns[0].Type.Kind, dialect)) return false;
        SqlValue? least = null, most = null;
        if (low is { } lowest)
        {
            if (!Converters(dialect)[0].TryConvert(lowest, out var canonical)) return lowest.IsNull;
            least = canonical;
        }

        if (high is { } highest)
        {
            if (!Converters(dialect)[0].TryConvert(highest, out var canonical)) return highest.IsNull;
            most = canonical;
        }

        List<KeyspaceInterval> intervals = [];
        if (!Vindex.TryMapInterval(least, most, intervals)) return false;
        foreach (var interval in intervals) Map.AddShards(interval, shards);
        return true;
    }

    /// <summary>Adds the shards that can hold rows whose first sharding columns equal these values; a vindex may know that they are few.</summary>
    /// <param name="values">Values of the first columns, not of all.</param>
    /// <param name="dialect">The session's dialect.</param>
    /// <param name="shards">Receives places in <see cref="Map"/>; none means that no row can be there.</param>
    /// <returns>False when the first columns do not narrow.</returns>
    public bool TryRoutePrefix(ReadOnlySpan<SqlValue> values, SqlDialect dialect, ISet<int> shards)
    {
        Span<SqlValue> first = new SqlValue[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (!Converters(dialect)[i].TryConvert(values[i], out first[i])) return true;
        }

        List<KeyspaceInterval> intervals = [];
        if (!Vindex.TryMapPrefix(first, intervals)) return false;
        foreach (var interval in intervals) Map.AddShards(interval, shards);
        return true;
    }

    /// <summary>Whether equal keys of both tables live on one shard: same columns' types and collations, same vindex, same shards.</summary>
    public bool IsColocatedWith(ShardKey other) => ReferenceEquals(this, other) || (Columns.Length == other.Columns.Length
        && Map.Shards.SequenceEqual(other.Map.Shards) && _definition.IsSameFunction(other._definition)
        && Columns.Zip(other.Columns).All(pair => AreComparable(pair.First, pair.Second)));

    /// <summary>Whether equal values of two columns have one canonical form: same type (lengths do not count) and same collation.</summary>
    public static bool AreComparable(ColumnSchema left, ColumnSchema right) =>
        Family(left.Type) == Family(right.Type) && string.Equals(left.Collation ?? "", right.Collation ?? "", StringComparison.OrdinalIgnoreCase)
        && KeyColumn.AffinityOf(left) == KeyColumn.AffinityOf(right);

    private static SqlTypeKind Family(SqlType type) => type.Kind switch
    {
        SqlTypeKind.Int2 or SqlTypeKind.Int4 => SqlTypeKind.Int8,
        SqlTypeKind.Varchar => SqlTypeKind.Text,
        var kind => kind,
    };

    private static bool KeepsOrder(SqlTypeKind kind, SqlDialect dialect) => kind switch
    {
        SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 => true,
        SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz => dialect == SqlDialect.Postgres,
        SqlTypeKind.Text or SqlTypeKind.Varchar => dialect == SqlDialect.Sqlite,
        _ => false,
    };

    private KeyColumn[] Converters(SqlDialect dialect) => dialect == SqlDialect.Sqlite ? _sqlite : _postgres;

    private bool TryMap(ReadOnlySpan<SqlValue> key, out int shard)
    {
        shard = FallbackShard;
        if (!Vindex.TryMap(key, out var id)) return false;
        shard = Map.IndexOf(id);
        return true;
    }

    private VitessException NullKey(string column) => new(ErrorCodes.ConstraintViolation,
        $"null value in sharding column \"{column}\" of table \"{_table.Name}\"", sqlState: "23502", hint: "A row's sharding key decides where it lives: give it a value.") { Subject = new FailureSubject(_table.Name, column) };

    private VitessException OutsideRanges(ReadOnlySpan<SqlValue> values) => new(ErrorCodes.ConstraintViolation,
        $"vindex \"{Vindex.Name}\" has no place for the key ({string.Join(", ", values.ToArray())}) of table \"{_table.Name}\"", sqlState: "23514",
        hint: "Add a range or a region for it to the VSchema.");
}
