using Shale.Sql;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>Variance, deviation, correlation, regression, percentiles and mode.</summary>
internal static class PostgresStatistics
{
    public static IReadOnlyList<SqliteAggregate> All { get; } = Build();

    private static List<SqliteAggregate> Build()
    {
        var all = new List<SqliteAggregate>();
        foreach (var suffix in new[] { "", "_numeric" })
        {
            var exact = suffix.Length > 0;
            all.Add(new SqliteAggregate("shale_var_pop" + suffix, 1, true, () => new Variance(exact, sample: false, root: false)));
            all.Add(new SqliteAggregate("shale_var_samp" + suffix, 1, true, () => new Variance(exact, sample: true, root: false)));
            all.Add(new SqliteAggregate("shale_stddev_pop" + suffix, 1, true, () => new Variance(exact, sample: false, root: true)));
            all.Add(new SqliteAggregate("shale_stddev_samp" + suffix, 1, true, () => new Variance(exact, sample: true, root: true)));
        }

        foreach (var name in new[] { "corr", "covar_pop", "covar_samp", "regr_slope", "regr_intercept", "regr_r2", "regr_count" })
            all.Add(new SqliteAggregate("shale_" + name, 2, true, () => new Regression(name)));
        all.Add(new SqliteAggregate("shale_percentile_cont", 3, true, () => new Percentile(continuous: true)));
        all.Add(new SqliteAggregate("shale_percentile_disc", 3, true, () => new Percentile(continuous: false)));
        all.Add(new SqliteAggregate("shale_percentile_disc_numeric", 3, true, () => new Percentile(continuous: false, PostgresNumerics.Compare)));
        all.Add(new SqliteAggregate("shale_mode", 2, true, () => new Mode(PostgresMath.Compare)));
        all.Add(new SqliteAggregate("shale_mode_numeric", 2, true, () => new Mode(PostgresNumerics.Compare)));
        all.Add(new SqliteAggregate("shale_percentile_disc_interval", 3, true, () => new Percentile(continuous: false, PostgresDates.CompareIntervals)));
        all.Add(new SqliteAggregate("shale_percentile_cont_interval", 3, true, () => new Percentile(continuous: true, PostgresDates.CompareIntervals, PostgresDates.Between)));
        all.Add(new SqliteAggregate("shale_percentile_cont_list", 3, true, () => new PercentileList(continuous: true, PostgresMath.Compare, Between)));
        all.Add(new SqliteAggregate("shale_percentile_cont_interval_list", 3, true, () => new PercentileList(continuous: true, PostgresDates.CompareIntervals, PostgresDates.Between)));
        all.Add(new SqliteAggregate("shale_percentile_disc_list", 4, true, () => new PercentileList(continuous: false, PostgresMath.Compare, Between)));
        all.Add(new SqliteAggregate("shale_percentile_disc_numeric_list", 4, true, () => new PercentileList(continuous: false, PostgresNumerics.Compare, Between)));
        all.Add(new SqliteAggregate("shale_percentile_disc_interval_list", 4, true, () => new PercentileList(continuous: false, PostgresDates.CompareIntervals, Between)));
        all.Add(new SqliteAggregate("shale_mode_interval", 2, true, () => new Mode(PostgresDates.CompareIntervals)));
        return all;
    }

    /// <summary>The sums are exact, so that the order of the rows makes no difference. Of numerics the result is one, with the digits that PostgreSQL gives it.</summary>
    private sealed class Variance(bool exact, bool sample, bool root) : AggregateState
    {
        private readonly NumericTotal _sum = new();
        private readonly NumericTotal _squares = new();
        private readonly List<double> _floats = [];
        private long _count;

        public override void Step(ReadOnlySpan<SqlValue> args) => Add(args[0], 1);

        public override void Inverse(ReadOnlySpan<SqlValue> args) => Add(args[0], -1);

        public override SqlValue Result()
        {
            if (_count < (sample ? 2 : 1)) return SqlValue.Null;
            if (exact) return PgNumeric.Value(Exact());
            var mean = _floats.Average();
            var variance = _floats.Sum(value => (value - mean) * (value - mean)) / (sample ? _count - 1 : _count);
            return SqlValue.Real(root ? Math.Sqrt(variance) : variance);
        }

        private void Add(SqlValue value, int sign)
        {
            if (value.IsNull) return;
            _count += sign;
            if (exact)
            {
                var number = PgNumeric.Read(value);
                _sum.Add(number, sign);
                _squares.Add(number * number, sign);
            }
            else if (sign > 0)
            {
                _floats.Add(PgNumeric.ToDouble(value));
            }
            else
            {
                _floats.RemoveAt(0);
            }
        }

