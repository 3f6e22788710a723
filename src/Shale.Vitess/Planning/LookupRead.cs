using System.Buffers.Binary;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The entries of a lookup vindex that tell a statement's shards: those whose columns have the values that the statement compares them with. What they say is put behind the
/// statement's values before it runs, in a slot of its own: nothing while they have not been read; the keyspace ids, one after another; or that they tell nothing. Then the
/// statement goes to all shards, which is always right. Immutable, thread-safe.
/// </summary>
internal sealed class LookupRead
{
    /// <summary>The size of a keyspace id.</summary>
    public const int IdBytes = sizeof(ulong);

    /// <summary>How many values, and how many entries, are looked up: more would name every shard anyway.</summary>
    public const int MaxEntries = 1_000;

    private readonly ValueSource[][] _values;
    private readonly bool[] _mayBeNull;
    private readonly int _keys;
    private readonly int[] _shardCells;

    /// <summary>Describes a read.</summary>
    /// <param name="lookup">The vindex.</param>
    /// <param name="entries">The table of its entries.</param>
    /// <param name="values">For each of its columns the values one of which it has.</param>
    /// <param name="mayBeNull">For each column whether a value that is NULL means rows with NULL there.</param>
    /// <param name="slot">Where the keyspace ids go among the statement's values.</param>
    /// <param name="engine">The dialect of the shards.</param>
    public LookupRead(VLookup lookup, TablePlace entries, ValueSource[][] values, bool[] mayBeNull, int slot, SqlDialect engine)
    {
        Lookup = lookup;
        Entries = entries;
        Slot = slot;
        _values = values;
        _mayBeNull = mayBeNull;
        _keys = values.Aggregate(1, (product, each) => product * each.Length);
        _shardCells = [.. entries.Table.ShardColumns.Select(column => IndexOf(lookup, column))];
        Sql = SqlPrinter.Print(Query(_keys, engine == SqlDialect.Sqlite ? ParameterStyle.QuestionNumber : ParameterStyle.Dollar), engine);
    }

    /// <summary>The vindex.</summary>
    public VLookup Lookup { get; }

    /// <summary>The table of its entries.</summary>
    public TablePlace Entries { get; }

    /// <summary>Where the keyspace ids go among the statement's values.</summary>
    public int Slot { get; }

    /// <summary>Where it stands when the entries were read, among the statement's values: a number of <see cref="EntryCommits"/>, or NULL where nothing can have changed since.</summary>
    public required int TimeSlot { get; init; }

    /// <summary>What a shard of the entries is asked; each key's values follow one another among the parameters.</summary>
    public string Sql { get; }

    /// <summary>Whether one entry at most can be found.</summary>
    public bool IsPoint => _keys == 1 && Lookup.Unique;

    /// <summary>How many keys are looked up.</summary>
    public int KeyCount => _keys;

    /// <summary>Whether the entries have been read.</summary>
    public bool IsRead(ReadOnlySpan<SqlValue> values) => Slot < values.Length && !values[Slot].IsNull;

    /// <summary>Whether all these have been read.</summary>
    public static bool AreRead(IReadOnlyList<LookupRead> reads, ReadOnlySpan<SqlValue> values)
    {
        for (var i = 0; i < reads.Count; i++)
        {
            if (!reads[i].IsRead(values)) return false;
        }

        return true;
    }

    /// <summary>The keyspace ids that were found; false if the entries were not read or tell nothing.</summary>
    public bool TryGetIds(ReadOnlySpan<SqlValue> values, out ReadOnlySpan<byte> ids)
    {
        var found = Slot < values.Length && values[Slot].Kind == SqlValueKind.Blob;
        ids = found ? values[Slot].AsBlob() : default;
        return found;
    }

    /// <summary>The first of some keyspace ids.</summary>
    public static KeyspaceId FirstOf(ReadOnlySpan<byte> ids) => new(BinaryPrimitives.ReadUInt64BigEndian(ids));

    /// <summary>What stands in the slot when the entries tell nothing.</summary>
    public static SqlValue Nothing => SqlValue.Integer(0);

    /// <summary>Puts into the slots that the entries tell nothing.</summary>
    public static void Forget(IReadOnlyList<LookupRead> reads, SqlValue[] values)
    {
        foreach (var read in reads) values[read.Slot] = Nothing;
    }

    /// <summary>The values, but that the entries tell nothing, whatever happens meanwhile.</summary>
    public static SqlValue[] Forgotten(IReadOnlyList<LookupRead> reads, SqlValue[] values)
    {
        if (reads.Count == 0) return values;
        var all = values.ToArray();
        Forget(reads, all);
        all[reads[0].TimeSlot] = SqlValue.Null;
        return all;
    }

    /// <summary>Whether it is the same read for every statement's values.</summary>
    public bool SameAs(LookupRead other) => ReferenceEquals(Entries, other.Entries) && _mayBeNull.AsSpan().SequenceEqual(other._mayBeNull)
        && _values.Zip(other._values).All(pair => pair.First.Length == pair.Second.Length && pair.First.Zip(pair.Second).All(each => each.First.SameAs(each.Second)));

