using Shale.Postgres.Wire;

namespace Shale.Postgres.Relay;

/// <summary>What goes to the server before it is waited for: BEGIN, and the statement behind it.</summary>
internal sealed partial class RelayConnection
{
    // What the server has prepared under their own texts.
    private readonly HashSet<string> _begins = [];
    private string? _begin;
    private (string? Begin, bool IsNew) _written;

    /// <inheritdoc/>
    protected override bool IsAhead => _begin is not null;

    /// <inheritdoc/>
    protected override ValueTask BeginLaterAsync(bool readOnly, CancellationToken cancellationToken)
    {
        _begin = readOnly ? "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY" : "BEGIN ISOLATION LEVEL READ COMMITTED";
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void Forget() => _begin = null;

    private void Write(RelayStatement statement, IReadOnlyList<SqlValue> parameters, bool[] formats)
    {
        var output = _link.Output;
        var before = output.Length;
        try
        {
            WriteBegin();
            if (statement.IsOnce) output.Parse("", statement.Sql, Array.ConvertAll(statement.Wires, PostgresParameters.OidOf));
            output.Bind(statement.Name, statement.Wires, parameters, formats);
        }
        catch
        {
            Unwrite(before);
            throw;
        }

        output.Execute();
    }

    private void WriteBegin()
    {
        _written = (_begin, false);
        if (_begin is not { } begin) return;
        _begin = null;
        if (_begins.Add(begin))
        {
            _written.IsNew = true;
            _link.Output.Parse(begin, begin, []);
        }

        _link.Output.Bind(begin, [], [], []);
        _link.Output.Execute();
    }

    // Nothing behind that place has been sent.
    private void Unwrite(int before)
    {
        _link.Output.CutBack(before);
        if (_written.Begin is not { } begin) return;
        _begin = begin;
        if (_written.IsNew) _begins.Remove(begin);
    }
}
