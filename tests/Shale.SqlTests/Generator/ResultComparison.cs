using System.Globalization;
using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>Compares results as SEMANTICS S1.3 says: rows as a multiset unless ordered, floats within 1e-12 of their size, all else exactly.</summary>
internal static class ResultComparison
{
    /// <summary>What differs, in words; null for nothing.</summary>
    public static string? Difference(RowSet expected, RowSet actual, bool ordered)
    {
        if (expected.Fields.Count != actual.Fields.Count) return $"{actual.Fields.Count} columns, not {expected.Fields.Count}";
        for (var i = 0; i < expected.Fields.Count; i++)
        {
            if (expected.Fields[i].Name != actual.Fields[i].Name) return $"column {i} is called \"{actual.Fields[i].Name}\", not \"{expected.Fields[i].Name}\"";
        }

        if (expected.RowCount != actual.RowCount) return $"{actual.RowCount} rows, not {expected.RowCount}: {Show(actual)} for {Show(expected)}";
        var left = Lines(expected, ordered);
        var right = Lines(actual, ordered);
        for (var i = 0; i < left.Length; i++)
        {
            if (!Same(left[i], right[i])) return $"row {i} is [{string.Join(", ", right[i])}], not [{string.Join(", ", left[i])}]";
        }

        return null;
    }

    /// <summary>Which column's type differs, in words; null for none. A type that only the values seen could tell is not compared.</summary>
    public static string? TypeDifference(RowSet expected, RowSet actual)
    {
        for (var i = 0; i < Math.Min(expected.Fields.Count, actual.Fields.Count); i++)
        {
            var (left, right) = (expected.Fields[i], actual.Fields[i]);
            if (left.Type != right.Type) return $"column \"{right.Name}\" has type {right.Type}, not {left.Type}";
            if (left.NativeType != right.NativeType) return $"column \"{right.Name}\" has native type {right.NativeType}, not {left.NativeType}";
        }

        return null;
    }

    /// <summary>The rows with booleans as SQLite stores them.</summary>
    public static RowSet WithoutBooleans(RowSet rows) => Each(rows, value => value.Kind == SqlValueKind.Boolean ? SqlValue.Integer(value.AsInteger()) : value);

    /// <summary>The rows with floats that are whole numbers as integers.</summary>
    public static RowSet WithWholeNumbers(RowSet rows) => Each(rows, value =>
        value.Kind == SqlValueKind.Real && Math.Abs(value.AsReal()) < 1L << 53 && value.AsReal() == Math.Floor(value.AsReal()) ? SqlValue.Integer((long)value.AsReal()) : value);

    private static RowSet Each(RowSet rows, Func<SqlValue, SqlValue> change)
    {
        var changed = new RowSet(rows.Fields, rows.RowCount);
        for (var i = 0; i < rows.RowCount; i++) changed.Add(Array.ConvertAll(rows[i].ToArray(), value => change(value)));
        return changed;
    }

    private static SqlValue[][] Lines(RowSet rows, bool ordered)
    {
        var lines = new SqlValue[rows.RowCount][];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = rows[i].ToArray();

            // Which of 1.5 and 1.50 stands for both, and which comes first, is open.
            for (var column = 0; column < lines[i].Length; column++)
                if (rows.Fields[column].Type == "numeric" && lines[i][column].Kind == SqlValueKind.Text) lines[i][column] = SqlValue.Text(NumericOrder.Canonical(lines[i][column].AsText()));
        }

        if (!ordered) Array.Sort(lines, (left, right) => string.CompareOrdinal(Key(left), Key(right)));
        return lines;
    }

    // Floats sort by few digits, so that rounding does not part equal rows.
    private static string Key(SqlValue[] row) => string.Join('\u0001', row.Select(value => value.Kind switch
    {
        SqlValueKind.Real => "R" + value.AsReal().ToString("E6", CultureInfo.InvariantCulture),
        _ => $"{value.Kind}{value}",
    }));

    private static bool Same(SqlValue[] left, SqlValue[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i].Equals(right[i])) continue;
            if (left[i].Kind != SqlValueKind.Real || right[i].Kind != SqlValueKind.Real) return false;
            var (a, b) = (left[i].AsReal(), right[i].AsReal());
            if (Math.Abs(a - b) > 1e-9 * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)))) return false;
        }

        return true;
    }

    private static string Show(RowSet rows) =>
        string.Join("; ", Enumerable.Range(0, Math.Min(rows.RowCount, 6)).Select(i => string.Join("|", rows[i].ToArray())));
}
