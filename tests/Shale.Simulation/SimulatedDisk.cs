namespace Shale.Simulation;

/// <summary>
/// A disk in memory whose power can fail at any call. What was not synced is then lost, kept or torn at random, each write by itself, so that later writes may be there without earlier ones; files
/// that were made, renamed or removed without a sync of the directory may be as before. It can also be full, fail to sync, and flip bits.
/// </summary>
public sealed class SimulatedDisk(int seed) : IDisk
{
    private const int SectorBytes = 512;
    private readonly Random _random = new(seed);
    private Dictionary<string, Node> _directory = [];
    private Dictionary<string, Node> _durableDirectory = [];
    private int _generation;
    private readonly HashSet<string> _locked = [];

    /// <summary>How many calls there were that change something, or make it durable.</summary>
    public int Calls { get; private set; }

    /// <summary>At which call the power fails; 0 for never.</summary>
    public int FailsAt { get; set; }

    /// <summary>How many bytes fit.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Whether the next sync of a file fails; then what was written is lost for good, as on Linux.</summary>
    public bool NextSyncFails { get; set; }

    /// <summary>Runs, with the file's name, in the middle of each sync and reservation of a file: what others do meanwhile.</summary>
    public Action<string>? Meanwhile { get; set; }

    /// <summary>All bytes of files.</summary>
    public long UsedBytes => _directory.Values.Sum(node => (long)node.Bytes.Length);

    /// <inheritdoc/>
    public long FreeBytes => Capacity - UsedBytes;

    /// <summary>The power comes back: the disk holds what was durable and some of what was not.</summary>
    public void PowerOn()
    {
        foreach (var node in _directory.Values.Concat(_durableDirectory.Values).Distinct()) node.PowerOn(_random);
        _directory = MixDirectories();
        _durableDirectory = new Dictionary<string, Node>(_directory);
        _locked.Clear();
        Meanwhile = null;
        _generation++;
        (FailsAt, Calls) = (0, 0);
    }

    /// <summary>A disk with the same files, all durable.</summary>
    public SimulatedDisk Copy()
    {
        var copy = new SimulatedDisk(seed);
        foreach (var (name, node) in _directory) copy._directory[name] = node.Copy();
        copy._durableDirectory = new Dictionary<string, Node>(copy._directory);
        return copy;
    }

    /// <summary>Changes one bit of a file, on the platter.</summary>
    public void FlipBit(string name, long offset, int bit) => _directory[name].FlipBit(offset, bit);

    /// <summary>The bytes of a file.</summary>
    public byte[] BytesOf(string name) => [.. _directory[name].Bytes];

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => List("");

    /// <summary>A directory on the same disk: the power fails for both. Its files are none of <see cref="List()"/>.</summary>
    public IDisk Folder(string name) => new SimulatedFolder(this, name + "/");

