using Shale.Postgres.Sockets;

namespace Shale.Postgres.Tests.Sockets;

public sealed class PollPatienceTests
{
    private readonly PollPatience _patience = new();

    [Fact]
    public void Looks_BehindRequestsThatWentTogether_AreManyForSomeRounds()
    {
        Assert.Equal(PollPatience.Few, _patience.Looks);
        _patience.RoundEnded(together: true);
        var rounds = 0;
        for (; _patience.Looks == PollPatience.Many; rounds++) _patience.RoundEnded(together: false);
        Assert.InRange(rounds, 2, 100);
        Assert.Equal(PollPatience.Few, _patience.Looks);
    }

    [Fact]
    public void Looks_WhenTheyWereInVain_AreFew()
    {
        _patience.RoundEnded(together: true);
        _patience.Slept();
        Assert.Equal(PollPatience.Few, _patience.Looks);
    }

    [Fact]
    public void Looks_ThatAreInVainEachTime_AreManyLessAndLessOften()
    {
        var inVain = 0;
        for (var round = 0; round < 1000; round++)
        {
            _patience.RoundEnded(together: true);
            if (_patience.Looks == PollPatience.Few) continue;
            inVain++;
            _patience.Slept();
        }

        Assert.InRange(inVain, 10, 25);
    }

    [Fact]
    public void Looks_ThatHaveFoundSomething_AreSoonManyAgain()
    {
        for (var round = 0; round < 100; round++)
        {
            _patience.RoundEnded(together: true);
            if (_patience.Looks == PollPatience.Many) _patience.Slept();
        }

        while (_patience.Looks == PollPatience.Few) _patience.RoundEnded(together: true);
        _patience.Found(PollPatience.Few);
        _patience.Slept();
        _patience.RoundEnded(together: true);
        Assert.Equal(PollPatience.Few, _patience.Looks);
        _patience.RoundEnded(together: true);
        Assert.Equal(PollPatience.Many, _patience.Looks);
    }
}
