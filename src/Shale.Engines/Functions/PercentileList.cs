using Shale.Sql;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>
/// percentile_cont and percentile_disc of an array of fractions: an array of what they give for each. Its arguments are the direction, the fractions, a value, and for percentile_disc the value's text in an array.
/// </summary>
internal sealed class PercentileList(bool continuous, Comparison<SqlValue> compare, Func<SqlValue, SqlValue, double, SqlValue> between) : AggregateState
{
    private readonly List<(SqlValue Value, string Text)> _values = [];
    private SqlValue _fractions;
    private bool _descending;

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<SqlValue> args)
    {
        _descending = args[0].AsText() == "d";
        _fractions = args[1];
        if (!args[2].IsNull) _values.Add((args[2], continuous ? "" : args[3].AsText()));
    }

    /// <inheritdoc/>
    public override SqlValue Result()
    {
        if (_values.Count == 0 || _fractions.IsNull) return SqlValue.Null;
        var fractions = PgArrays.Parse(_fractions.AsText()).ConvertAll(text => text is null ? (double?)null : PgNumeric.ToDouble(SqlValue.Text(text)));
        foreach (var fraction in fractions) if (fraction is < 0 or > 1) throw SqlErrors.Data($"percentile value {PgNumbers.FormatFloat(fraction.Value, false)} is not between 0 and 1", "22003");
        _values.Sort((left, right) => compare(left.Value, right.Value));
        if (_descending) _values.Reverse();
        return SqlValue.Text(PgArrays.Format(fractions.Select(fraction => fraction is { } known ? At(known) : null)));
    }

    private string At(double fraction)
    {
        if (!continuous) return _values[Math.Max(0, (int)Math.Ceiling(fraction * _values.Count) - 1)].Text;
        var place = fraction * (_values.Count - 1);
        var value = between(_values[(int)Math.Floor(place)].Value, _values[(int)Math.Ceiling(place)].Value, place - Math.Floor(place));
        return value.Kind == SqlValueKind.Real ? PgNumbers.FormatFloat(value.AsReal(), false) : value.AsText();
    }
}
