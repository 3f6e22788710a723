using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>Runs one statement on a connection, on the caller's thread. Hot path: bench log.</summary>
internal static class StatementRun
{
    private const int ChunkRows = 256;

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

    /// <summary>The rows of a query in chunks, as they are asked for.</summary>
    public static IEnumerable<RowSet> Stream(BranchConnection connection, StatementText text, SqlValue[] values, CancellationToken cancellationToken)
    {
        if (text.Kind != StatementKind.Read) throw Refusals.StreamingAWrite();
        var reads = connection.BeginReadFor(text);
        SqliteStatement? statement = null;
        try
        {
            statement = Start(connection.Sqlite, connection.Resolve(text, values), values);
            for (var more = true; more;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return ReadChunk(connection.Sqlite, statement, ChunkRows, out more);
            }
        }
        finally
        {
            if (statement is not null) connection.Sqlite.Return(statement);
            if (reads) connection.Sqlite.ExecuteTrusted("ROLLBACK");
        }
    }

    private static RowSet ReadChunk(SqliteConnection connection, SqliteStatement statement, int count, out bool more)
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
        var statement = Rent(connection, sql);
        try
        {
            // More values than parameters where those of points in time were cut out.
            if (statement.ParameterCount > values.Length) throw new InvalidOperationException($"SQLite counts {statement.ParameterCount} parameters, the text's tokens are {values.Length}");
            for (var i = 0; i < statement.ParameterCount; i++) statement.Bind(i + 1, values[i]);
            return statement;
        }
        catch
        {
            connection.Return(statement);
            throw;
        }
    }

    /// <summary>A statement as SQLite has understood it; the caller returns it. Errors: what SQLite finds, with the name that may be meant where there is none of a name.</summary>
    public static SqliteStatement Rent(SqliteConnection connection, string sql)
    {
        try
        {
            return connection.Rent(sql);
        }
        catch (VitessException failure) when (failure.Code == ErrorCodes.NotFound.Code)
        {
            throw MeantNames.Told(failure, connection, sql);
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
