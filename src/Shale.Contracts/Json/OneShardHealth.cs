using System.Collections;

namespace Shale.Contracts;

/// <summary>The health of the one shard that was asked for; tells the converter to write an object instead of an array.</summary>
internal sealed class OneShardHealth(ShardHealth health) : IReadOnlyList<ShardHealth>
{
    public int Count => 1;

    public ShardHealth this[int index] => index == 0 ? health : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<ShardHealth> GetEnumerator()
    {
        yield return health;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
