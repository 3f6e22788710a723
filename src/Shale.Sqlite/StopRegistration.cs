namespace Shale.Sqlite;

/// <summary>A token that stops what a connection runs, until it is disposed; the default one does nothing.</summary>
/// <param name="connection">The connection.</param>
/// <param name="registration">With the token.</param>
public readonly struct StopRegistration(SqliteConnection connection, CancellationTokenRegistration registration) : IDisposable
{
    /// <summary>The token stops nothing any more.</summary>
    public void Dispose()
    {
        // It waits for a cancellation that is on its way.
        registration.Dispose();
        connection?.GoOn();
    }
}
