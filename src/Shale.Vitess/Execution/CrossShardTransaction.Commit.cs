using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>How it commits.</summary>
internal sealed partial class CrossShardTransaction
{
    /// <summary>
    /// Commits on one shard, then on the others, once all have said that they can: one after another where lookup vindexes need an order, else together; those only read end without. If the first
    /// fails, nothing is committed; if a later one fails, others have committed and the error says which (until commits over shards are atomic).
    /// </summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        var writers = Arranged(out var order);
        using var publishing = locks.EntryCommits.Begin(Entries, order.InDoubt);

        // The first to commit is asked by that: if it cannot, nobody has.
        if (writers.Count > 1 || _rebuilds) await CheckAsync(_rebuilds ? writers : writers[1..], cancellationToken);
        if (writers.Count > 1) await locks.Commits.EnterAsync(cancellationToken);
        try
        {
            await CommitAllAsync(writers, order, publishing, cancellationToken);
        }
        finally
        {
            if (writers.Count > 1) locks.Commits.Leave();
        }

        await RollbackAsync();
    }

    private async ValueTask CommitAllAsync(List<Part> writers, CommitOrder order, EntryCommits.Commit? publishing, CancellationToken cancellationToken)
    {
        var note = order.Noted.Count == 0 ? null : await NoteAsync(writers, order, cancellationToken);
        for (var i = 0; i < writers.Count;)
        {
            // Once one has committed nobody can change his mind. Where no order is asked for, the others then wait for their disks together.
            var count = i == 0 || note is not null ? 1 : writers.Count - i;
            try
            {
                await CommitTogetherAsync(writers.GetRange(i, count), i == 0 ? cancellationToken : CancellationToken.None);
                i += count;
            }
            catch (Exception exception)
            {
                var done = writers.Except(_parts).Select(each => each.Tablet.Shard).ToList();
                await RollbackAsync();
                if (note is not null && done.Count == 0) Entries.Notes!.Undone(note);
                else if (note is not null && !await Entries.Notes!.TrySettleAsync(note)) publishing!.StaysInDoubt();
                if (done.Count == 0 || exception is not VitessException failure) throw;
                throw new VitessException(ErrorCodes.TransactionError, $"{failure.Message}; shards {string.Join(", ", done)} had committed already", failure.Shard,
                    sqlState: "40003", hint: "Compare the rows of the named shards; keep transactions on one shard where this must not happen.", inner: failure);
            }
        }

        if (note is not null) Entries.Notes!.Done(note);
    }

    private async ValueTask CommitTogetherAsync(List<Part> writers, CancellationToken cancellationToken)
    {
        if (writers is [var only])
        {
            await only.Tablet.CommitAsync(only.TxId, cancellationToken);
            _parts.Remove(only);
            return;
        }

        var committed = new bool[writers.Count];
        try
        {
            await Scatter.RunAsync(writers.Count, async (i, token) =>
            {
                await writers[i].Tablet.CommitAsync(writers[i].TxId, token);
                return committed[i] = true;
            }, cancelOthers: false, cancellationToken);
        }
        finally
        {
            _parts.RemoveAll(part => writers.IndexOf(part) is >= 0 and var place && committed[place]);
        }
    }

    private async ValueTask CheckAsync(List<Part> writers, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var part in writers) await part.Tablet.CheckDeferredAsync(part.TxId, cancellationToken);
        }
        catch
        {
            await RollbackAsync();
            throw;
        }
    }

    /// <summary>The writers in the order in which they are to commit, and what is said of it.</summary>
    private List<Part> Arranged(out CommitOrder order)
    {
        List<Part> writers = [.. _parts.Where(part => part.Writes)];
        order = new CommitOrder([], false, null, []);
        if (writers.Count < 2 || Entries.Count == 0) return writers;
        order = Entries.Arrange([.. writers.Select(writer => writer.Tablet)]);
        return [.. order.Order.Select(place => writers[place])];
    }

    private async ValueTask<EntryNote> NoteAsync(List<Part> writers, CommitOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var others = writers.Skip(1).Select(part => (part.Tablet, part.TxId));
            var redo = order.InDoubt ? _log.Redo() : null;
            if (redo is null && order.InCircle is { } table) throw EntryChanges.CannotCommit(table);
            return await Entries.Notes!.WriteAsync((writers[0].Tablet, writers[0].TxId), others, order.Noted, redo, cancellationToken);
        }
        catch
        {
            await RollbackAsync();
            throw;
        }
    }
}
