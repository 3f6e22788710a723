using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Shale.Vitess;

/// <summary>The lookup vindexes that are being filled now, and how far they are. Thread-safe.</summary>
internal sealed class LookupFills
{
    private readonly ConcurrentDictionary<(string Keyspace, string Lookup), LookupFill> _fills = new();

    /// <summary>A fill begins. One of a vindex at a time: the change of the VSchema that adds it lets only one in.</summary>
    public LookupFill Begin(string keyspace, string lookup) => _fills[Key(keyspace, lookup)] = new LookupFill();

    /// <summary>It is over.</summary>
    public void End(string keyspace, string lookup) => _fills.TryRemove(Key(keyspace, lookup), out _);

    /// <summary>Whether a vindex is being filled, and how far that is.</summary>
    public bool TryGet(string keyspace, string lookup, [NotNullWhen(true)] out LookupFill? fill) => _fills.TryGetValue(Key(keyspace, lookup), out fill);

    private static (string Keyspace, string Lookup) Key(string keyspace, string lookup) => (keyspace.ToUpperInvariant(), lookup.ToUpperInvariant());
}

/// <summary>How far one fill is: written by one, read by any.</summary>
internal sealed class LookupFill
{
    private long _done;
    private long _total;

    /// <summary>How many rows have their entry.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>How many rows there were at the start.</summary>
    public long Total
    {
        get => Interlocked.Read(ref _total);
        set => Interlocked.Exchange(ref _total, value);
    }

    /// <summary>More rows have their entry.</summary>
    public void Add(int rows) => Interlocked.Add(ref _done, rows);

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Done} of {Total} rows");
}
