using System.Collections.Concurrent;

namespace Shale.Vitess;

/// <summary>
/// Hands out values of sequences (SEMANTICS S2.6): blocks are reserved in the topology before their first value is used, so a value is never
/// handed out twice, and a restart goes on behind the last block. Thread-safe; one lock per sequence.
/// </summary>
public sealed class SequenceAllocator(ITopology topology, TimeProvider? clock = null)
{
    private const long SmallestBlock = 1000;
    private const long LargestBlock = 64_000;

    /// <summary>A block that lasts less than this is followed by one of twice its size.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Cursor> _cursors = new(VSchemaNames.Comparer);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Values of a sequence that the VSchema of the topology has; NOT_FOUND (42P01) for others.</summary>
    /// <returns>The first of <paramref name="count"/> values, each the sequence's increment further.</returns>
    public ValueTask<long> NextAsync(string keyspace, string sequence, long count, CancellationToken cancellationToken) =>
        NextAsync(keyspace, Definition(keyspace, sequence), count, cancellationToken);

    /// <summary>Values of a sequence that the VSchema may not have yet, because the transaction that makes it goes on.</summary>
    /// <param name="keyspace">Its keyspace.</param>
    /// <param name="sequence">Its description.</param>
    /// <param name="count">How many values follow one another; at least 1.</param>
    /// <param name="cancellationToken">Cancels before anything is reserved.</param>
    /// <exception cref="VitessException">QUERY_ERROR (2200H) when there are not so many left.</exception>
    public ValueTask<long> NextAsync(string keyspace, VSequence sequence, long count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        cancellationToken.ThrowIfCancellationRequested();
        keyspace = sequence.SharedWith ?? keyspace;
        var cursor = _cursors.GetOrAdd(Key(keyspace, sequence.Counter), _ => new Cursor());
        lock (cursor)
        {
            if (cursor.Left < count) RefillLocked(cursor, keyspace, sequence, count);
            return ValueTask.FromResult(cursor.Take(count));
        }
    }

    /// <summary>Makes the next value lie behind one that a row brought itself (dialect sqlite).</summary>
    public ValueTask RaiseToAsync(string keyspace, string sequence, long value, CancellationToken cancellationToken) =>
        RaiseToAsync(keyspace, Definition(keyspace, sequence), value, cancellationToken);

