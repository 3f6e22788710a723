using System.Globalization;
using System.Text;

namespace Shale.Server;

/// <summary>
/// Writes metrics in Prometheus's text format 0.0.4, with names as OpenTelemetry's compatibility rules make them: dots and other signs become underscores, the unit and
/// <c>_total</c> follow, and the meter stands in the label otel_scope_name.
/// </summary>
internal static class PrometheusText
{
    /// <summary>The content type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly Dictionary<string, string> Units = new()
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["By"] = "bytes", ["1"] = "ratio", ["%"] = "percent",
    };

    /// <summary>The text; instruments of one name form one family.</summary>
    public static string Of(IEnumerable<MetricInstrument> instruments)
    {
        var text = new StringBuilder();
        foreach (var family in instruments.Where(each => each.Series.Count > 0).GroupBy(NameOf).OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            var first = family.First();
            text.Append("# HELP ").Append(family.Key).Append(' ').Append(first.Description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
            text.Append("# TYPE ").Append(family.Key).Append(' ').Append(TypeOf(first)).Append('\n');
            foreach (var instrument in family.Where(each => TypeOf(each) == TypeOf(first)))
            {
                foreach (var series in instrument.Series) Append(text, family.Key, instrument, series);
            }
        }

        return text.ToString();
    }

    /// <summary>The name of an instrument's family.</summary>
    public static string NameOf(MetricInstrument instrument)
    {
        var name = Clean(instrument.Name);
        var unit = instrument.Unit is null || instrument.Unit.StartsWith('{') ? "" : Units.GetValueOrDefault(instrument.Unit, "");
        if (unit.Length > 0 && !name.EndsWith("_" + unit, StringComparison.Ordinal)) name += "_" + unit;
        return instrument.IsCounter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string TypeOf(MetricInstrument instrument) => instrument.Bounds is not null ? "histogram" : instrument.IsCounter ? "counter" : "gauge";

    private static void Append(StringBuilder text, string name, MetricInstrument instrument, MetricSeries series)
    {
        var (value, count, buckets) = series.Read();
        if (instrument.Bounds is not { } bounds)
        {
            Line(text, name, instrument, series, null, value);
            return;
        }

        long below = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            Line(text, name + "_bucket", instrument, series, i < bounds.Length ? Number(bounds[i]) : "+Inf", below);
        }

        Line(text, name + "_sum", instrument, series, null, value);
        Line(text, name + "_count", instrument, series, null, count);
    }

    private static void Line(StringBuilder text, string name, MetricInstrument instrument, MetricSeries series, string? bound, double value)
    {
        text.Append(name).Append("{otel_scope_name=\"").Append(instrument.Scope).Append('"');
        foreach (var tag in series.Tags) Label(text, Clean(tag.Key), Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
        if (bound is not null) Label(text, "le", bound);
        text.Append("} ").Append(Number(value)).Append('\n');
    }

    private static void Label(StringBuilder text, string name, string value)
    {
        text.Append(',').Append(name).Append("=\"");
        foreach (var c in value) _ = c switch { '\\' => text.Append("\\\\"), '"' => text.Append("\\\""), '\n' => text.Append("\\n"), _ => text.Append(c) };
        text.Append('"');
    }

    private static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c)) clean.Append(c);
            else if (clean.Length > 0 && clean[^1] != '_') clean.Append('_');
        }

        return clean.Length > 0 && char.IsAsciiDigit(clean[0]) ? "_" + clean : clean.ToString();
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
