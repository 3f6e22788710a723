using System.Globalization;

namespace Shale.PageLog.Tests;

public sealed class PageSlotsTests
{
    private const int Pages = 900, Kept = 500, Steps = 60_000;

    [Fact]
    [Trait("Category", "Random")]
    public void Find_AfterAddingAndRemovingAtRandom_IsWhatADictionarySays()
    {
        var seed = Environment.GetEnvironmentVariable("SHALE_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : 20261122;
        var random = new Random(seed);
        var slots = new PageSlots();
        var model = new Dictionary<PageKey, (int Slot, byte Depth)>();
        var free = new Stack<int>(Enumerable.Range(0, Kept).Reverse());
        for (var step = 0; step < Steps; step++)
        {
            var key = new PageKey(random.Next(1, 4), new Place(random.Next(1, 3), 4096L * random.Next(1, Pages / 6)));
            if (model.Remove(key, out var known))
            {
                Assert.True(slots.Remove(key) == known.Slot, $"SHALE_SEED={seed}: step {step} removes another slot");
                free.Push(known.Slot);
            }
            else if (free.TryPop(out var slot))
            {
                var depth = (byte)random.Next(33);
                slots.Add(key, slot, depth);
                model.Add(key, (slot, depth));
            }

            Assert.True(slots.Remove(new PageKey(9, key.Place)) == -1, $"SHALE_SEED={seed}: step {step} removes what is not there");
            if (step % 100 == 0) AssertSame(slots, model, $"SHALE_SEED={seed}: step {step}");
        }

        AssertSame(slots, model, $"SHALE_SEED={seed}: the end");
    }

    private static void AssertSame(PageSlots slots, Dictionary<PageKey, (int Slot, byte Depth)> model, string when)
    {
        for (var log = 1; log < 4; log++)
        {
            for (var segment = 1; segment < 3; segment++)
            {
                for (var page = 1; page < Pages / 6; page++)
                {
                    var key = new PageKey(log, new Place(segment, 4096L * page));
                    var found = slots.Find(key);
                    Assert.True(found == (model.TryGetValue(key, out var known) ? known.Slot : -1), $"{when}: {key}");
                    if (found >= 0) Assert.True(slots[found].Depth == known.Depth && slots[found].Key == key, $"{when}: {key} has another's depth");
                }
            }
        }
    }
}
