using System.Text;
using System.Threading.Channels;
using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>
/// LISTEN, UNLISTEN and NOTIFY of one session. What a transaction says of them counts when it commits; the same words on the same channel are told once. <see cref="Receive"/> is for any thread, all else for the session's own.
/// </summary>
/// <param name="hub">Knows who listens.</param>
/// <param name="process">The session's number.</param>
/// <param name="overrun">Is called, once or more, when the session takes no notifications and too many wait for it.</param>
internal sealed class SessionNotifications(NotificationHub hub, int process, Action overrun)
{
    private const int MostWaiting = 10_000, MostPayloadBytes = 7_999, MostPending = 1_000_000, MostNameBytes = 63;

    private readonly HashSet<(string Database, string Channel)> _channels = [];
    private readonly List<Step> _pending = [];
    private readonly HashSet<(string Database, string Channel, string Payload)> _told = [];
    private Task<bool>? _coming;
    private readonly Channel<Notification> _inbox = Channel.CreateBounded<Notification>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>Whether it listens to anything.</summary>
    public bool Listens => _channels.Count > 0;

    /// <summary>The channels of a database that it listens to.</summary>
    public IEnumerable<string> Channels(string database) => _channels.Where(each => each.Database == DatabaseOf(database)).Select(each => each.Channel).Order(StringComparer.Ordinal);

    /// <summary>How many steps wait for the transaction's end: what <see cref="Undo"/> goes back to.</summary>
    public int Pending => _pending.Count;

    /// <summary>LISTEN.</summary>
    public void Listen(string target, string channel) => _pending.Add(new Step(DatabaseOf(target), channel, null, IsListen: true));

    /// <summary>UNLISTEN; of all channels for null.</summary>
    public void Unlisten(string target, string? channel) => _pending.Add(new Step(DatabaseOf(target), channel, null, IsListen: false));

    /// <summary>NOTIFY. Errors: QUERY_ERROR (22023) for a channel without a name, or a name or words that are too long; RESOURCE_EXHAUSTED (54000) for too many in one transaction.</summary>
    public void Notify(string target, string channel, string payload)
    {
        if (channel.Length == 0) throw Invalid("channel name cannot be empty");
        if (Encoding.UTF8.GetByteCount(channel) > MostNameBytes) throw Invalid("channel name too long");
        if (Encoding.UTF8.GetByteCount(payload) > MostPayloadBytes) throw Invalid("payload string too long");
        if (!_told.Add((DatabaseOf(target), channel, payload))) return;
        if (_pending.Count >= MostPending) throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"a transaction has no more than {MostPending} notifications", null, "54000", isTransient: false, "Commit more often.");
        _pending.Add(new Step(DatabaseOf(target), channel, payload, IsListen: false));
    }

    /// <summary>The transaction has committed.</summary>
    public void Commit()
    {
        if (_pending.Count == 0) return;
        var told = new List<(string Database, Notification Notification)>();
        foreach (var step in _pending)
        {
            if (step.Payload is { } payload) told.Add((step.Database, new Notification(process, step.Channel!, payload)));
            else if (step.IsListen) Join((step.Database, step.Channel!));
            else Leave(step.Channel is { } one ? [(step.Database, one)] : [.. _channels]);
        }

        Undo(0);
        if (told.Count > 0) hub.Tell(told);
    }

    /// <summary>What was said since is taken back.</summary>
    /// <param name="steps">How many stay.</param>
    public void Undo(int steps)
    {
        if (_pending.Count == steps) return;
        _pending.RemoveRange(steps, _pending.Count - steps);
        _told.Clear();
        foreach (var step in _pending)
        {
            if (step.Payload is { } payload) _told.Add((step.Database, step.Channel!, payload));
        }
    }

    /// <summary>Somebody has told something on a channel of its.</summary>
    public void Receive(Notification notification)
    {
        if (!_inbox.Writer.TryWrite(notification)) overrun();
    }

    /// <summary>Ends when something has come. The same for all who ask until then: a session asks with every message that it reads.</summary>
    public Task<bool> WaitAsync() => _coming is { IsCompleted: false } coming ? coming : _coming = _inbox.Reader.WaitToReadAsync().AsTask();

    /// <summary>Sends what has come; false for nothing.</summary>
    public bool TrySend(MessageWriter writer)
    {
        var any = false;
        for (; _inbox.Reader.TryRead(out var notification); any = true) writer.Notification(notification.Process, notification.Channel, notification.Payload);
        return any;
    }

    /// <summary>The session ends, or DISCARD ALL.</summary>
    public void Close()
    {
        Undo(0);
        Leave([.. _channels]);
    }

    private void Join((string Database, string Channel) channel)
    {
        if (_channels.Add(channel)) hub.Listen(this, channel.Database, channel.Channel);
    }

    private void Leave(IEnumerable<(string Database, string Channel)> channels)
    {
        foreach (var channel in channels)
        {
            if (_channels.Remove(channel)) hub.Unlisten(this, channel.Database, channel.Channel);
        }
    }

    /// <summary>The database that a target is of: one shard of a keyspace, or another kind of its tablets, is the same.</summary>
    public static string DatabaseOf(string target)
    {
        var (start, end) = (target.IndexOf(':', StringComparison.Ordinal), target.IndexOf('@', StringComparison.Ordinal));
        if (end >= 0) target = target[..end];
        return start < 0 ? target : target[..start] + (target.IndexOf('/', StringComparison.Ordinal) is > 0 and var branch ? target[branch..] : "");
    }

    private static VitessException Invalid(string message) => new(ErrorCodes.QueryError, message, sqlState: "22023");

    // A notification, or listening or not listening to a channel; to all of them for null.
    private readonly record struct Step(string Database, string? Channel, string? Payload, bool IsListen);
}
