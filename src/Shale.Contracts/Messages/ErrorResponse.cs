namespace Shale.Contracts;

/// <summary>ERROR (0x81): a request failed.</summary>
/// <param name="Code">The registry's name of the failure.</param>
/// <param name="Message">What happened.</param>
/// <param name="Shard">The shard that failed.</param>
/// <param name="SqlState">The five-character SQLSTATE.</param>
/// <param name="Hint">What to do next.</param>
/// <param name="IsTransient">Whether the same request may succeed when tried again; null if the sender does not say.</param>
/// <param name="Position">Where in the statement, 1-based in characters.</param>
public sealed record ErrorResponse(
    string Code, string Message, string? Shard = null, string? SqlState = null, string? Hint = null, bool? IsTransient = null,
    int? Position = null) : Message(MessageType.Error)
{
    /// <summary>What the failure is about; null if that is not known.</summary>
    public FailureSubject? Subject { get; init; }

    /// <summary>The failure as a message that answers <paramref name="requestId"/>.</summary>
    public static ErrorResponse From(string requestId, VitessException failure) =>
        new(failure.Code, failure.Message, failure.Shard, failure.SqlState, failure.Hint, failure.IsTransient, failure.Position)
        {
            Id = requestId,
            Subject = failure.Subject,
            Timestamp = Messages.Now(),
        };

    /// <summary>The failure as an exception; what the message leaves open is taken from the registry.</summary>
    public VitessException ToException()
    {
        ErrorCodes.ByName.TryGetValue(Code, out var known);
        return new VitessException(
            Code, Message, Shard, SqlState ?? known?.SqlState, IsTransient ?? known?.IsTransient ?? false, Hint ?? known?.Hint, Position) { Subject = Subject };
    }
}
