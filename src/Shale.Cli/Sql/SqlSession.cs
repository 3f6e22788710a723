using System.Diagnostics;
using System.Text.RegularExpressions;
using Shale.Cli.Output;
using Shale.Client;
using Shale.Contracts;

namespace Shale.Cli.Sql;

/// <summary>
/// What a prompt or a script is connected to: the gate, the target, the dialect, an open transaction, and how results are written. One
/// statement at a time; not thread-safe.
/// </summary>
internal sealed partial class SqlSession(VitessConfig config, TextWriter output, TextWriter errors) : IAsyncDisposable
{
    private VitessConfig _config = config;
    private Transaction? _transaction;
    private bool _transactionFailed;
    private bool _namesChanged = true;

    /// <summary>The client; replaced when target or dialect change.</summary>
    public VitessClient Client { get; private set; } = VitessClient.Create(config);

    /// <summary>Where results go.</summary>
    public TextWriter Output => output;

    /// <summary>How results are written.</summary>
    public OutputFormat Format { get; set; }

    /// <summary>Whether the time of each statement is shown.</summary>
    public bool Timing { get; set; }

    /// <summary>Whether tables show one line for each column.</summary>
    public bool Expanded { get; set; }

    /// <summary>Whether the statements are SQLite's SQL.</summary>
    public bool IsSqlite => string.Equals(_config.Dialect, "sqlite", StringComparison.Ordinal);

    /// <summary>What a prompt begins with: the target, and * in a transaction, ! in one that has failed.</summary>
    public string PromptName => (_config.Keyspace ?? "shale") + (_transaction is null ? "" : _transactionFailed ? "!" : "*");

    /// <summary>Where it is connected to, in words.</summary>
    public string Connection => $"{_config.Endpoint}, target {_config.Keyspace ?? "of the server"}, dialect {(IsSqlite ? "sqlite" : "postgres")}";

    /// <summary>Whether names of tables and columns may have changed since this was asked last.</summary>
    public bool TakeNamesChanged()
    {
        var changed = _namesChanged;
        _namesChanged = false;
        return changed;
    }

    /// <summary>Runs one statement and writes what it gives.</summary>
    /// <returns>False if it failed; the failure has been written.</returns>
    public async Task<bool> RunAsync(string statement, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        _namesChanged |= DefinitionForm().IsMatch(statement);
        try
        {
            if (SessionCommand.Parse(statement) is { } command) await RunCommandAsync(command, cancellationToken);
            else if (Format != OutputFormat.Table && _transaction is null && !_config.PartialResults && StreamedForm().IsMatch(statement)) await StreamAsync(statement, cancellationToken);
            else await QueryAsync(statement, cancellationToken);
        }
        catch (VitessException failure)
        {
            output.Flush();
            ErrorText.Write(errors, failure, statement);
            Failed(failure);
            return false;
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine("Cancelled. If it was a write, what it did is not known.");
            Failed(null);
            return false;
        }
        if (Timing) output.WriteLine($"Time: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0.0} ms{_how}\n");
        _how = "";
        return true;
    }

    /// <summary>Rolls back what is open and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null) await _transaction.DisposeAsync();
        await Client.DisposeAsync();
    }

    private string _how = "";

    private async Task QueryAsync(string statement, CancellationToken cancellationToken)
    {
        var result = await (_transaction?.QueryRowsAsync(statement, null, cancellationToken) ?? Client.QueryRowsAsync(statement, null, cancellationToken));
        foreach (var notice in result.Notices ?? []) errors.WriteLine("NOTICE: " + notice);
        if (result.Tier is { } tier) _how = $" ({tier}{(result.Shards is { Count: > 0 } shards ? ": " + string.Join(' ', shards) : "")})";
        if (result.Fields.Count > 0)
        {
            var writer = Writer();
            writer.Start(result.Fields);
            writer.Add(result.Rows);
            writer.End();
        }
        if (Format != OutputFormat.Table || (result.Fields.Count > 0 && result.Affected is null or 0)) return;
        var affected = result.Affected is { } count && !DefinitionForm().IsMatch(statement) ? $", {count} {(count == 1 ? "row" : "rows")} affected" : "";
        output.WriteLine("OK" + affected + (result.LastInsertId is { } id ? $", last id {id}" : ""));
    }

    private async Task StreamAsync(string statement, CancellationToken cancellationToken)
    {
        IResultWriter? writer = null;
        await foreach (var rows in Client.StreamRowsAsync(statement, null, cancellationToken))
        {
            if (writer is null)
            {
                writer = Writer();
                writer.Start(rows.Fields);
            }
            writer.Add(rows);
        }
        writer?.End();
    }

    private async Task RunCommandAsync(SessionCommand command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case SessionCommand.Begin begin:
                if (_transaction is not null) throw new VitessException(ErrorCodes.TransactionError, "there is already a transaction in progress", sqlState: "25001");
                _transaction = await Client.BeginAsync(begin.Options, cancellationToken);
                _transactionFailed = false;
                break;
            case SessionCommand.Commit:
                var committing = TakeTransaction();
                await using (committing) await committing.CommitAsync(cancellationToken);
                break;
            case SessionCommand.Rollback:
                await TakeTransaction().RollbackAsync(cancellationToken);
                break;
            case SessionCommand.Use use:
                await ReconnectAsync(_config with { Keyspace = use.Target });
                break;
            case SessionCommand.SetDialect set:
                await ReconnectAsync(_config with { Dialect = set.Dialect });
                break;
            case SessionCommand.SetPartialResults partial:
                await ReconnectAsync(_config with { PartialResults = partial.On });
                break;
        }
        if (Format == OutputFormat.Table) output.WriteLine("OK");
    }

    private Transaction TakeTransaction()
    {
        var transaction = _transaction ?? throw new VitessException(ErrorCodes.TransactionError, "there is no transaction in progress", sqlState: "25P01",
            hint: "Begin one with BEGIN.");
        _transaction = null;
        return transaction;
    }

    private async Task ReconnectAsync(VitessConfig changed)
    {
        if (_transaction is not null)
            throw new VitessException(ErrorCodes.TransactionError, "the target, the dialect and partial_results cannot change inside a transaction", hint: "COMMIT or ROLLBACK first.");
        var client = VitessClient.Create(changed);
        try
        {
            // A target that does not exist is told now, not with the next statement.
            if (changed.Keyspace != _config.Keyspace) await client.VSchemaAsync();
        }
        catch (VitessException)
        {
            await client.DisposeAsync();
            throw;
        }
        await Client.DisposeAsync();
        (Client, _config) = (client, changed);
        _namesChanged = true;
    }

    private void Failed(VitessException? failure)
    {
        _how = "";
        if (_transaction is null) return;
        _transactionFailed = !IsSqlite;
        if (failure?.Code is not ("TRANSACTION_NOT_FOUND" or "TRANSACTION_EXPIRED")) return;
        errors.WriteLine("  The transaction is over.");
        _transaction = null;
    }

    private IResultWriter Writer() => Format switch
    {
        OutputFormat.Csv => new CsvResultWriter(output),
        OutputFormat.Json => new JsonResultWriter(output),
        _ => new TableResultWriter(output, Expanded),
    };

    [GeneratedRegex(@"^\s*\(*\s*(SELECT|VALUES)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StreamedForm();

    [GeneratedRegex(@"^\s*(CREATE|DROP|ALTER|TRUNCATE|ANALYZE|REINDEX|VACUUM|COMMENT)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DefinitionForm();
}
