using System.Collections.Frozen;

namespace Shale.Vitess;

/// <summary>The limits of a gate and its keyspaces, with the turns of statements where their number is limited. Thread-safe.</summary>
internal sealed class GateLimits
{
    private readonly StatementLimits? _gate;
    private readonly FrozenDictionary<string, StatementLimits> _keyspaces;
    private readonly Turns? _all;
    private readonly FrozenDictionary<string, Turns> _turns;

    /// <summary>Refuses limits that cannot be meant: <see cref="ArgumentException"/>; NOT_FOUND (3D000) for those of a keyspace that is not there, which would limit nothing.</summary>
    public GateLimits(VTGateOptions options, VSchema vschema)
    {
        options.Limits?.Validate("the gate");
        foreach (var (name, limits) in options.KeyspaceLimits)
        {
            limits.Validate($"keyspace {name}");
            if (vschema.Keyspaces.Keys.Any(keyspace => string.Equals(keyspace, name, StringComparison.OrdinalIgnoreCase))) continue;
            throw new VitessException(ErrorCodes.NotFound, $"there are limits for a keyspace \"{name}\", and no such keyspace", sqlState: "3D000", hint: $"The keyspaces are: {string.Join(", ", vschema.Keyspaces.Keys)}.");
        }

        _gate = options.Limits;
        _keyspaces = options.KeyspaceLimits.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _all = Turns.Of(_gate, "the gate", options.Clock);
        _turns = _keyspaces.Where(each => each.Value.MaxConcurrent is not null)
            .ToFrozenDictionary(each => each.Key, each => Turns.Of(each.Value, $"keyspace \"{each.Key}\"", options.Clock)!, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether nothing is limited.</summary>
    public bool IsNone => _gate is null && _keyspaces.Count == 0;

    /// <summary>What a statement of a keyspace may read.</summary>
    public static ReadLimit ReadLimitOf(VTGateOptions options, string keyspace)
    {
        var own = options.KeyspaceLimits.FirstOrDefault(each => string.Equals(each.Key, keyspace, StringComparison.OrdinalIgnoreCase)).Value;
        return new ReadLimit(Less(options.Limits?.MaxRows, own?.MaxRows), Less(options.Limits?.MaxBytes, own?.MaxBytes));
    }

    /// <summary>The stricter of the policies for statements of a keyspace that go to several shards.</summary>
    public CrossShardPolicy PolicyOf(string keyspace)
    {
        var (all, own) = (_gate?.CrossShard ?? CrossShardPolicy.Allow, _keyspaces.GetValueOrDefault(keyspace)?.CrossShard ?? CrossShardPolicy.Allow);
        return all > own ? all : own;
    }

    /// <summary>A statement has a plan: its time is limited from now on.</summary>
    public void LimitTime(string keyspace, RunningStatement running)
    {
        if (_gate?.MaxTime is { } limit) running.ExpireAfter(limit);
        if (_keyspaces.GetValueOrDefault(keyspace)?.MaxTime is { } own) running.ExpireAfter(own);
    }

    /// <summary>Waits for the turn of a statement, and gives it back with what is returned. RESOURCE_EXHAUSTED (53300) if too many wait, or it waits too long.</summary>
    public async ValueTask<Turn> EnterAsync(string keyspace, RunningStatement running)
    {
        var own = _turns.GetValueOrDefault(keyspace);
        if (own is null && _all is null) return default;
        running.State = "waiting for its turn";
        if (own is not null) await own.EnterAsync(running.Token);
        try
        {
            if (_all is not null) await _all.EnterAsync(running.Token);
        }
        catch
        {
            own?.Leave();
            throw;
        }

        running.State = "running";
        return new Turn(own, _all);
    }

    private static long? Less(long? a, long? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);

    /// <summary>The turn of one statement.</summary>
    internal readonly struct Turn(Turns? own, Turns? all) : IDisposable
    {
        /// <summary>Ends it.</summary>
        public void Dispose()
        {
            all?.Leave();
            own?.Leave();
        }
    }

    /// <summary>So many at once, the others in the order they came.</summary>
    internal sealed class Turns
    {
        private readonly StatementLimits _limits;
        private readonly string _of;
        private readonly TimeProvider _clock;
        private readonly FifoSemaphore _free;
        private int _waiting;

        private Turns(StatementLimits limits, string of, TimeProvider clock) => (_limits, _of, _clock, _free) = (limits, of, clock, new FifoSemaphore(limits.MaxConcurrent!.Value));

        /// <summary>Null where the number is not limited.</summary>
        public static Turns? Of(StatementLimits? limits, string of, TimeProvider clock) => limits?.MaxConcurrent is null ? null : new Turns(limits, of, clock);

        /// <summary>Waits.</summary>
        public async ValueTask EnterAsync(CancellationToken cancellationToken)
        {
            if (_free.TryAcquire()) return;
            try
            {
                if (Interlocked.Increment(ref _waiting) > _limits.MaxWaiting) throw Refused($"and {_limits.MaxWaiting} wait for their turn");
                if (!await _free.AcquireAsync(_limits.MaxWait, _clock, cancellationToken)) throw Refused($"and no turn came within {_limits.MaxWait.TotalMilliseconds:0} ms");
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        /// <summary>Lets the next one run.</summary>
        public void Leave() => _free.Release();

        private VitessException Refused(string why) => new(ErrorCodes.ResourceExhausted, $"{_limits.MaxConcurrent} statements of {_of} run, {why}", sqlState: "53300",
            hint: "Try again in a moment, send fewer at once, or raise maxConcurrent. SHOW PROCESSLIST shows what runs.");
    }
}
