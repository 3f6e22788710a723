using System.Runtime.CompilerServices;

namespace Shale.DoSql;

/// <summary>
/// What can be asked of a branch, a transaction, or a moment of the past. Dialect sqlite; parameters <c>?</c>, <c>?n</c>, <c>:name</c>, <c>@name</c>, <c>$name</c> and PostgreSQL's <c>$n</c>.
/// Reads run on the caller's thread. Errors are <see cref="VitessException"/>s of the registry; a cancelled call throws <see cref="OperationCanceledException"/> and leaves nothing behind.
/// </summary>
public abstract class DoSqlQueries
{
    internal DoSqlQueries()
    {
    }

    /// <summary>The rows of a query, or of RETURNING.</summary>
    public async Task<IReadOnlyList<Row>> QueryAsync(string sql, DoSqlParameters parameters = default, CancellationToken cancellationToken = default) =>
        await QueryAsync<Row>(sql, parameters, cancellationToken);

    /// <summary>
    /// The rows, each as a <typeparamref name="T"/>: a value of the one column, a tuple by place, a record or class by the names of the columns. Errors: TYPE_ERROR for a value that does not fit.
    /// </summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, DoSqlParameters parameters = default, CancellationToken cancellationToken = default) =>
        RowMapper<T>.Map(RowsOf(await ExecuteAsync(sql, parameters, cancellationToken)));

    /// <summary>The rows as they are held: values without boxing.</summary>
    public async Task<RowSet> QueryRowsAsync(string sql, DoSqlParameters parameters = default, CancellationToken cancellationToken = default) =>
        RowsOf(await ExecuteAsync(sql, parameters, cancellationToken));

    /// <summary>The first row; null if there is none.</summary>
    public async Task<Row?> QueryOneAsync(string sql, DoSqlParameters parameters = default, CancellationToken cancellationToken = default) =>
        (await QueryAsync<Row>(sql, parameters, cancellationToken)) is [var first, ..] ? first : null;

    /// <summary>The first row as a <typeparamref name="T"/>; its default if there is none.</summary>
    public async Task<T?> QueryOneAsync<T>(string sql, DoSqlParameters parameters = default, CancellationToken cancellationToken = default) =>
        (await QueryAsync<T>(sql, parameters, cancellationToken)) is [var first, ..] ? first : default;

    /// <summary>Runs a statement; it is durable once this returns (in a transaction, once that has committed).</summary>
    public Task<RunResult> RunAsync(string sql, DoSqlParameters parameters = default, CancellationToken cancellationToken = default) =>
        ExecuteAsync(sql, parameters, cancellationToken);

    /// <summary>
    /// The rows one by one, read as they are asked for, all of one version; a connection is held until the enumeration ends. Only for queries: a statement that writes is refused with
    /// READ_ONLY_TRANSACTION (25006).
    /// </summary>
    public async IAsyncEnumerable<Row> StreamAsync(string sql, DoSqlParameters parameters = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var chunk in StreamRowsAsync(sql, parameters, cancellationToken))
        {
            foreach (var row in RowMapper<Row>.Map(chunk)) yield return row;
        }
    }

    /// <summary>The rows in chunks of some hundred; else as <see cref="StreamAsync"/>.</summary>
    public abstract IAsyncEnumerable<RowSet> StreamRowsAsync(string sql, DoSqlParameters parameters = default, CancellationToken cancellationToken = default);

    /// <summary>A statement that is checked now and can be run again and again. Errors: what SQLite finds in it.</summary>
    public async Task<DoSqlStatement> PrepareAsync(string sql, CancellationToken cancellationToken = default)
    {
        var text = Read(sql);
        await CheckAsync(text, cancellationToken);
        return new DoSqlStatement(this, text);
    }

    internal abstract Task<RunResult> ExecuteAsync(StatementText text, SqlValue[] values, CancellationToken cancellationToken);

    internal abstract StatementText Read(string sql);

    internal abstract Task CheckAsync(StatementText text, CancellationToken cancellationToken);

    internal static RowSet RowsOf(in RunResult result) => result.Rows ?? new RowSet([]);

    internal Task<RunResult> ExecuteAsync(StatementText text, in DoSqlParameters parameters, CancellationToken cancellationToken)
    {
        try
        {
            return ExecuteAsync(text, text.Arrange(parameters), cancellationToken);
        }
        catch (VitessException exception)
        {
            return Task.FromException<RunResult>(exception);
        }
    }

    private Task<RunResult> ExecuteAsync(string sql, in DoSqlParameters parameters, CancellationToken cancellationToken)
    {
        try
        {
            return ExecuteAsync(Read(sql), parameters, cancellationToken);
        }
        catch (VitessException exception)
        {
            return Task.FromException<RunResult>(exception);
        }
    }
}
