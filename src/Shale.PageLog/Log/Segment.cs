using System.Globalization;

namespace Shale.PageLog;

/// <summary>One file of the log.</summary>
internal sealed class Segment(int number, IDiskFile file) : IDisposable
{
    private const int StepBytes = 256 << 10, SteppedBytes = 1 << 20;
    private const string Prefix = "segment-", Suffix = ".log";

    /// <summary>Its number.</summary>
    public int Number { get; } = number;

    /// <summary>Its file.</summary>
    public IDiskFile File { get; } = file;

    /// <summary>How long the file is.</summary>
    public long Length { get; private set; } = file.Length;

    /// <summary>The file's name.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D8}{Suffix}");

    /// <summary>The number in a file's name; false for other files.</summary>
    public static bool TryParse(string name, out int number)
    {
        number = 0;
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
    }

    /// <summary>
    /// Takes space for it. A large one is filled in steps, each durable before the next: all of it at once would lie in the disk's queue before commits that wait for the disk meanwhile, for many
    /// milliseconds.
    /// </summary>
    /// <param name="length">How long it is to be, in bytes.</param>
    /// <param name="isHurried">Asked at each step: whether a commit waits for the segment itself, so that it is filled as fast as it can be.</param>
    public void Reserve(long length, Func<bool> isHurried)
    {
        if (length <= Length) return;
        for (var reserved = Length; reserved < length;)
        {
            reserved = Math.Min(length, reserved + StepBytes);
            File.Reserve(reserved);
            if (reserved < length && length > SteppedBytes && !isHurried()) File.Sync();
        }

        Length = length;
    }

    /// <summary>Reads exactly so many bytes. Errors: SHARD_ERROR (XX001) if the file ends before.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        if (File.Read(offset, destination) < destination.Length) throw Damage.Found(string.Create(CultureInfo.InvariantCulture, $"segment {Number} ends before offset {offset + destination.Length}"));
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
