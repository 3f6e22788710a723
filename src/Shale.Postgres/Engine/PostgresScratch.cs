using System.Text;
using Npgsql;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Postgres;

/// <summary>A scratch database: the temporary tables of one session, each statement for itself; they are dropped when it is given back.</summary>
internal sealed class PostgresScratch(PostgresEngine engine, PostgresConnection.Session session) : PostgresConnection(engine, session, isPrivate: true), IScratchDatabase
{
    private readonly PostgresEngine _engine = engine;
    private readonly Session _session = session;
    private bool _isGivenBack;

    /// <summary>PostgreSQL has its own memory, and its own files where that is not enough.</summary>
    public ValueTask KeepInMemoryAsync(long bytes) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask BeginAsync(IsolationLevel isolation, bool readOnly, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask CommitAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Drops everything.</summary>
    public override async ValueTask RollbackAsync(CancellationToken cancellationToken)
    {
        try
        {
            RequireReady(cancellationToken);
            await CommandAsync("DISCARD TEMP", cancellationToken);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) => await new SchemaReader(this, "pg_temp").ReadAsync(cancellationToken);

    /// <summary>Adds rows by COPY. As text, which every type can be read from.</summary>
    public override async ValueTask InsertRowsAsync(string table, RowSet rows, CancellationToken cancellationToken)
    {
        if (rows.RowCount == 0) return;
        try
        {
            RequireReady(cancellationToken);
            await using var writer = await _session.Connection.BeginTextImportAsync($"COPY \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\" FROM STDIN", cancellationToken);
            var text = new StringBuilder();
            for (var i = 0; i < rows.RowCount; i++)
            {
                text.Clear();
                Write(text, rows[i]);
                await writer.WriteAsync(text, cancellationToken);
            }
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Empties it for the next, or closes it.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_isGivenBack) return;
        _isGivenBack = true;
        if (!await TryEmptyAsync() || !_engine.TryKeep(_session)) await base.DisposeAsync();
    }

    private async ValueTask<bool> TryEmptyAsync()
    {
        if (!IsUsable) return false;
        try
        {
            await CommandAsync("DISCARD TEMP", CancellationToken.None);
            return true;
        }
        catch (Exception exception) when (Failed(exception) is not null)
        {
            // It is closed: its tables go with it.
            return false;
        }
    }

    private static void Write(StringBuilder text, ReadOnlySpan<SqlValue> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (i > 0) text.Append('\t');
            if (row[i].IsNull) text.Append("\\N");
            else Escape(text, PostgresParameters.Text(row[i]));
        }

        text.Append('\n');
    }

    private static void Escape(StringBuilder text, string value)
    {
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '\\' => text.Append("\\\\"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                _ => text.Append(letter),
            };
        }
    }
}