    internal List<string> List(string prefix) =>
        [.. _directory.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !name[prefix.Length..].Contains('/', StringComparison.Ordinal)).Select(name => name[prefix.Length..])];

    /// <inheritdoc/>
    public IDiskFile Open(string name) => _directory.TryGetValue(name, out var node)
        ? new Handle(this, node, name)
        : throw new VitessException(ErrorCodes.ShardError, $"there is no file {name}", sqlState: "58030");

    /// <inheritdoc/>
    public IDiskFile Create(string name)
    {
        Call();
        var node = new Node();
        if (!_directory.TryAdd(name, node)) throw new VitessException(ErrorCodes.ShardError, $"there is a file {name} already", sqlState: "58030");
        return new Handle(this, node, name);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        Call();
        _directory[to] = _directory[from];
        _directory.Remove(from);
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        Call();
        _directory.Remove(name);
    }

    /// <inheritdoc/>
    public void SyncDirectory() => SyncDirectory("");

    internal void SyncDirectory(string prefix)
    {
        Call();
        foreach (var name in _directory.Keys.Union(_durableDirectory.Keys).Where(name => name[..(name.LastIndexOf('/') + 1)] == prefix).ToList())
        {
            if (_directory.TryGetValue(name, out var node)) _durableDirectory[name] = node;
            else _durableDirectory.Remove(name);
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock() => Lock("");

    internal IDisposable Lock(string prefix)
    {
        if (!_locked.Add(prefix)) throw new VitessException(ErrorCodes.ShardError, "another process has the log", sqlState: "55006");
        return new Owner(this, _generation, prefix);
    }

    private void Call()
    {
        Calls++;
        if (FailsAt > 0 && Calls >= FailsAt) throw new PowerFailure();
    }

    // Each name is as it was at the last sync, or as it is now.
    private Dictionary<string, Node> MixDirectories()
    {
        var mixed = new Dictionary<string, Node>();
        foreach (var name in _directory.Keys.Union(_durableDirectory.Keys).Order(StringComparer.Ordinal))
        {
            var source = _random.Next(2) == 0 ? _directory : _durableDirectory;
            if (source.TryGetValue(name, out var node)) mixed[name] = node;
        }

        return mixed;
    }

    private void Require(long more)
    {
        if (UsedBytes + more > Capacity) throw new VitessException(ErrorCodes.ShardError, "the disk is full", sqlState: "53100");
    }

    private sealed class Owner(SimulatedDisk disk, int generation, string prefix) : IDisposable
    {
        public void Dispose()
        {
            if (disk._generation == generation) disk._locked.Remove(prefix);
        }
    }

    private sealed class Node
    {
        private readonly List<(long Offset, byte[] Bytes)> _unsynced = [];
        private byte[] _durable = [];

        public byte[] Bytes { get; private set; } = [];

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            _unsynced.Add((offset, source.ToArray()));
            Bytes = Apply(Bytes, offset, source);
        }

        public void Truncate(long length)
        {
            Bytes = Bytes[..(int)length];
            _durable = _durable[..(int)Math.Min(length, _durable.Length)];
            _unsynced.Clear();
        }

        public void Sync()
        {
            _durable = [.. Bytes];
            _unsynced.Clear();
        }

        public void LoseUnsynced()
        {
            Bytes = [.. _durable];
            _unsynced.Clear();
        }

        public Node Copy()
        {
            var copy = new Node { Bytes = [.. Bytes] };
            copy.Sync();
            return copy;
        }

        public void FlipBit(long offset, int bit)
        {
            Bytes[offset] ^= (byte)(1 << bit);
            Sync();
        }

        // Sectors are written whole, in any order, each or not.
        public void PowerOn(Random random)
        {
            var bytes = (byte[])_durable.Clone();
            var all = random.Next(4);
            foreach (var (offset, written) in _unsynced)
            {
                for (var start = offset; start < offset + written.Length;)
                {
                    var end = Math.Min(((start / SectorBytes) + 1) * SectorBytes, offset + written.Length);
                    var kept = all switch { 0 => false, 1 => true, _ => random.Next(3) > 0 };
                    if (kept) bytes = Apply(bytes, start, written.AsSpan((int)(start - offset), (int)(end - start)));
                    start = end;
                }
            }

            Bytes = bytes;
            Sync();
        }

        private static byte[] Apply(byte[] bytes, long offset, ReadOnlySpan<byte> source)
        {
            if (offset + source.Length > bytes.Length) Array.Resize(ref bytes, (int)offset + source.Length);
            source.CopyTo(bytes.AsSpan((int)offset));
            return bytes;
        }
    }

    private sealed class Handle(SimulatedDisk disk, Node node, string name) : IDiskFile
    {
        private readonly int _generation = disk._generation;

        public long Length => node.Bytes.Length;

        public int Read(long offset, Span<byte> destination)
        {
            var count = (int)Math.Clamp(node.Bytes.Length - offset, 0, destination.Length);
            if (count > 0) node.Bytes.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            Call();
            disk.Require(Math.Max(0, offset + source.Length - node.Bytes.Length));
            node.Write(offset, source);
        }

        public void Reserve(long length)
        {
            disk.Meanwhile?.Invoke(name);
            if (length > Length) Write(Length, new byte[length - Length]);
        }

        public void Truncate(long length)
        {
            Call();
            node.Truncate(length);
        }

        public void Sync()
        {
            Call();
            disk.Meanwhile?.Invoke(name);
            if (disk.NextSyncFails)
            {
                disk.NextSyncFails = false;
                node.LoseUnsynced();
                throw new VitessException(ErrorCodes.ShardError, "the disk failed to sync", sqlState: "58030");
            }

            node.Sync();
        }

        public void Dispose()
        {
        }

        private void Call()
        {
            if (disk._generation != _generation) throw new PowerFailure();
            disk.Call();
        }
    }
}
