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
    public async ValueTask<SqlValue> RunAsync(SequenceCall call, SqlValue[] values, SequenceMemory memory, CancellationToken cancellationToken)
    {
        switch (call.Kind)
        {
            case SequenceCallKind.CurrentValue:
                return SqlValue.Integer(memory.Current(call.Sequence!));
            case SequenceCallKind.LastValue:
                return SqlValue.Integer(memory.Last);
            case SequenceCallKind.SetValue:
                return await SetAsync(call.Sequence!, call.Value.Of(values), call.Called.Of(values), memory, cancellationToken);
            case SequenceCallKind.Position:
                return SqlValue.Integer((memory.Position = sequences.PositionOf(call.Sequence!.Keyspace, call.Sequence.Sequence)).LastValue);
            case SequenceCallKind.Ahead:
                return SqlValue.Integer(memory.Position.Ahead);
            case SequenceCallKind.IsCalled:
                return SqlValue.Integer(memory.Position.IsCalled ? 1 : 0);
            default:
                var next = await sequences.NextAsync(call.Sequence!.Keyspace, call.Sequence.Sequence, 1, cancellationToken);
                memory.Took(call.Sequence, next);
                return SqlValue.Integer(next);
        }
    }

    /// <summary>Makes the calls of setval that a query has given the values of, row by row.</summary>
    /// <param name="settings">The calls.</param>
    /// <param name="found">The query's rows.</param>
    /// <param name="memory">What the session remembers.</param>
    /// <param name="cancellationToken">Cancels before the next call; those that were made stay.</param>
    /// <returns>The client's columns of the rows.</returns>
    public async ValueTask<RowSet> SetAsync(IReadOnlyList<RowSetting> settings, RowSet found, SequenceMemory memory, CancellationToken cancellationToken)
    {
        var width = found.Fields.Count;
        var rows = new RowSet([.. found.Fields.SkipLast(RowSetting.HiddenBy(settings))], found.RowCount);
        for (var i = 0; i < found.RowCount; i++)
        {
            var row = found[i].ToArray();
            foreach (var (sequence, value, called) in settings)
            {
                row[width - value] = sequence is null ? SqlValue.Null
                    : await SetAsync(sequence, row[width - value], called == 0 ? SqlValue.Boolean(true) : row[width - called], memory, cancellationToken);
            }

            rows.Add(row.AsSpan(0, rows.Fields.Count));
        }

        return rows;
    }

    private async ValueTask<SqlValue> SetAsync(SequenceRef target, SqlValue given, SqlValue flag, SequenceMemory memory, CancellationToken cancellationToken)
    {
        // As any function of PostgreSQL that is strict.
        if (given.IsNull || flag.IsNull) return SqlValue.Null;
        var (keyspace, sequence) = (target.Keyspace, target.Sequence);
        var value = Number(given);
        var called = flag.Kind is not (SqlValueKind.Boolean or SqlValueKind.Integer) || flag.AsInteger() != 0;
        Int128 next = called ? (Int128)value + sequence.Increment : value;
        if (IsOutside(sequence, value) || next > long.MaxValue || next < long.MinValue)
        {
            throw new VitessException(ErrorCodes.QueryError, $"setval: value {value} is out of bounds for sequence \"{sequence.Name}\"", sqlState: "22003");
        }

        await sequences.RestartAsync(keyspace, sequence.Counter, (long)next, called, cancellationToken);
        if (called) memory.Set(target, value);
        return SqlValue.Integer(value);
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
