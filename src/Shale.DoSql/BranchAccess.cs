using System.Runtime.CompilerServices;
using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>An open branch: its writer and its readers. Thread-safe.</summary>
internal sealed class BranchAccess
{
    /// <summary>Opens nothing yet.</summary>
    public BranchAccess(DoSqlEngine engine, string name)
    {
        (Engine, Name) = (engine, name);
        Writer = new WriteQueue(engine.Store, engine.Options, () => new BranchConnection(engine, name, engine.Prepare(engine.Database.OpenWriter(name), name), 0));
        Readers = new ReaderPool(engine.Options.Readers, generation => new BranchConnection(engine, name, engine.Prepare(engine.Database.OpenReader(name), name), generation));
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
        var reader = await Readers.RentAsync(cancellationToken);
        try
        {
            foreach (var chunk in StatementRun.Stream(reader, text, values, cancellationToken)) yield return chunk;
        }
        finally
        {
            Readers.Return(reader);
        }
    }

    /// <summary>A reader that reads the newest durable version until its transaction ends.</summary>
    public async ValueTask<BranchConnection> BeginReadAsync(CancellationToken cancellationToken)
    {
        for (var again = true; ; again = false)
        {
            var reader = await Readers.RentAsync(cancellationToken);
            try
            {
                reader.BeginRead();
                return reader;
            }
            catch (VitessException exception)
            {
                Readers.Return(reader);
                if (!again || exception.Code != ErrorCodes.SerializationFailure.Code) throw;
                Readers.Renew();
            }
        }
    }

    /// <summary>The point of the transaction that a text begins or that runs. Errors: the TT_ codes of points that are not there, or are none.</summary>
    public async Task<PastPoint> FindAsync(PastText past, SqlValue[] values, CancellationToken cancellationToken)
    {
        var reader = await Readers.RentAsync(cancellationToken);
        try
        {
            return Engine.Points.Find(Name, reader.PointOf(past, past.OfTransaction!, values));
        }
        finally
        {
            Readers.Return(reader);
        }
    }

    /// <summary>Lets SQLite look at a statement. Errors: what it finds.</summary>
    public async Task CheckAsync(StatementText text, CancellationToken cancellationToken)
    {
        var reader = await Readers.RentAsync(cancellationToken);
        try
        {
            reader.Check(text);
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
                return reader.Execute(text, values, cancellationToken);
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
