using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// The reads of one row that sessions ask for in one round of a shared thread. At the end of the round those of the same statement on the same shard go to the server together: one send, one waking and one answer
/// for all of them. Nobody waits for a stranger's statement, and nobody longer than what the thread has in hand anyway. One for each such thread.
/// </summary>
/// <remarks>Hot path: the point query to a PostgreSQL shard.</remarks>
internal sealed class SharedReads
{
    /// <summary>The values of those that go together are no longer than that, so that the server's system takes them all before the server answers the first; nor is the answer of a statement that goes with others.</summary>
    public const int MostBytes = 32 * 1024;

    [ThreadStatic]
    private static SharedReads? _here;

    // Statements of which a row was long: those behind one in the same message would wait for it.
    private static readonly ConditionalWeakTable<string, object> _alone = [];
    private static volatile bool _anyAlone;

    private readonly Func<bool> _send;
    private List<SharedRead?> _asked = [], _sending = [];

    private SharedReads() => _send = Send;

    /// <summary>Whether others may come in the same round, or have; else a read is sent at once.</summary>
    public static bool AreGathered => SharedThread.HasMore || _here is { _asked.Count: > 0 };

    /// <summary>Asks for a read at the end of the round.</summary>
    public static ValueTask<ShardResult> AskAsync(VTTablet tablet, ShardQueryRequest request, CancellationToken cancellationToken)
    {
        if (_anyAlone && _alone.TryGetValue(request.Sql, out _)) return tablet.QueryAloneAsync(request, cancellationToken);
        var here = _here ??= new SharedReads();
        if (here._asked.Count == 0) SharedThread.AtEndOfRound(here._send);
        var read = SharedRead.Of(tablet, request, cancellationToken);
        here._asked.Add(read);
        return read.Answer;
    }

    /// <summary>A statement does not go with others from now on.</summary>
    public static void KeepAlone(string sql)
    {
        _alone.AddOrUpdate(sql, sql);
        _anyAlone = true;
    }

    // Whoever is answered at once asks for more: that is for the next call. Tells whether some went together.
    private bool Send()
    {
        (_asked, _sending) = (_sending, _asked);
        var together = false;
        for (var i = 0; i < _sending.Count; i++)
        {
            if (_sending[i] is not { } first) continue;
            var group = Gather(first, i + 1);
            together |= group.Count > 1;
            group.Send();
        }

        _sending.Clear();
        return together;
    }

    private SharedGroup Gather(SharedRead first, int from)
    {
        var group = SharedGroup.Take();
        group.Add(first);
        var bytes = BytesOf(first);
        for (var i = from; i < _sending.Count && group.Count < SharedThread.MostTogether && bytes <= MostBytes; i++)
        {
            if (_sending[i] is not { IsCancelled: false } other || !first.GoesWith(other) || bytes + BytesOf(other) > MostBytes) continue;
            group.Add(other);
            bytes += BytesOf(other);
            _sending[i] = null;
        }

        return group;
    }

    private static long BytesOf(SharedRead read)
    {
        long bytes = 0;
        var values = read.Request.Params;
        for (var i = 0; i < values.Count; i++) bytes += values[i].SizeBytes;
        return bytes;
    }
}
