using System.Buffers;
using System.Text;
using System.Text.Json;
using Shale.PageLog;

namespace Shale.Cli.Log;

/// <summary>Records for programs: one JSON object a line.</summary>
internal sealed class LogJsonWriter(TextWriter output) : ILogRecordWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <inheritdoc/>
    public void Write(LogRecord record)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(json, record);
        }

        output.WriteLine(Encoding.UTF8.GetString(_buffer.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter json, LogRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("lsn", record.Lsn.Value);
        json.WriteString("time", LogDump.TimeOf(record.Time));
        json.WriteString("kind", LogDump.KindOf(record));
        json.WriteNumber("line", record.Line);
        json.WriteString("branch", record.Branch);
        json.WriteNumber("rows", record.RowCount);
        json.WriteNumber("pages", record.PageCount);
        json.WriteString("file", record.File);
        json.WriteNumber("offset", record.Offset);
        json.WriteNumber("bytes", record.Bytes);
        if (record.Kind == RecordKind.Commit) WriteContent(json, record);
        else if (record.Kind != RecordKind.Promise) WriteNames(json, record);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, LogRecord record)
    {
        json.WriteString("name", record.Text);
        json.WriteNumber("at", record.At.Value);
    }

    private static void WriteContent(Utf8JsonWriter json, LogRecord record)
    {
        json.WriteString("message", record.Text);
        json.WriteStartArray("frames");
        foreach (var frame in record.Frames)
        {
            json.WriteStartObject();
            json.WriteNumber("page", frame.PageNumber);
            json.WriteNumber("depth", frame.Depth);
            json.WriteNumber("bytes", frame.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("changes");
        foreach (var line in LogTextWriter.RowsOf(record)) json.WriteStringValue(line);
        json.WriteEndArray();
    }
}