    /// <summary>The parameters of the read where it is of one key, and its shard; false if no entry can have the key, or, with -1, if the key tells nothing.</summary>
    public bool TryBindOne(ReadOnlySpan<SqlValue> values, out SqlValue[] key, out int shard)
    {
        key = new SqlValue[_values.Length];
        for (var i = 0; i < key.Length; i++) key[i] = _values[i][0].Of(values);
        return TryFindShard(key, out shard);
    }

    /// <summary>The parameters of the read on each shard that has entries of the keys; null if some key tells nothing.</summary>
    public IReadOnlyList<(int Shard, SqlValue[] Parameters)>? Bind(ReadOnlySpan<SqlValue> values)
    {
        var byShard = new SortedDictionary<int, List<SqlValue[]>>();
        var places = new int[_values.Length];
        do
        {
            var key = new SqlValue[_values.Length];
            for (var i = 0; i < key.Length; i++) key[i] = _values[i][places[i]].Of(values);
            if (TryFindShard(key, out var shard))
            {
                if (!byShard.TryGetValue(shard, out var keys)) byShard[shard] = keys = [];
                keys.Add(key);
            }
            else if (shard < 0)
            {
                return null;
            }
        }
        while (Next(places));

        return [.. byShard.Select(each => (each.Key, Padded(each.Value)))];
    }

    private bool TryFindShard(SqlValue[] key, out int shard)
    {
        for (var i = 0; i < key.Length; i++)
        {
            if (!key[i].IsNull) continue;
            shard = _mayBeNull[i] ? -1 : ShardKey.FallbackShard;
            return false;
        }

        shard = ShardKey.FallbackShard;
        if (_shardCells.Length == 0) return true;
        if (_shardCells.Length == 1) return Entries.TryFindShard(new ReadOnlySpan<SqlValue>(in key[_shardCells[0]]), out shard);
        var shardKey = new SqlValue[_shardCells.Length];
        for (var i = 0; i < shardKey.Length; i++) shardKey[i] = key[_shardCells[i]];
        return Entries.TryFindShard(shardKey, out shard);
    }

    // One statement for all shards, so that each prepares it once: those that have fewer keys are asked for their last one again.
    private SqlValue[] Padded(List<SqlValue[]> keys)
    {
        var parameters = new SqlValue[_keys * _values.Length];
        for (var i = 0; i < _keys; i++) keys[Math.Min(i, keys.Count - 1)].CopyTo(parameters, i * _values.Length);
        return parameters;
    }

    private bool Next(int[] places)
    {
        for (var i = places.Length - 1; i >= 0; i--)
        {
            if (++places[i] < _values[i].Length) return true;
            places[i] = 0;
        }

        return false;
    }

    private SelectStatement Query(int keys, ParameterStyle style)
    {
        var columns = Lookup.Columns.Select(Expr (column) => Column(column)).ToArray();
        var parameter = 0;
        Expr Match() => Conjuncts.And([.. columns.Select(column => (Expr)new Binary("=", column, new Parameter(style, ++parameter)))])!;
        var where = columns.Length == 1 && keys > 1
            ? new InList(columns[0], Enumerable.Range(1, keys).Select(Expr (i) => new Parameter(style, i)).ToNodeList(), false)
            : Conjuncts.Or([.. Enumerable.Range(0, keys).Select(_ => Match())]);
        var core = new SelectCore([new SelectItem(Column(VLookup.KeyspaceIdColumn), null)])
        {
            From = [new TableRef(new ObjectName(null, new Identifier(Entries.Table.Name, true)), null, [])], Where = where,
        };
        return IsPoint ? new SelectStatement(null, core) : new SelectStatement(null, core) { Limit = new Literal(LiteralKind.Integer, $"{MaxEntries + 1}") };
    }

    private static ColumnRef Column(string name) => new(null, null, new Identifier(name, true));

    private static int IndexOf(VLookup lookup, string column)
    {
        for (var i = 0; i < lookup.Columns.Length; i++)
        {
            if (VSchemaNames.Comparer.Equals(lookup.Columns[i], column)) return i;
        }

        throw new InvalidOperationException($"lookup vindex {lookup.Name} does not look up {column}, by which its entries are sharded");
    }
}

/// <summary>The reads of entries that one statement needs, each once however many of its tables they narrow. Thread-safe: some of a plan is made when it is first needed.</summary>
/// <param name="firstSlot">The first place behind the statement's own values: there stands when the entries were read.</param>
/// <param name="engine">The dialect of the shards.</param>
internal sealed class LookupReads(int firstSlot, SqlDialect engine)
{
    private readonly Lock _lock = new();
    private readonly List<LookupRead> _reads = [];

    /// <summary>The read of these entries.</summary>
    public LookupRead Of(VLookup lookup, TablePlace entries, ValueSource[][] values, bool[] mayBeNull)
    {
        lock (_lock)
        {
            var read = new LookupRead(lookup, entries, values, mayBeNull, firstSlot + 1 + _reads.Count, engine) { TimeSlot = firstSlot };
            if (_reads.Find(read.SameAs) is { } known) return known;
            _reads.Add(read);
            return read;
        }
    }
}
