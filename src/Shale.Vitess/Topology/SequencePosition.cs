namespace Shale.Vitess;

/// <summary>Where a sequence is, as PostgreSQL's relation of a sequence tells it.</summary>
/// <param name="LastValue">The last value that was given; where none was, the one that comes next.</param>
/// <param name="Ahead">How many values can be given before more must be reserved.</param>
/// <param name="IsCalled">Whether <paramref name="LastValue"/> was given.</param>
public readonly record struct SequencePosition(long LastValue, long Ahead, bool IsCalled);
