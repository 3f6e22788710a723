using System.Buffers;
using System.Text;
using System.Text.Json;
using Shale.Contracts;

namespace Shale.Cli.Output;

/// <summary>A JSON array of objects, one line for each row, written as the rows come; values as SEMANTICS S6.3 writes them.</summary>
internal sealed class JsonResultWriter : IResultWriter
{
    private readonly TextWriter _output;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private RowJsonWriter? _rows;
    private bool _isFirst;

    public JsonResultWriter(TextWriter output) => _output = output;

    public void Start(IReadOnlyList<Field> fields)
    {
        _rows = new RowJsonWriter(fields, asArrays: false);
        _isFirst = true;
        _output.Write('[');
    }

    public void Add(RowSet rows)
    {
        using var writer = new Utf8JsonWriter(_buffer, ContractsJson.WriterOptions);
        for (var i = 0; i < rows.RowCount; i++)
        {
            _buffer.ResetWrittenCount();
            writer.Reset();
            _rows!.WriteRow(writer, rows[i]);
            writer.Flush();
            _output.Write(_isFirst ? "\n" : ",\n");
            _output.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan));
            _isFirst = false;
        }
    }

    public void End()
    {
        _output.Write(_isFirst ? "]\n" : "\n]\n");
        _output.Flush();
    }
}
