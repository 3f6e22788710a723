using Shale.Sql;

namespace Shale.Vitess;

/// <summary>ALTER SEQUENCE: its description in the VSchema, and, once that is saved, the value that comes next.</summary>
internal static class SequenceDefinitions
{
    /// <summary>The changed sequence; QUERY_ERROR (0A000) for options that are not built.</summary>
    public static VSequence Altered(VSequence known, SequenceStatement statement) =>
        SequenceOptions.Apply(known, statement.Options.Where(option => option.Name != "restart").ToNodeList());

    /// <summary>What has to be done to the numbers when the change is saved; null for nothing.</summary>
    public static Func<SequenceAllocator, CancellationToken, ValueTask>? AfterSaving(string keyspace, VSequence known, VSequence altered, SequenceStatement statement)
    {
        if (statement.Options.FirstOrDefault(option => option.Name == "restart") is { } restart)
        {
            var next = restart.Value is null ? altered.Start : SequenceOptions.Number(restart);
            return (sequences, cancellationToken) => sequences.RestartAsync(keyspace, altered.Counter, next, isCalled: false, cancellationToken);
        }

        if (known.Increment == altered.Increment) return null;
        return async (sequences, cancellationToken) =>
        {
            // One that was never used still begins at its start.
            var next = await sequences.NextAsync(keyspace, known, 1, cancellationToken);
            await sequences.RestartAsync(keyspace, altered.Counter, next == known.Start ? next : next - known.Increment + altered.Increment, isCalled: next != known.Start, cancellationToken);
        };
    }
}
