using System.Globalization;

namespace Shale.PageLog;

/// <summary>One file of the log.</summary>
internal sealed class Segment(int number, IDiskFile file) : IDisposable
{
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

    /// <summary>Takes space for it.</summary>
    public void Reserve(long length)
    {
        if (length <= Length) return;
        File.Reserve(length);
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
