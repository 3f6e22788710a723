using Shale.Contracts;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>One statement for many rows.</summary>
internal partial class SqliteEngineConnection
{
    private ShardResult ExecuteMany(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 1) return Execute(sql, rows[0], cancellationToken);
        using var watch = Watch(cancellationToken);
        var statement = Prepare(sql);
        try
        {
            return statement.IsReadOnly ? RunMany(statement, rows) : RunAtomically(statement, rows);
        }
        finally
        {
            _connection.Return(statement);
        }
    }

    // All rows or none: in a savepoint of the open transaction, else in a transaction of their own.
    private ShardResult RunAtomically(SqliteStatement statement, IReadOnlyList<IReadOnlyList<SqlValue>> rows)
    {
        var nested = _connection.InTransaction;
        _connection.ExecuteTrusted(nested ? "SAVEPOINT shale_many" : "BEGIN IMMEDIATE");
        try
        {
            var result = RunMany(statement, rows);
            statement.Reset();
            _connection.ExecuteTrusted(nested ? "RELEASE shale_many" : "COMMIT");
            MakeDurable();
            return result;
        }
        catch
        {
            statement.Reset();
            if (_connection.InTransaction) _connection.ExecuteTrusted(nested ? "ROLLBACK TO shale_many" : "ROLLBACK");
            if (nested && _connection.InTransaction) _connection.ExecuteTrusted("RELEASE shale_many");
            throw;
        }
    }

    // Bulk loads come this way: nothing is allocated per row but what RETURNING gives.
    private ShardResult RunMany(SqliteStatement statement, IReadOnlyList<IReadOnlyList<SqlValue>> rows)
    {
        StatementShape? shape = null;
        RowSet? returned = null;
        long affected = 0;
        var changesBefore = StartCounting(statement);
        for (var i = 0; i < rows.Count; i++)
        {
            Bind(statement, rows[i]);
            var more = StepFirst(statement, rows[i]);
            if (shape is null)
            {
                shape = Shape(statement);
                shape.Start();
                returned = new RowSet(shape.Expected);
            }

            while (more)
            {
                shape.ReadRow(statement, returned!.AddRow());
                more = statement.Step();
            }

            statement.Reset();
            if (statement.IsReadOnly || _connection.TotalChanges == changesBefore) continue;
            changesBefore = _connection.TotalChanges;
            affected += _connection.Changes;
        }

        return new ShardResult(shape is null ? new RowSet([]) : Described(returned!, shape), affected, LastInsertId(statement));
    }

    // Said here, before the rows before it are undone: the key may be one of theirs.
    private bool StepFirst(SqliteStatement statement, IReadOnlyList<SqlValue> row)
    {
        try
        {
            return statement.Step();
        }
        catch (VitessException failure) when (failure.SqlState == "23505")
        {
            throw TakenKey.Told(failure, _connection, statement.Sql, row);
        }
    }
}
