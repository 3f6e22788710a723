namespace Shale.DoSql;

/// <summary>
/// A branch of a database: queries see its newest durable version, each write is a commit of its own. It can be used from any thread at any time; writes of all callers share their waits for the
/// disk.
/// </summary>
public partial class DoSqlBranch : DoSqlQueries
{
    internal DoSqlBranch(DoSqlEngine engine, string name) => (Engine, Name) = (engine, name);

    /// <summary>The branch's name.</summary>
    public string Name { get; }

    internal DoSqlEngine Engine { get; }

    private protected BranchAccess Access => Engine.Branch(Name);

    /// <summary>Runs a statement with a message that the log keeps (<c>dosql_log</c>).</summary>
    public Task<RunResult> RunWithMessageAsync(string message, string sql, DoSqlParameters parameters = default, CancellationToken cancellationToken = default)
    {
        try
        {
            var text = Read(sql);
            return Access.ExecuteAsync(text, text.Arrange(parameters), message, cancellationToken);
        }
        catch (VitessException exception)
        {
            return Task.FromException<RunResult>(exception);
        }
    }

    /// <summary>Runs the statements of a script in one transaction, one commit. Errors: those of its statements; then nothing of it was done.</summary>
    public Task RunScriptAsync(string script, CancellationToken cancellationToken = default) => TransactionAsync(
        async transaction =>
        {
            foreach (var sql in Sql.SqlSplitter.Split(script, Sql.SqlDialect.Sqlite)) await transaction.RunAsync(sql, cancellationToken: cancellationToken);
        },
        DoSqlTransactionMode.Immediate, cancellationToken);

    /// <summary>Begins a transaction; dispose it, which rolls back what was not committed. Errors: LOCK_TIMEOUT (55P03) for an immediate one.</summary>
    public async Task<DoSqlTransaction> BeginAsync(DoSqlTransactionMode mode = DoSqlTransactionMode.Deferred, CancellationToken cancellationToken = default)
    {
        var transaction = new DoSqlTransaction(Access, mode);
        if (mode == DoSqlTransactionMode.Immediate) await transaction.TakeWriterAsync(cancellationToken);
        return transaction;
    }

    /// <summary>Runs work in a transaction that commits when the work returns and is rolled back when it throws.</summary>
    public Task TransactionAsync(Func<DoSqlTransaction, Task> work, DoSqlTransactionMode mode = DoSqlTransactionMode.Deferred, CancellationToken cancellationToken = default) =>
        TransactionAsync<object?>(
            async transaction =>
            {
                await work(transaction);
                return null;
            },
            mode, cancellationToken);

    /// <summary>Runs work in a transaction that commits when the work returns and is rolled back when it throws; returns what the work returned.</summary>
    public async Task<T> TransactionAsync<T>(Func<DoSqlTransaction, Task<T>> work, DoSqlTransactionMode mode = DoSqlTransactionMode.Deferred, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var transaction = await BeginAsync(mode, cancellationToken);
        var result = await work(transaction);
        if (transaction.IsOpen) await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<RowSet> StreamRowsAsync(string sql, DoSqlParameters parameters = default, CancellationToken cancellationToken = default)
    {
        var text = Read(sql);
        return Access.StreamAsync(text, text.Arrange(parameters), cancellationToken);
    }

    internal override Task<RunResult> ExecuteAsync(StatementText text, SqlValue[] values, CancellationToken cancellationToken) => text.Kind is StatementKind.Call or StatementKind.Restore
        ? Procedures.RunAsync(this, text, values, cancellationToken)
        : Access.ExecuteAsync(text, values, null, cancellationToken);

    internal override StatementText Read(string sql) => Engine.Texts.Get(sql);

    internal override Task CheckAsync(StatementText text, CancellationToken cancellationToken) => Access.CheckAsync(text, cancellationToken);
}
