namespace Shale.Sqlite;

/// <summary>
/// One running aggregate: made at the first row of its group (or at the end of an empty one), then fed, then read. Errors are thrown as in
/// <see cref="ScalarFunction"/>.
/// </summary>
public abstract class AggregateState
{
    /// <summary>Takes one row in.</summary>
    /// <param name="args">The arguments; valid during the call only.</param>
    public abstract void Step(ReadOnlySpan<SqlValue> args);

    /// <summary>The result so far. As a window function it is asked for several times, with more steps between.</summary>
    public abstract SqlValue Result();

    /// <summary>Takes the oldest row out again, for window frames whose start moves; refused (0A000) unless overridden.</summary>
    /// <param name="args">The arguments of that row's <see cref="Step"/>.</param>
    public virtual void Inverse(ReadOnlySpan<SqlValue> args) => throw new VitessException(
        ErrorCodes.QueryError, "this aggregate cannot be used over a window frame whose start moves", sqlState: "0A000",
        hint: "Let the frame start at UNBOUNDED PRECEDING.");
}
