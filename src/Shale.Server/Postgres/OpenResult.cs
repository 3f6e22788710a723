using Shale.Postgres.Relay;
using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>What a statement gives, and how much of it the client has got. Whoever opened it disposes it: until then a query runs.</summary>
internal sealed class OpenResult : IAsyncDisposable
{
    private const long MostGathered = 64 << 20;

    // So much is written before the client is given time to take it.
    private const long Piece = 32 * 1024;

    private static readonly RowSet NoRows = new([]);

    /// <summary>What was run: <c>SELECT</c>, <c>CREATE TABLE</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Whether it gives rows, be it none.</summary>
    public bool HasRows { get; init; }

    /// <summary>How many rows were changed; null where the command counts none, and where it counts the rows that it gives.</summary>
    public long? Affected { get; init; }

    /// <summary>The chunk of rows that is being sent.</summary>
    public RowSet Rows { get; private set; } = NoRows;

    /// <summary>How the columns are sent; set before the first row is.</summary>
    public ColumnFormat[] Columns { get; set; } = [];

    /// <summary>How many rows have been sent.</summary>
    public long Sent { get; private set; }

    /// <summary>What the command's end says of rows; null where the command counts none.</summary>
    /// <param name="before">How many had been sent before.</param>
    public long? Told(long before = 0) => Affected ?? (HasRows && Command is "SELECT" or "FETCH" ? Sent - before : null);

    private IAsyncEnumerator<RowSet>? _rest;
    private Action? _ended;
    private int _next;

    // Where the next of encoded rows begins.
    private int _from;

    /// <summary>A statement that gives no rows.</summary>
    public static OpenResult Done(string command, long? affected = null) => new() { Command = command, Affected = affected };

    /// <summary>Rows that are here.</summary>
    public static OpenResult Of(string command, RowSet rows) => new() { Command = command, HasRows = true, Rows = rows };

    /// <summary>Rows, those that come behind them, and what is to be done when they have come.</summary>
    public OpenResult With(RowSet rows, IAsyncEnumerator<RowSet>? rest, Action? ended)
    {
        (Rows, _rest, _ended) = (rows, rest, ended);
        return this;
    }

    /// <summary>Whether a query runs for it: until then its transaction takes no other statement.</summary>
    public bool Runs => _rest is not null;

    /// <summary>Sends rows, at the speed at which the client takes them.</summary>
    /// <param name="writer">Where they go.</param>
    /// <param name="most">How many at most; 0 for all.</param>
    /// <param name="cancellationToken">Stops waiting for the client.</param>
    /// <returns>Whether those were all; false once so many have been sent as there may be, whether or not there are more.</returns>
    public async ValueTask<bool> SendAsync(MessageWriter writer, long most, CancellationToken cancellationToken)
    {
        for (var left = most == 0 ? long.MaxValue : most; ;)
        {
            while (_next < Rows.RowCount)
            {
                var rows = Rows.Encoded is DataRows encoded && encoded.Fit(Columns) ? WriteEncoded(writer, encoded, left) : WriteOne(writer);
                Sent += rows;
                _next += rows;
                left -= rows;
                if (writer.Waiting >= Piece && !await writer.FlushAsync(cancellationToken)) throw new IOException("the client has gone");
                if (left == 0) return false;
            }

            if (!await NextAsync()) return true;
        }
    }

    private int WriteOne(MessageWriter writer)
    {
        writer.Row(Rows[_next], Columns);
        return 1;
    }

    // As they are: at most so many, and at least one.
    private int WriteEncoded(MessageWriter writer, DataRows encoded, long most)
    {
        if (_next == 0) _from = 0;
        var (rows, length) = encoded.Measure(_from, (int)Math.Min(most, Rows.RowCount - _next), (int)Piece);
        writer.Rows(encoded.Messages.Span.Slice(_from, length));
        _from += length;
        return rows;
    }

    /// <summary>Passes over rows that nobody is sent.</summary>
    /// <param name="most">How many at most.</param>
    /// <returns>How many there were.</returns>
    public async ValueTask<long> SkipAsync(long most)
    {
        long passed = 0;
        while (passed < most && (_next < Rows.RowCount || await NextAsync()))
        {
            var rows = (int)Math.Min(most - passed, Rows.RowCount - _next);
            if (_next == 0) _from = 0;
            if (Rows.Encoded is DataRows encoded) _from += encoded.Measure(_from, rows, int.MaxValue).Length;
            _next += rows;
            passed += rows;
        }

        return passed;
    }

    /// <summary>The rows that are here; null when there are no more. Each call goes on where the last has ended.</summary>
    public async ValueTask<RowSet?> TakeAsync()
    {
        if (_next > 0 && !await NextAsync()) return null;
        _next = 1;
        return Rows;
    }

    /// <summary>Takes all rows at once, so that the query has ended. Errors: RESOURCE_EXHAUSTED (54000) where they take too much memory.</summary>
    public async ValueTask GatherAsync()
    {
        if (_rest is null) return;
        var all = new RowSet(Rows.Fields, Rows.RowCount - _next);
        long bytes = 0;
        do
        {
            for (; _next < Rows.RowCount; _next++) all.Add(Rows[_next]);
            bytes += Rows.SizeBytes;
            if (bytes > MostGathered)
            {
                throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"the rest of a suspended portal takes more than {MostGathered} bytes", null, "54000", false,
                    "Read the portal to its end, or close it, before the transaction's next statement.");
            }
        }
        while (await NextAsync());
        (Rows, _next) = (all, 0);
    }

    private ValueTask<bool> NextAsync() => _rest is null ? new ValueTask<bool>(false) : NextAsync(_rest);

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<RowSet> rest)
    {
        if (await rest.MoveNextAsync())
        {
            (Rows, _next) = (rest.Current, 0);
            return true;
        }

        await DisposeAsync();
        return false;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        var (rest, ended) = (_rest, _ended);
        (_rest, _ended) = (null, null);
        return rest is null ? ValueTask.CompletedTask : EndAsync(rest, ended);
    }

    private static async ValueTask EndAsync(IAsyncEnumerator<RowSet> rest, Action? ended)
    {
        try
        {
            await rest.DisposeAsync();
        }
        finally
        {
            ended?.Invoke();
        }
    }
}
