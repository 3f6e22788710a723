namespace Shale.Engines;

/// <summary>How a token stops what runs.</summary>
internal partial class SqliteEngineConnection
{
    /// <summary>Lets the token stop what runs here until the registration is disposed.</summary>
    internal StoppedByToken Watch(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled) return default;
        if (cancellationToken.IsCancellationRequested) throw new VitessException(ErrorCodes.Timeout, "the statement was cancelled before it began");
        return new StoppedByToken(this, cancellationToken.UnsafeRegister(static self => ((SqliteEngineConnection)self!)._connection.Stop(), this));
    }

    /// <summary>What runs here is not stopped any more.</summary>
    private void GoOn() => _connection.GoOn();

    /// <summary>A token that stops what a connection runs, though it is opened anew meanwhile; until it is disposed. The default one does nothing.</summary>
    internal readonly struct StoppedByToken(SqliteEngineConnection connection, CancellationTokenRegistration registration) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            // It waits for a cancellation that is on its way.
            registration.Dispose();
            connection?.GoOn();
        }
    }
}
