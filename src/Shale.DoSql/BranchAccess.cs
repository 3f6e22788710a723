using System.Runtime.CompilerServices;
using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>An open branch: its writer and its readers. Thread-safe.</summary>
internal sealed class BranchAccess
{
    private const int ChunkRows = 256;

    /// <summary>Opens nothing yet.</summary>
    public BranchAccess(DoSqlEngine engine, string name)
    {
        (Engine, Name) = (engine, name);
        Writer = new WriteQueue(engine.Store, engine.Options, () => engine.Prepare(engine.Database.OpenWriter(name)));
        Readers = new ReaderPool(engine.Options.Readers, () => engine.Prepare(engine.Database.OpenReader(name)));
    }

    /// <summary>What it is a branch of.</summary>
    public DoSqlEngine Engine { get; }

    /// <summary>The branch.</summary>
    public string Name { get; }

    /// <summary>Its writer.</summary>
    public WriteQueue Writer { get; }

    /// <summary>Its readers.</summary>
    public ReaderPool Readers { get; }

    /// <summary>Runs a statement as a transaction of its own.</summary>
    public Task<RunResult> ExecuteAsync(StatementText text, SqlValue[] values, string? message, CancellationToken cancellationToken) => text.Kind switch
    {
        StatementKind.Read => ReadAsync(text, values, cancellationToken),
        StatementKind.Write => Writer.RunAsync(new StatementRequest(text, values, message, cancellationToken)),
        _ => Task.FromException<RunResult>(Refusals.OutsideTransactions(text)),
    };

    /// <summary>The rows of a query in chunks.</summary>
    public async IAsyncEnumerable<RowSet> StreamAsync(StatementText text, SqlValue[] values, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (text.Kind != StatementKind.Read) throw Refusals.StreamingAWrite();
        var reader = await Readers.RentAsync(cancellationToken);
        SqliteStatement? statement = null;
        try
        {
            statement = StatementRun.Start(reader.Connection, text.Sql, values);
            for (var more = true; more;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return StatementRun.ReadChunk(reader.Connection, statement, ChunkRows, out more);
            }
        }
        finally
        {
            if (statement is not null) reader.Connection.Return(statement);
            Readers.Return(reader);
        }
    }

    /// <summary>A reader that reads the newest durable version until its transaction ends.</summary>
    public async ValueTask<Reader> BeginReadAsync(CancellationToken cancellationToken)
    {
        for (var again = true; ; again = false)
        {
            var reader = await Readers.RentAsync(cancellationToken);
            try
            {
                reader.Connection.ExecuteTrusted("BEGIN");

                // BEGIN alone takes no version; the first read does.
                _ = reader.Connection.QueryTrusted("SELECT 1 FROM sqlite_schema LIMIT 1");
                return reader;
            }
            catch (VitessException exception)
            {
                if (reader.Connection.InTransaction) reader.Connection.ExecuteTrusted("ROLLBACK");
                Readers.Return(reader);
                if (!again || exception.Code != ErrorCodes.SerializationFailure.Code) throw;
                Readers.Renew();
            }
        }
    }

    /// <summary>Lets SQLite look at a statement. Errors: what it finds.</summary>
    public async Task CheckAsync(StatementText text, CancellationToken cancellationToken)
    {
        if (text.Kind is not (StatementKind.Read or StatementKind.Write)) return;
        var reader = await Readers.RentAsync(cancellationToken);
        try
        {
            reader.Connection.Return(reader.Connection.Rent(text.Sql));
        }
        finally
        {
            Readers.Return(reader);
        }
    }

    /// <summary>Ends it: what waits fails with the reason.</summary>
    public async Task CloseAsync(Exception reason)
    {
        Readers.Close(reason);
        await Writer.CloseAsync(reason);
    }

    private async Task<RunResult> ReadAsync(StatementText text, SqlValue[] values, CancellationToken cancellationToken)
    {
        for (var again = true; ; again = false)
        {
            var reader = await Readers.RentAsync(cancellationToken);
            try
            {
                return StatementRun.Execute(reader.Connection, text.Sql, values, cancellationToken);
            }
            catch (VitessException exception) when (again && exception.Code == ErrorCodes.SerializationFailure.Code)
            {
                // The branch was restored since the connection was opened.
                Readers.Renew();
            }
            finally
            {
                Readers.Return(reader);
            }
        }
    }
}
