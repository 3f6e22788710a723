using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>Promises about time, under a clock that jumps.</summary>
internal sealed partial class LogScenario
{
    // What was promised, and the last commit at or before it.
    private readonly List<(HlcTimestamp Time, Lsn Last)> _promises = [];

    private void Promise()
    {
        if (_random.Next(3) == 0) _clock.Now += TimeSpan.FromSeconds(_random.Next(-12, 10));
        var time = HlcTimestamp.LastOf(_clock.Now.AddMilliseconds(-_random.Next(3000)));
        Attempt(() =>
        {
            var last = _store.Promise(time);
            _promises.Add((time, last));
            if (last > _acknowledged) _acknowledged = last;
        });
    }

    // What was answered is answered again: no later commit has come at or before the time, wherever the clock is by now.
    private void RequirePromises()
    {
        foreach (var (time, last) in _promises) Assert.Equal(last, _store.FindByTime(time));
    }
}
