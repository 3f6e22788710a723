using System.Globalization;

namespace Shale.Vitess;

/// <summary>Makes the calls of sequences that stand in statements. Thread-safe; the memory belongs to the caller.</summary>
internal sealed class SequenceExecutor(SequenceAllocator sequences)
{
    /// <summary>Makes one call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="values">The statement's values.</param>
    /// <param name="memory">What the session remembers.</param>
    /// <param name="cancellationToken">Cancels before anything is taken.</param>
    public async ValueTask<long> RunAsync(SequenceCall call, SqlValue[] values, SequenceMemory memory, CancellationToken cancellationToken)
    {
        switch (call.Kind)
        {
            case SequenceCallKind.CurrentValue:
                return memory.Current(call.Sequence!);
            case SequenceCallKind.LastValue:
                return memory.Last;
            case SequenceCallKind.SetValue:
                return await SetAsync(call, values, memory, cancellationToken);
            case SequenceCallKind.Position:
                return (memory.Position = sequences.PositionOf(call.Sequence!.Keyspace, call.Sequence.Sequence)).LastValue;
            case SequenceCallKind.Ahead:
                return memory.Position.Ahead;
            case SequenceCallKind.IsCalled:
                return memory.Position.IsCalled ? 1 : 0;
            default:
                var next = await sequences.NextAsync(call.Sequence!.Keyspace, call.Sequence.Sequence, 1, cancellationToken);
                memory.Took(call.Sequence, next);
                return next;
        }
    }

    private async ValueTask<long> SetAsync(SequenceCall call, SqlValue[] values, SequenceMemory memory, CancellationToken cancellationToken)
    {
        var (keyspace, sequence) = (call.Sequence!.Keyspace, call.Sequence.Sequence);
        var value = Number(call.Value.Of(values));
        var called = call.Called.Of(values) is not ({ Kind: SqlValueKind.Boolean or SqlValueKind.Integer } flag) || flag.AsInteger() != 0;
        Int128 next = called ? (Int128)value + sequence.Increment : value;
        if (IsOutside(sequence, value) || next > long.MaxValue || next < long.MinValue)
        {
            throw new VitessException(ErrorCodes.QueryError, $"setval: value {value} is out of bounds for sequence \"{sequence.Name}\"", sqlState: "22003");
        }

        await sequences.RestartAsync(keyspace, sequence.Name, (long)next, called, cancellationToken);
        if (called) memory.Set(call.Sequence, value);
        return value;
    }

    // MINVALUE and MAXVALUE are PostgreSQL's defaults, but for a sequence whose start lies beyond them.
    private static bool IsOutside(VSequence sequence, long value) => sequence.Increment > 0 ? value < Math.Min(1, sequence.Start) : sequence.Start < 0 && value > -1;

    private static long Number(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Integer => value.AsInteger(),
        SqlValueKind.Text when long.TryParse(value.AsText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new VitessException(ErrorCodes.TypeError, $"setval takes a whole number, not {value}", sqlState: "22P02"),
    };
}
