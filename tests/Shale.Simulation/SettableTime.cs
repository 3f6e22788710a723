namespace Shale.Simulation;

/// <summary>A clock that stands until it is set.</summary>
internal class SettableTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
