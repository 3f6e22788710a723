using Shale.Sql;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>sum and avg of numerics, bits, intervals, the least and the greatest address, and the check that a subquery gives one row.</summary>
internal static class PostgresAggregates
{
    public static IReadOnlyList<SqliteAggregate> All { get; } =
    [
        new("shale_sum_numeric", 1, true, () => new NumericSum(average: false)),
        new("shale_avg_numeric", 1, true, () => new NumericSum(average: true)),
        new("shale_avg_numeric_merge", 2, true, () => new NumericSum(average: true)),
        new("shale_sum_float4", 1, true, () => new FloatSum()),
        new("shale_single", 1, true, () => new Single()),
        new("shale_bit_and", 1, true, () => new Bits((a, b) => a & b)),
        new("shale_bit_or", 1, true, () => new Bits((a, b) => a | b)),
        new("shale_bit_xor", 1, true, () => new Bits((a, b) => a ^ b)),
        new("shale_sum", 1, true, () => new IntervalSum(average: false)),
        new("shale_avg", 1, true, () => new IntervalSum(average: true)),
        new("shale_min", 1, true, () => new Extreme<Int128>(-1, text => PgInterval.Parse(text).Key)),
        new("shale_max", 1, true, () => new Extreme<Int128>(1, text => PgInterval.Parse(text).Key)),
        new("shale_min_inet", 1, true, () => new Extreme<PgNetwork>(-1, PgNetwork.Held)),
        new("shale_max_inet", 1, true, () => new Extreme<PgNetwork>(1, PgNetwork.Held)),
    ];

    /// <summary>
    /// Exact: in 128 bits as long as the digits fit, in big integers beyond. With a second argument a step stands for so many values whose sum
    /// is the first: that is how averages of parts are put together. The scale is the largest of those that are in.
    /// </summary>
    private sealed class NumericSum(bool average) : AggregateState
    {
        private readonly NumericTotal _total = new();
        private long _count;

        public override void Step(ReadOnlySpan<SqlValue> args) => Add(args, 1);

        public override void Inverse(ReadOnlySpan<SqlValue> args) => Add(args, -1);

        public override SqlValue Result()
        {
            if (_count == 0) return SqlValue.Null;
            return PgNumeric.Value(average ? _total.Value / _count : _total.Value);
        }

        private void Add(ReadOnlySpan<SqlValue> args, int sign)
        {
            if (args[0].IsNull) return;
            _count += sign * (args.Length > 1 ? args[1].AsInteger() : 1);
            _total.Add(args[0], sign);
        }
    }

    private sealed class FloatSum : AggregateState
    {
        private double _sum;
        private long _count;

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            if (args[0].IsNull) return;
            _sum = (float)(_sum + PgNumeric.ToDouble(args[0]));
            _count++;
        }

        public override SqlValue Result() => _count == 0 ? SqlValue.Null : PgNumbers.CheckFloat(_sum, operandsFinite: true);
    }

    /// <summary>21000 at a second row.</summary>
    private sealed class Single : AggregateState
    {
        private SqlValue _value;
        private bool _any;

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            if (_any) throw SqlErrors.Query("more than one row returned by a subquery used as an expression", "21000", hint: "Add LIMIT 1, or an aggregate.");
            _any = true;
            _value = args[0];
        }

        public override SqlValue Result() => _value;
    }

    private sealed class Bits(Func<long, long, long> combine) : AggregateState
    {
        private long? _bits;

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            if (!args[0].IsNull) _bits = _bits is { } bits ? combine(bits, args[0].AsInteger()) : args[0].AsInteger();
        }

        public override SqlValue Result() => _bits is { } bits ? SqlValue.Integer(bits) : SqlValue.Null;
    }

    private sealed class IntervalSum(bool average) : AggregateState
    {
        private PgInterval _sum;
        private long _count;

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            if (args[0].IsNull) return;
            _sum += PgInterval.Parse(args[0].AsText());
            _count++;
        }

        public override void Inverse(ReadOnlySpan<SqlValue> args)
        {
            if (args[0].IsNull) return;
            _sum -= PgInterval.Parse(args[0].AsText());
            _count--;
        }

        public override SqlValue Result() => _count == 0 ? SqlValue.Null : SqlValue.Text((average ? _sum / _count : _sum).ToString());
    }

    // The least or the greatest of texts that sort otherwise than what they stand for.
    private sealed class Extreme<T>(int sign, Func<string, T> read) : AggregateState
        where T : IComparable<T>
    {
        private SqlValue _best;
        private T _key = default!;

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            if (args[0].IsNull) return;
            var key = read(args[0].AsText());
            if (!_best.IsNull && key.CompareTo(_key) * sign <= 0) return;
            (_best, _key) = (args[0], key);
        }

        public override SqlValue Result() => _best;
    }
}
