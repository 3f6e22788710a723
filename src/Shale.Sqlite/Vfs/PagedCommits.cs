using Shale.PageLog;

namespace Shale.Sqlite;

/// <summary>The commits of a branch's writing connection. Used by the connection's thread.</summary>
public sealed class PagedCommits
{
    internal PagedCommits(Lsn last) => Last = last;

    /// <summary>
    /// The last version that was committed, at first the one that the connection found. It is published, not durable: <see cref="IPageStore.WaitDurable"/> before anybody is told. A commit
    /// that changed no page leaves it as it is.
    /// </summary>
    public Lsn Last { get; private set; }

    /// <summary>What the log says of the next commit that makes a version; null for nothing. A rollback forgets it.</summary>
    public string? NextMessage { get; set; }

    internal RowRecorder? Recorder { get; set; }

    internal void Prepare(IPageWriter writer) => writer.Prepare(Recorder is { } recorder
        ? new CommitContent { Message = NextMessage, RowChanges = recorder.Record, RowCount = recorder.RowCount }
        : new CommitContent { Message = NextMessage });

    internal void Publish(IPageWriter writer)
    {
        Last = writer.Publish();
        EndWithoutVersion();
    }

    // Rows may have been assigned the values that they had.
    internal void EndWithoutVersion()
    {
        NextMessage = null;
        Recorder?.Clear();
    }

    internal void Discard(IPageWriter writer)
    {
        NextMessage = null;
        Recorder?.RolledBack();
        writer.Discard();
    }
}
