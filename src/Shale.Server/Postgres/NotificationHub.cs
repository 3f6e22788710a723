namespace Shale.Server;

/// <summary>Something that a session has told whoever listens.</summary>
/// <param name="Process">The number of the session that has told it.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Payload">What was told; may be empty.</param>
internal sealed record Notification(int Process, string Channel, string Payload);

/// <summary>Who listens to which channels at one door: NOTIFY reaches the sessions of this process, in the order in which transactions commit, and no other. Thread-safe.</summary>
internal sealed class NotificationHub
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Database, string Channel), List<SessionNotifications>> _listeners = [];

    /// <summary>A session listens from now on.</summary>
    public void Listen(SessionNotifications session, string database, string channel)
    {
        lock (_lock)
        {
            if (!_listeners.TryGetValue((database, channel), out var listeners)) _listeners[(database, channel)] = listeners = [];
            if (!listeners.Contains(session)) listeners.Add(session);
        }
    }

    /// <summary>A session listens no more.</summary>
    public void Unlisten(SessionNotifications session, string database, string channel)
    {
        lock (_lock)
        {
            if (!_listeners.TryGetValue((database, channel), out var listeners)) return;
            listeners.Remove(session);
            if (listeners.Count == 0) _listeners.Remove((database, channel));
        }
    }

    /// <summary>Tells all who listen, of one transaction after another.</summary>
    public void Tell(IReadOnlyList<(string Database, Notification Notification)> notifications)
    {
        lock (_lock)
        {
            foreach (var (database, notification) in notifications)
            {
                if (!_listeners.TryGetValue((database, notification.Channel), out var listeners)) continue;
                foreach (var listener in listeners) listener.Receive(notification);
            }
        }
    }
}
