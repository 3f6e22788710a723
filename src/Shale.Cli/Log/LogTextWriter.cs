using System.Globalization;
using System.Text;
using Shale.Cli.Output;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Log;

/// <summary>Records for people: aligned lines, and below each what is in it.</summary>
internal sealed class LogTextWriter(TextWriter output, bool brief) : ILogRecordWriter
{
    private const int LongestValue = 60;
    private bool _started;

    /// <inheritdoc/>
    public void Write(LogRecord record)
    {
        if (!_started) output.WriteLine($"{"LSN",10}  {"time",-27}  {"kind",-15}  {"branch",-14}  {"rows",8}  {"pages",8}  {"bytes",10}  place");
        _started = true;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Lsn,10}  {LogDump.TimeOf(record.Time),-27}  {LogDump.KindOf(record),-15}  {LogDump.BranchOf(record),-14}  {record.RowCount,8}  {record.PageCount,8}  {record.Bytes,10}  {record.File}:{record.Offset}"));
        if (record.Text is { } text) output.WriteLine($"            {(record.Kind == RecordKind.Commit ? $"message: {CellText.Of(SqlValue.Text(text))}" : $"{text} at LSN {record.At}")}");
        if (brief || record.Kind != RecordKind.Commit) return;
        foreach (var frame in record.Frames)
        {
            var form = frame.Depth == 0 ? "whole" : $"delta ({frame.Depth})";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"            page {frame.PageNumber,8}  {form,-10}  {frame.Bytes,5} bytes"));
        }

        foreach (var line in RowsOf(record)) output.WriteLine($"            {line}");
    }

    /// <summary>The changed rows, a line each; bytes that are no such record are said to be so.</summary>
    public static List<string> RowsOf(LogRecord record)
    {
        var lines = new List<string>();
        try
        {
            var reader = new RowChangeReader(record.RowChanges.Span);
            while (reader.Read()) lines.Add(LineOf(reader));
            if (record.RowChanges.Length < record.RowChangeBytes) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{record.RowChangeBytes} bytes of row changes: too many to show"));
        }
        catch (VitessException exception)
        {
            lines.Add($"{record.RowChanges.Length} bytes of row changes that cannot be read: {exception.Message}");
        }

        return lines;
    }

    private static string LineOf(in RowChangeReader change) => change.Kind switch
    {
        RowChangeKind.Definition => CellText.Of(SqlValue.Text(change.Statement)),
        RowChangeKind.Insert => $"INSERT {change.Table.Name} {RowId(change.Table, change.NewRowId)}({Values(change, isOld: false)})",
        RowChangeKind.Delete => $"DELETE {change.Table.Name} {RowId(change.Table, change.OldRowId)}({Values(change, isOld: true)})",
        _ => $"UPDATE {change.Table.Name} {RowId(change.Table, change.NewRowId)}({Values(change, isOld: true)}) -> ({Values(change, isOld: false)})",
    };

    private static string RowId(ChangedTable table, long id) => table.HasRowIdOfItsOwn ? string.Create(CultureInfo.InvariantCulture, $"rowid {id} ") : "";

    private static string Values(in RowChangeReader change, bool isOld)
    {
        var text = new StringBuilder();
        for (var column = 0; column < change.Table.ColumnCount; column++)
        {
            if (column > 0) text.Append(", ");
            var value = CellText.Of(isOld ? change.Old(column) : change.New(column));
            text.Append(value.Length > LongestValue ? value[..LongestValue] + "…" : value);
        }

        return text.ToString();
    }
}