    /// <summary>As <see cref="RaiseToAsync(string, string, long, CancellationToken)"/>, for a sequence that the VSchema may not have yet.</summary>
    public ValueTask RaiseToAsync(string keyspace, VSequence sequence, long value, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        keyspace = sequence.SharedWith ?? keyspace;
        var cursor = _cursors.GetOrAdd(Key(keyspace, sequence.Counter), _ => new Cursor());
        lock (cursor)
        {
            // A value of the block that is in use: skip to it without touching the topology.
            if (cursor.Left == 0) RefillLocked(cursor, keyspace, sequence, 1);
            if (sequence.Increment > 0 ? value < cursor.Next : value > cursor.Next) return ValueTask.CompletedTask;
            if (cursor.TrySkipTo(value)) return ValueTask.CompletedTask;
            if (value == (sequence.Increment > 0 ? long.MaxValue : long.MinValue))
            {
                cursor.Exhaust();
                topology.Restart(keyspace, sequence.Counter, value);
                topology.Reserve(keyspace, sequence, 1);
                cursor.IsCalled = true;
                return ValueTask.CompletedTask;
            }

            RefillLocked(cursor, keyspace, sequence, 1, value + Math.Sign(sequence.Increment));
            cursor.IsCalled = true;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Where a sequence is. Nothing is taken. After a restart of the process it is behind all that was reserved.</summary>
    public SequencePosition PositionOf(string keyspace, VSequence sequence)
    {
        keyspace = sequence.SharedWith ?? keyspace;
        var cursor = _cursors.GetOrAdd(Key(keyspace, sequence.Counter), _ => new Cursor());
        lock (cursor)
        {
            var next = cursor.Left > 0 ? cursor.Next : topology.NextValue(keyspace, sequence.Counter) ?? sequence.Start;

            // What this process has not seen itself is told by the value: the first of all, and one whose predecessor a sequence cannot have, was not given.
            var isCalled = cursor.IsCalled ?? (next != sequence.Start && (sequence.Increment > 0 ? next - sequence.Increment >= Math.Min(1, sequence.Start) : next - sequence.Increment <= Math.Max(-1, sequence.Start)));
            return new SequencePosition((long)(isCalled ? next - sequence.Increment : next), cursor.Left, isCalled);
        }
    }

    /// <summary>Lets a sequence go on from a value, which may be lower: RESTART, setval.</summary>
    /// <param name="keyspace">Its keyspace.</param>
    /// <param name="sequence">Its <see cref="VSequence.Counter"/>.</param>
    /// <param name="next">The value that comes next.</param>
    /// <param name="isCalled">Whether the value before it counts as given.</param>
    /// <param name="cancellationToken">Cancels before anything is changed.</param>
    public ValueTask RestartAsync(string keyspace, string sequence, long next, bool isCalled, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var cursor = _cursors.GetOrAdd(Key(keyspace, sequence), _ => new Cursor());
        lock (cursor)
        {
            topology.Restart(keyspace, sequence, next);
            cursor.Exhaust();
            cursor.IsCalled = isCalled;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Forgets a sequence that has been dropped, so that one of the same <see cref="VSequence.Counter"/> starts anew.</summary>
    public void Forget(string keyspace, string sequence) => _cursors.TryRemove(Key(keyspace, sequence), out _);

    private static string Key(string keyspace, string sequence) => keyspace + "\0" + sequence;

    private VSequence Definition(string keyspace, string sequence) => topology.Load().Get(keyspace).FindSequence(sequence)
        ?? throw new VitessException(ErrorCodes.NotFound, $"sequence \"{sequence}\" not found in keyspace \"{keyspace}\"");

    private void RefillLocked(Cursor cursor, string keyspace, VSequence sequence, long count, long? notBefore = null)
    {
        var now = _clock.GetTimestamp();
        var busy = cursor.BlockSize > 0 && _clock.GetElapsedTime(cursor.ReservedAt, now) < Busy;
        var smallest = sequence.Cache > 0 ? sequence.Cache : SmallestBlock;
        var size = Math.Max(count, busy ? Math.Min(Math.Max(cursor.BlockSize * 2, smallest), Math.Max(LargestBlock, smallest)) : smallest);
        var block = topology.Reserve(keyspace, sequence, size, notBefore);
        if (!cursor.TryExtend(block)) cursor.Start(block);
        cursor.ReservedAt = now;
        cursor.BlockSize = size;
        if (cursor.Left >= count) return;
        throw new VitessException(ErrorCodes.QueryError, $"sequence \"{sequence.Name}\" of keyspace \"{keyspace}\" has only {cursor.Left} values left", sqlState: "2200H",
            hint: "Restart it at a lower value if the ids are free.");
    }

    /// <summary>The block in use; guarded by a lock on itself.</summary>
    private sealed class Cursor
    {
        private long _increment = 1;

        public long Next { get; private set; }

        public long Left { get; private set; }

        public long BlockSize { get; set; }

        public long ReservedAt { get; set; }

        /// <summary>Whether the value before the next one was given, or brought by a row; null where this process does not know.</summary>
        public bool? IsCalled { get; set; }

        public long Take(long count)
        {
            IsCalled = true;
            var first = Next;
            Next = unchecked(Next + (_increment * count));
            Left -= count;
            return first;
        }

        public void Start(SequenceBlock block) => (Next, _increment, Left) = (block.First, block.Increment, block.Count);

        /// <summary>Whether the block follows what is left: then nothing is lost.</summary>
        public bool TryExtend(SequenceBlock block)
        {
            if (Left == 0 || block.Increment != _increment || unchecked(Next + (_increment * Left)) != block.First) return false;
            Left += block.Count;
            return true;
        }

        public void Exhaust() => Left = 0;

        /// <summary>Moves behind a value of the block.</summary>
        public bool TrySkipTo(long value)
        {
            var steps = ((Int128)value - Next) / _increment;
            if (steps < 0 || steps >= Left) return false;
            Take((long)steps + 1);
            return true;
        }
    }
}