        private PgDecimal Exact()
        {
            var sum = _sum.Value;
            if (!sum.IsFinite) return PgDecimal.NaN;
            var dividend = (_squares.Value * _count) - (sum * sum);
            if (dividend.Sign <= 0) return PgDecimal.Zero;
            var divisor = (PgDecimal)_count * (sample ? _count - 1 : _count);
            var scale = PgDecimal.QuotientScale(dividend, divisor);
            var variance = PgDecimal.Divide(dividend, divisor, scale);
            return root ? PgDecimal.SqrtTo(variance, scale) : variance;
        }
    }

    private sealed class Regression(string name) : AggregateState
    {
        private readonly List<(double Y, double X)> _points = [];

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            if (!args[0].IsNull && !args[1].IsNull) _points.Add((PgNumeric.ToDouble(args[0]), PgNumeric.ToDouble(args[1])));
        }

        public override void Inverse(ReadOnlySpan<SqlValue> args)
        {
            if (!args[0].IsNull && !args[1].IsNull) _points.RemoveAt(0);
        }

        public override SqlValue Result()
        {
            var n = _points.Count;
            if (name == "regr_count") return SqlValue.Integer(n);
            if (n == 0 || (name == "covar_samp" && n < 2)) return SqlValue.Null;
            var (meanY, meanX) = (_points.Average(point => point.Y), _points.Average(point => point.X));
            double xx = 0, yy = 0, xy = 0;
            foreach (var (y, x) in _points)
            {
                xx += (x - meanX) * (x - meanX);
                yy += (y - meanY) * (y - meanY);
                xy += (x - meanX) * (y - meanY);
            }

            return Value(n, xx, yy, xy, meanX, meanY) is { } value ? SqlValue.Real(value) : SqlValue.Null;
        }

        private double? Value(int n, double xx, double yy, double xy, double meanX, double meanY) => name switch
        {
            "covar_pop" => xy / n,
            "covar_samp" => xy / (n - 1),
            "corr" => xx == 0 || yy == 0 ? null : xy / Math.Sqrt(xx * yy),
            "regr_slope" => xx == 0 ? null : xy / xx,
            "regr_intercept" => xx == 0 ? null : meanY - (meanX * xy / xx),
            _ => xx == 0 ? null : yy == 0 ? 1 : xy * xy / (xx * yy),
        };
    }

    private static SqlValue Between(SqlValue low, SqlValue high, double part) => SqlValue.Real(PgNumeric.ToDouble(low) + (part * (PgNumeric.ToDouble(high) - PgNumeric.ToDouble(low))));

    private sealed class Percentile(bool continuous, Comparison<SqlValue>? compare = null, Func<SqlValue, SqlValue, double, SqlValue>? between = null) : AggregateState
    {
        private readonly List<SqlValue> _values = [];
        private SqlValue _fraction;
        private bool _descending;

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            _descending = args[0].AsText() == "d";
            _fraction = args[1];
            if (!args[2].IsNull) _values.Add(args[2]);
        }

        public override SqlValue Result()
        {
            if (_values.Count == 0 || _fraction.IsNull) return SqlValue.Null;
            var fraction = PgNumeric.ToDouble(_fraction);
            if (fraction is < 0 or > 1) throw SqlErrors.Data($"percentile value {PgNumbers.FormatFloat(fraction, false)} is not between 0 and 1", "22003");
            _values.Sort(compare ?? PostgresMath.Compare);
            if (_descending) _values.Reverse();
            if (!continuous) return _values[Math.Max(0, (int)Math.Ceiling(fraction * _values.Count) - 1)];
            var place = fraction * (_values.Count - 1);
            var (low, high) = (_values[(int)Math.Floor(place)], _values[(int)Math.Ceiling(place)]);
            return (between ?? Between)(low, high, place - Math.Floor(place));
        }
    }

    private sealed class Mode(Comparison<SqlValue> compare) : AggregateState
    {
        private readonly List<SqlValue> _values = [];
        private bool _descending;

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            _descending = args[0].AsText() == "d";
            if (!args[1].IsNull) _values.Add(args[1]);
        }

        public override SqlValue Result()
        {
            _values.Sort(compare);
            if (_descending) _values.Reverse();
            var best = SqlValue.Null;
            var bestCount = 0;
            for (var i = 0; i < _values.Count;)
            {
                var end = i;
                while (end < _values.Count && compare(_values[end], _values[i]) == 0) end++;
                if (end - i > bestCount) (best, bestCount) = (_values[i], end - i);
                i = end;
            }

            return best;
        }
    }
}
