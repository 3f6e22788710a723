namespace Shale.PageLog;

/// <summary>How far back a log can be read, and what that takes.</summary>
/// <param name="Oldest">The oldest version that can be read, but for snapshots; 0 where everything is kept.</param>
/// <param name="OldestTime">When that was committed, or the first commit where everything is kept; null before the first.</param>
/// <param name="Shortened">Why the window is shorter than the log's retention.</param>
/// <param name="WindowBytes">Bytes of segments: what was written in the window, and what is reserved for the next commits.</param>
/// <param name="KeptBytes">Bytes of compacted files: what of the time before the window is still read.</param>
public sealed record LogWindow(Lsn Oldest, HlcTimestamp? OldestTime, WindowShortening Shortened, long WindowBytes, long KeptBytes);
