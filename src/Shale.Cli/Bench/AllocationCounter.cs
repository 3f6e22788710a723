using System.Diagnostics.Tracing;

namespace Shale.Cli.Bench;

/// <summary>
/// Counts allocated objects by the runtime's random allocation sampling: each byte is picked with one chance in 102,400, and its object is reported. An
/// object of s bytes is picked with probability 1 - (1 - 1/102400)^s, so it stands for as many objects as the inverse says.
/// </summary>
internal sealed class AllocationCounter : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords AllocationSampling = (EventKeywords)0x80000000000;
    private const int AllocationSampled = 303;
    private const int TypeNameField = 3, SizeField = 5;
    private const double Chance = 1.0 / 102_400;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _objects = [];
    private double _bytes;

    /// <summary>How many objects one call allocates, on average; all threads count, so that nothing else should run.</summary>
    /// <param name="calls">How many calls are made; more make it exacter.</param>
    /// <param name="work">Makes as many calls as it is told.</param>
    /// <param name="counts">Whether objects of a type count; null for all.</param>
    public static double ObjectsPerCall(int calls, Action<int> work, Predicate<string>? counts = null)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        using var counter = new AllocationCounter();
        work(calls);
        counter.Drain(GC.GetTotalAllocatedBytes(precise: true) - before);
        lock (counter._lock)
        {
            if (counter._objects.Count == 0) throw new InvalidOperationException("the runtime reported no allocations");
            if (Environment.GetEnvironmentVariable("SHALE_BENCH_TYPES") == "1")
            {
                foreach (var (type, count) in counter._objects.OrderByDescending(each => each.Value)) Console.Error.WriteLine($"{count / calls,8:0.00}  {type}");
            }

            return counter._objects.Sum(each => counts is null || counts(each.Key) ? each.Value : 0) / calls;
        }
    }

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime) EnableEvents(eventSource, EventLevel.Informational, AllocationSampling);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId != AllocationSampled || eventData.Payload is not { } payload) return;
        var size = Convert.ToInt64(payload[SizeField], System.Globalization.CultureInfo.InvariantCulture);
        var type = (string)payload[TypeNameField]!;
        lock (_lock)
        {
            _objects.TryGetValue(type, out var count);
            _objects[type] = count + (1 / (1 - Math.Pow(1 - Chance, size)));
            _bytes += 1 / Chance;
        }
    }

    // Events come by a thread of their own: wait until they tell of nearly all that was allocated, or nothing more comes.
    private void Drain(long allocated)
    {
        var deadline = Environment.TickCount64 + 5_000;
        double seen;
        do
        {
            lock (_lock) seen = _bytes;
            Thread.Sleep(300);
            lock (_lock)
            {
                if (seen == _bytes && _bytes > allocated * 0.5) return;
            }
        }
        while (Environment.TickCount64 < deadline);
    }
}
