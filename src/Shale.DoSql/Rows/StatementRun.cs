using System.Globalization;
using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>Runs one statement on a connection, on the caller's thread. Hot path: bench log.</summary>
internal static class StatementRun
{
    /// <summary>Runs it to its end and takes its rows. The LSN is the connection's version afterwards. Errors: what SQLite finds.</summary>
    /// <param name="connection">Where; nobody else uses it meanwhile.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="values">In the order of SQLite's parameters.</param>
    public static RunResult Execute(SqliteConnection connection, string sql, SqlValue[] values)
    {
        var statement = Start(connection, sql, values);
        try
        {
            long changes = 0;
            if (!statement.IsReadOnly)
            {
                connection.LastInsertRowId = 0;
                changes = connection.TotalChanges;
            }

            var rows = ReadAll(connection, statement);
            if (statement.IsReadOnly) return new RunResult(0, null, default) { Rows = rows };
            var id = connection.LastInsertRowId;
            return new RunResult(connection.TotalChanges == changes ? 0 : connection.Changes, id == 0 ? null : id, default) { Rows = rows };
        }
        finally
        {
            connection.Return(statement);
        }
    }

    /// <summary>As above; the token stops it, and then <see cref="OperationCanceledException"/>. The LSN is the version that the connection has read.</summary>
    public static RunResult Execute(SqliteConnection connection, string sql, SqlValue[] values, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var interruption = cancellationToken.CanBeCanceled
                ? cancellationToken.UnsafeRegister(static connection => ((SqliteConnection)connection!).Interrupt(), connection)
                : default;
            return Execute(connection, sql, values) with { Lsn = connection.PagedVersion ?? default };
        }
        catch (VitessException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>The next rows of a statement that was started.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="count">How many rows, at most.</param>
    /// <param name="more">Whether there may be more.</param>
    public static RowSet ReadChunk(SqliteConnection connection, SqliteStatement statement, int count, out bool more)
    {
        more = statement.Step();
        var shape = StatementShape.Of(statement, connection);
        shape.Start();
        var rows = new RowSet(shape.Expected);
        while (more)
        {
            shape.ReadRow(statement, rows.AddRow());
            if (rows.RowCount == count) break;
            more = statement.Step();
        }

        var fields = shape.Seen();
        return ReferenceEquals(fields, rows.Fields) ? rows : rows.WithFields(fields);
    }

    /// <summary>A statement that is bound and ready to be stepped; the caller returns it.</summary>
    public static SqliteStatement Start(SqliteConnection connection, string sql, SqlValue[] values)
    {
        var statement = connection.Rent(sql);
        try
        {
            if (statement.ParameterCount != values.Length)
            {
                throw new VitessException(
                    ErrorCodes.QueryError, string.Create(CultureInfo.InvariantCulture, $"the statement takes {statement.ParameterCount} parameter(s), {values.Length} given"), sqlState: "08P01");
            }

            for (var i = 0; i < values.Length; i++) statement.Bind(i + 1, values[i]);
            return statement;
        }
        catch
        {
            connection.Return(statement);
            throw;
        }
    }

    private static RowSet? ReadAll(SqliteConnection connection, SqliteStatement statement)
    {
        var more = statement.Step();
        if (!more && statement.ColumnCount == 0) return null;
        var shape = StatementShape.Of(statement, connection);
        shape.Start();
        var rows = new RowSet(shape.Expected, more ? shape.RowsExpected : 0);
        while (more)
        {
            shape.ReadRow(statement, rows.AddRow());
            more = statement.Step();
        }

        shape.RowsExpected = Math.Clamp(rows.RowCount, 1, 64);
        var fields = shape.Seen();
        return ReferenceEquals(fields, rows.Fields) ? rows : rows.WithFields(fields);
    }
}
