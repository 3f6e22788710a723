using Shale.Postgres.Wire;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Statements of SQL, and what is told of them.</summary>
internal sealed partial class BlockRunner
{
    private async ValueTask PerformAsync(PlPerform perform)
    {
        await using var open = await WithinAsync(perform.Query, _sql.OpenAsync(perform.Query));
        _rows = await open.SkipAsync(long.MaxValue);
        SetFound(_rows > 0);
    }

    private async ValueTask RunSqlAsync(PlSql statement)
    {
        await using var open = await WithinAsync(statement.Text, _sql.OpenAsync(statement.Text));
        if (statement.Into is { } into)
        {
            SetFound(await TakeRowAsync(open, into));
            return;
        }

        if (open.HasRows) throw new VitessException(ErrorCodes.SyntaxError, "query has no destination for result data", hint: open.Command == "SELECT" ? "If you want to discard the results of a SELECT, use PERFORM instead." : "Take them INTO variables.");
        if (!IsWrite(open)) return;
        _rows = open.Affected ?? 0;
        SetFound(_rows > 0);
    }

    private async ValueTask ExecuteAsync(PlExecute execute)
    {
        await using var open = await _sql.OpenAsync(execute.Dynamic);
        if (execute.Into is { } into)
        {
            await TakeRowAsync(open, into);
        }
        else
        {
            var passed = await open.SkipAsync(long.MaxValue);
            _rows = open.Affected ?? passed;
        }
    }

    private static async ValueTask<OpenResult> WithinAsync(PlText text, ValueTask<OpenResult> open)
    {
        try
        {
            return await open;
        }
        catch (VitessException failure) when (failure.Context is null)
        {
            throw failure.Within(text.Context);
        }
    }

    /// <summary>The first row goes into variables; whether there is one. Errors: QUERY_ERROR (P0002, P0003) where there must be exactly one.</summary>
    private async ValueTask<bool> TakeRowAsync(OpenResult open, PlInto into)
    {
        if (!open.HasRows) throw new VitessException(ErrorCodes.SyntaxError, "INTO used with a command that cannot return data");
        var (rows, needsOne) = (0, into.IsStrict || IsWrite(open));
        RowSet? first = null;
        while ((needsOne ? rows < 2 : rows < 1) && await open.TakeAsync() is { } chunk)
        {
            if (rows == 0) first = chunk;
            rows += chunk.RowCount;
        }

        if (rows == 0 && into.IsStrict) throw new VitessException(ErrorCodes.QueryError, "query returned no rows", sqlState: "P0002", hint: "");
        if (rows > 1 && needsOne) throw new VitessException(ErrorCodes.QueryError, "query returned more than one row", sqlState: "P0003", hint: "Make sure the query returns a single row, or use LIMIT 1.");
        _rows = Math.Min(rows, 1);
        Take(into, rows > 0 && first!.RowCount > 0 ? first : open.Rows, rows > 0 ? 0 : -1);
        return rows > 0;
    }

    private static bool IsWrite(OpenResult open) => open.Command is "INSERT" or "UPDATE" or "DELETE";

    // A row, or NULLs for -1.
    private void Take(PlInto into, RowSet rows, int row)
    {
        var fields = rows.Fields;
        if (into.Targets is [{ Field: null, Variable: { IsScalar: false } record }])
        {
            Fill(record, fields, row < 0 ? new SqlValue[fields.Count] : rows[row].ToArray());
            return;
        }

        for (var i = 0; i < into.Targets.Count; i++)
        {
            var isThere = row >= 0 && i < fields.Count;
            _variables.Assign(into.Targets[i], isThere ? rows[row][i] : SqlValue.Null, i < fields.Count ? TypeOf(fields[i]) : Text);
        }
    }

    // A record takes the row's own columns; one of a table's rows keeps those, in their order.
    private void Fill(PlVariable record, IReadOnlyList<Field> fields, SqlValue[] values)
    {
        if (record.Kind == PlKind.Record)
        {
            _variables.Fill(record, new BlockRecord([.. fields.Select(field => (field.Name, TypeOf(field)))], values));
            return;
        }

        var shape = _variables.Find(record)!.Fields;
        _variables.Fill(record, new BlockRecord(shape, [.. shape.Select((field, i) => i < values.Length ? BlockVariables.Taken(values[i], TypeOf(fields[i]), field.Type) : SqlValue.Null)]));
    }

    private async ValueTask RaiseAsync(PlRaise raise)
    {
        if (raise.Level is null) throw _caught.TryPeek(out var caught) ? caught : new VitessException(ErrorCodes.QueryError, "RAISE without parameters cannot be used outside an exception handler", sqlState: "0Z002");
        var arguments = new List<string>();
        foreach (var argument in raise.Arguments) arguments.Add(await TextAsync(argument) ?? "<NULL>");
        var options = new List<(string Name, string? Value)>();
        foreach (var (name, value) in raise.Options) options.Add((name, await TextAsync(value)));
        var said = BlockFailures.Said(raise, raise.Format is null ? null : BlockFailures.Format(raise.Format, arguments), options);
        if (raise.Level == "EXCEPTION") throw BlockFailures.Thrown(said);
        await _statements.NoticeNowAsync(said);
    }

    private async ValueTask<string?> TextAsync(PlText text)
    {
        var (value, type) = await _sql.EvaluateAsync(text);
        return value.IsNull ? null : BlockText.Of(value, type);
    }

    private async ValueTask AssertAsync(PlAssert assert)
    {
        if (!await _sql.HoldsAsync(assert.Condition)) throw BlockFailures.Asserted(assert.Message is null ? null : await TextAsync(assert.Message));
    }

    private ValueTask DiagnoseAsync(PlDiagnostics diagnostics)
    {
        if (diagnostics.IsStacked && _caught.Count == 0) throw new VitessException(ErrorCodes.QueryError, "GET STACKED DIAGNOSTICS cannot be used outside an exception handler", sqlState: "0Z002");
        foreach (var (target, item) in diagnostics.Items)
        {
            var isCount = item == "ROW_COUNT";
            var value = isCount ? SqlValue.Integer(_rows) : SqlValue.Text(diagnostics.IsStacked ? BlockFailures.Item(_caught.Peek(), item) : BlockFailures.Where(diagnostics));
            _variables.Assign(target, value, isCount ? new SqlType(SqlTypeKind.Int8) : Text);
        }

        return ValueTask.CompletedTask;
    }
}
