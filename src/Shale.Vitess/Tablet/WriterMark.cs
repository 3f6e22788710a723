namespace Shale.Vitess;

/// <summary>What a holder of a shard's writer has seen: a commit and all before it, which may not be on the disk yet.</summary>
/// <param name="Writer">Whose; null for nothing.</param>
/// <param name="Engine">Where.</param>
/// <param name="Commit">The engine's number of the last commit; see <see cref="IEngineConnection.LastCommit"/>.</param>
/// <param name="Commits">How many the writer had counted.</param>
internal readonly record struct WriterMark(TabletWriter? Writer, IStorageEngine? Engine, long Commit, long Commits)
{
    /// <summary>Returns once it is durable and seen by readers. Errors: SHARD_ERROR: then it may be lost, and nothing of it may be told.</summary>
    public ValueTask WaitAsync()
    {
        if (Writer is null) return ValueTask.CompletedTask;
        var pending = Engine!.WaitDurableAsync(Commit);
        if (!pending.IsCompletedSuccessfully) return FinishAsync(pending);
        pending.GetAwaiter().GetResult();
        Writer.Saw(Commits);
        return ValueTask.CompletedTask;
    }

    private async ValueTask FinishAsync(ValueTask pending)
    {
        await pending;
        Writer!.Saw(Commits);
    }
}
