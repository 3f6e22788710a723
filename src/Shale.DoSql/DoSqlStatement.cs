namespace Shale.DoSql;

/// <summary>A statement that was checked, to be run again and again; SQLite keeps it compiled. Thread-safe as what it was prepared on is.</summary>
public sealed class DoSqlStatement
{
    private readonly DoSqlQueries _queries;
    private readonly StatementText _text;

    internal DoSqlStatement(DoSqlQueries queries, StatementText text) => (_queries, _text) = (queries, text);

    /// <summary>Its text.</summary>
    public string Sql => _text.Sql;

    /// <summary>Runs it: <see cref="DoSqlQueries.RunAsync"/>.</summary>
    public Task<RunResult> RunAsync(DoSqlParameters parameters = default, CancellationToken cancellationToken = default) => _queries.ExecuteAsync(_text, parameters, cancellationToken);

    /// <summary>Its rows: <see cref="DoSqlQueries.QueryAsync(string, DoSqlParameters, CancellationToken)"/>.</summary>
    public async Task<IReadOnlyList<Row>> QueryAsync(DoSqlParameters parameters = default, CancellationToken cancellationToken = default) => await QueryAsync<Row>(parameters, cancellationToken);

    /// <summary>Its rows as a type: <see cref="DoSqlQueries.QueryAsync{T}"/>.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(DoSqlParameters parameters = default, CancellationToken cancellationToken = default) =>
        RowMapper<T>.Map(DoSqlQueries.RowsOf(await _queries.ExecuteAsync(_text, parameters, cancellationToken)));

    /// <summary>Its first row; null if there is none.</summary>
    public async Task<Row?> QueryOneAsync(DoSqlParameters parameters = default, CancellationToken cancellationToken = default) =>
        (await QueryAsync<Row>(parameters, cancellationToken)) is [var first, ..] ? first : null;
}
