namespace Shale.Vitess;

/// <summary>
/// The values that a session has taken from sequences, for currval and lastval. A session is a connection of PostgreSQL's protocol, or elsewhere a transaction: outside of both each
/// statement is alone. Not thread-safe: its statements run one after another.
/// </summary>
public sealed class SequenceMemory
{
    private readonly Dictionary<(string Keyspace, string Counter), long> _values = [];
    private long? _last;
    private (string Keyspace, string Counter) _lastFrom;

    /// <summary>Where the sequence was that was looked at last: its columns are read together.</summary>
    internal SequencePosition Position { get; set; }

    /// <summary>Keeps a value that was taken.</summary>
    internal void Took(SequenceRef sequence, long value)
    {
        _lastFrom = (sequence.Keyspace, sequence.Sequence.Counter);
        _values[_lastFrom] = value;
        _last = value;
    }

    /// <summary>Keeps a value that setval gave: it is the sequence's last, and lastval's only if that was this sequence's.</summary>
    internal void Set(SequenceRef sequence, long value)
    {
        var counter = (sequence.Keyspace, sequence.Sequence.Counter);
        _values[counter] = value;
        if (_last is not null && counter == _lastFrom) _last = value;
    }

    /// <summary>The last value of a sequence; QUERY_ERROR (55000) if none was taken.</summary>
    internal long Current(SequenceRef sequence) => _values.TryGetValue((sequence.Keyspace, sequence.Sequence.Counter), out var value)
        ? value
        : throw Undefined($"currval of sequence \"{sequence.Sequence.Name}\" is not yet defined in this session");

    /// <summary>The last value of any; QUERY_ERROR (55000) if none was taken.</summary>
    internal long Last => _last ?? throw Undefined("lastval is not yet defined in this session");

    private static VitessException Undefined(string message) => new(ErrorCodes.QueryError, message, sqlState: "55000",
        hint: "A session is a connection of a PostgreSQL client, or elsewhere a transaction: take the number in the same one, or use RETURNING or lastInsertId.");
}
