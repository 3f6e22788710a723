namespace Shale.PageLog;

/// <summary>Damage as it is found; no more than anybody reads.</summary>
internal sealed class DamageList
{
    private const int Most = 200;
    private readonly List<LogDamage> _damages = [];

    /// <summary>What was found.</summary>
    public IReadOnlyList<LogDamage> All => _damages;

    /// <summary>Whether there was more.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Adds one.</summary>
    public void Add(LogDamage damage)
    {
        if (_damages.Count < Most) _damages.Add(damage);
        else HasMore = true;
    }

    /// <summary>Adds a file that cannot be read.</summary>
    public void Add(string file, VitessException exception) => Add(new LogDamage(file, null, null, exception.Message));
}
