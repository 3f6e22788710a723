namespace Shale.Vitess;

/// <summary>What a SELECT did, for the result's tier and shards. Not thread-safe: told by the executor before it scatters.</summary>
internal sealed class SelectTrace
{
    private readonly List<string> _shards = [];

    /// <summary>The tier of the plan that ran.</summary>
    public string Tier { get; private set; } = "T0";

    /// <summary>The shards that were read, each once.</summary>
    public IReadOnlyList<string> Shards => _shards;

    /// <summary>The form in which rows of a single shard may come encoded; null for values.</summary>
    public RowEncoding? Encoding { get; init; }

    /// <summary>Whether shards that cannot answer may be left out.</summary>
    public bool AllowsMissing { get; init; }

    /// <summary>Whether the answer is computed of rows, and not only lists them.</summary>
    public bool Computes { get; set; }

    /// <summary>The shards that were left out, and why.</summary>
    public List<(string Shard, VitessException Failure)> Missing { get; } = [];

    /// <summary>A statement goes to a shard.</summary>
    public void Ran(string tier, string shard)
    {
        Tier = tier;
        if (!_shards.Contains(shard)) _shards.Add(shard);
    }

    /// <summary>The plan's last step runs at the gate.</summary>
    public void Final(string tier) => Tier = tier;
}
