using System.Text;

namespace Shale.Postgres.Wire;

/// <summary>Rows in the text and CSV formats of COPY.</summary>
internal static class CopyText
{
    /// <summary>How many bytes a row takes at most: for each cell twice what it takes as text, what NULL takes, and three bytes; one more for the end.</summary>
    public static long MostBytes(ReadOnlySpan<SqlValue> row, CopyFormat format)
    {
        long most = 1;
        foreach (ref readonly var value in row) most += 3 + format.Null.Length + (2 * TextValue.MostBytes(value));
        return most;
    }

    /// <summary>Writes a row with its end.</summary>
    /// <param name="row">The row.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="format">Text or CSV.</param>
    /// <param name="into">At least <see cref="MostBytes"/>.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(ReadOnlySpan<SqlValue> row, ReadOnlySpan<ColumnFormat> columns, CopyFormat format, Span<byte> into)
    {
        var at = 0;
        for (var i = 0; i < row.Length; i++)
        {
            if (i > 0) into[at++] = (byte)format.Delimiter;
            if (row[i].IsNull)
            {
                at += TextValue.WriteText(format.Null, into[at..]);
                continue;
            }

            // Behind its place, so that it can be escaped towards the front.
            var most = (int)TextValue.MostBytes(row[i]);
            var plain = into.Slice(at + most + 2, TextValue.Write(columns[i].IsIso ? columns[i].InIso(row[i]) : row[i], columns[i].Type, into[(at + most + 2)..]));
            at += format.IsCsv ? Csv(plain, format, into[at..], format.ForceQuote?[i] == true) : Text(plain, format, into[at..]);
        }

        into[at++] = (byte)'\n';
        return at;
    }

    private static int Text(ReadOnlySpan<byte> plain, CopyFormat format, Span<byte> into)
    {
        var at = 0;
        foreach (var one in plain)
        {
            var letter = one switch { (byte)'\b' => 'b', (byte)'\f' => 'f', (byte)'\n' => 'n', (byte)'\r' => 'r', (byte)'\t' => 't', (byte)'\v' => 'v', (byte)'\\' => '\\', _ => one == format.Delimiter ? format.Delimiter : '\0' };
            if (letter != '\0') into[at++] = (byte)'\\';
            into[at++] = letter != '\0' ? (byte)letter : one;
        }

        return at;
    }

    private static int Csv(ReadOnlySpan<byte> plain, CopyFormat format, Span<byte> into, bool isForced)
    {
        var needsQuotes = isForced || plain.ContainsAny((byte)'\n', (byte)'\r') || plain.Contains((byte)format.Delimiter) || plain.Contains((byte)format.Quote)
            || plain.SequenceEqual("\\."u8) || plain.SequenceEqual(Encoding.UTF8.GetBytes(format.Null));
        if (!needsQuotes)
        {
            plain.CopyTo(into);
            return plain.Length;
        }

        var at = 0;
        into[at++] = (byte)format.Quote;
        foreach (var one in plain)
        {
            if (one == format.Quote || one == format.Escape) into[at++] = (byte)format.Escape;
            into[at++] = one;
        }

        into[at++] = (byte)format.Quote;
        return at;
    }
}
